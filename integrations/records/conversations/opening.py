"""The engine of conversations and gaps, and what both dialects spell differently."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, literal, text
from sqlalchemy.dialects import postgresql, sqlite

from integrations.records.conversations.schema import MIGRATIONS, migrate, version
from integrations.records.database import connect, storage_errors, writing

MIGRATION_LOCK = 7_101_552_002  # names the PostgreSQL advisory lock under which these tables change


def open_engine(where: str | Path) -> Engine:
    """An engine on a SQLite file (path) or a PostgreSQL database (URL), with these tables at the present version.

    On PostgreSQL each statement sees what was committed before it, so that counters can be raised under a row's lock.
    Raises StorageError when the database cannot be opened.
    """
    engine = connect(where, isolation="READ COMMITTED")
    postgres = engine.dialect.name == "postgresql"
    with storage_errors():
        with engine.connect() as connection:
            current = version(connection) == len(MIGRATIONS)
        if not current:
            with writing(engine) as connection:
                if postgres:
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                migrate(connection)
    return engine


def insert_new(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Insert a row unless one with its key is there; whether it was inserted."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    added = dialect.insert(table).values(values).on_conflict_do_nothing().returning(literal(1))
    return connection.execute(added).first() is not None
