"""What was recommended to whom, on SQLite or PostgreSQL."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, select
from sqlalchemy.dialects import postgresql, sqlite

from assistant.domain.exposure import Exposure
from integrations.records.database import compact, open_engine, reading, writing, written
from integrations.records.migrations import Migrations

FILE = "cosell.sqlite3"
EXPOSURE = TypeAdapter(Exposure)
metadata = MetaData()
about = Table("cosell_meta", metadata, Column("version", Integer, primary_key=True, autoincrement=False))
exposures = Table(
    "cosell_exposures",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("who", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("exposure", Text, nullable=False),
)
MIGRATIONS = Migrations((metadata.create_all,), about.c.version)


class ExposureRecords:
    """Implements ExposureLog. Close it when done."""

    def __init__(self, where: str | Path) -> None:
        self._engine = open_engine(where, MIGRATIONS, isolation="READ COMMITTED")
        self._postgres = self._engine.dialect.name == "postgresql"

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    async def keep(self, exposure: Exposure) -> None:
        """See ExposureLog."""
        row = {"tenant": exposure.tenant, "id": exposure.id, "who": exposure.who, "at": exposure.at.isoformat()}
        row["exposure"] = EXPOSURE.dump_json(exposure).decode()
        again = postgresql.insert(exposures) if self._postgres else sqlite.insert(exposures)
        statement = again.values(row).on_conflict_do_nothing()
        await written(self._engine, lambda connection: connection.execute(statement))

    async def of(self, tenant: str) -> tuple[Exposure, ...]:
        """See ExposureLog."""

        def read(connection: Connection) -> tuple[Exposure, ...]:
            chosen = select(exposures.c.exposure).where(exposures.c.tenant == tenant)
            rows = connection.execute(chosen.order_by(exposures.c.at, exposures.c.id)).scalars()
            return tuple(EXPOSURE.validate_json(row) for row in rows)

        return await asyncio.to_thread(reading, self._engine, read)

    async def forget(self, tenant: str, *, who: str) -> int:
        """See ExposureLog. On SQLite nothing of it stays in the file or its journal."""

        def erase() -> int:
            with writing(self._engine) as connection:
                gone = exposures.delete().where(exposures.c.tenant == tenant, exposures.c.who == who)
                count = connection.execute(gone).rowcount
            if count:
                compact(self._engine, metadata)
            return count

        return await asyncio.to_thread(erase)


def open_exposures(data: Path, *, url: str = "") -> ExposureRecords:
    """The exposures of an installation. Raises StorageError when the database cannot be opened."""
    return ExposureRecords(url or data / FILE)
