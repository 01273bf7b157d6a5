"""The database of the embedded PRM: SQLite by default, PostgreSQL by URL; one transaction per call."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError

from assistant.errors import InvalidRecord, Problem, StorageError
from assistant.ports.clock import Clock

SCRIPTS = Path(__file__).parents[1] / "migrations"
REVISIONS = Path(__file__).parents[1] / "revisions"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON", "cache_size=-65536")


def micros(moment: datetime | None) -> int:
    """Microseconds since 1970; 0 for None."""
    return 0 if moment is None else (moment - EPOCH) // MICROSECOND


@dataclass(frozen=True, slots=True)
class Unit:
    """One transaction of one tenant at one moment."""

    connection: Connection
    tenant: str
    now: datetime


class Database:
    """Opens the database and brings its schema up to date. Raises StorageError when it cannot serve."""

    def __init__(self, url: str, *, clock: Clock) -> None:
        self._clock = clock
        self._engine = _engine(url)
        self._migrate()

    @property
    def clock(self) -> Clock:
        """What time it is."""
        return self._clock

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self, tenant: str) -> Iterator[Unit]:
        """A consistent view; nothing may be written."""
        with _translated(), self._engine.begin() as connection:
            yield Unit(connection=connection, tenant=tenant, now=self._clock.now())

    @contextmanager
    def writing(self, tenant: str) -> Iterator[Unit]:
        """One writer per tenant at a time, so that rules that look before they write cannot race."""
        writer = self._engine.execution_options(liaison_writes=True)
        with _translated(), writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                lock = int.from_bytes(hashlib.sha256(tenant.encode()).digest()[:8], signed=True)
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
            yield Unit(connection=connection, tenant=tenant, now=self._clock.now())

    def _migrate(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.set_main_option("version_locations", str(REVISIONS))
        config.set_main_option("path_separator", "os")
        with self.writing("schema") as unit:
            config.attributes["connection"] = unit.connection
            command.upgrade(config, "head")


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), pool_pre_ping=True, pool_size=8)
    engine = create_engine(url, pool_size=8, max_overflow=8)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection has no type
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("liaison_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except UnicodeEncodeError as error:
        message = "contains half a character; send valid Unicode"
        raise InvalidRecord.of(Problem(field="", code="malformed_text", message=message)) from error
    except OperationalError as error:
        raise StorageError(f"The PRM's database does not answer: {error.orig}") from error
    except DBAPIError as error:
        raise StorageError(f"The PRM's database refused: {error.orig}", hint="Report this with the log.") from error
