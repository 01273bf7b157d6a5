"""Connections to SQLite or PostgreSQL, and their errors in our words."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from assistant.errors import StorageError
from integrations.records.migrations import Migrations

T = TypeVar("T")
BUSY_SECONDS = 5
TURN_SECONDS = 20
CHECKPOINT_SECONDS = 10
JOURNAL_BYTES = 4 * 2**20
_turns: WeakKeyDictionary[Engine, threading.RLock] = WeakKeyDictionary()
_turns_guard = threading.Lock()
MIGRATION_LOCK = 7_101_552_001  # any constant: names the PostgreSQL advisory lock under which tables change


def open_engine(where: str | Path, migrations: Migrations, *, isolation: str = "REPEATABLE READ") -> Engine:
    """An engine on a SQLite file (path) or a PostgreSQL database (URL), with these tables at the present version.

    SQLite runs in WAL mode with synchronous=FULL: what was committed survives a crash of process and machine.
    `isolation` is PostgreSQL's. Raises StorageError when the database cannot be opened.
    """
    engine = connect(where, isolation=isolation)
    with storage_errors():
        with engine.connect() as connection:
            current = migrations.current(connection)
        if not current:
            with writing(engine) as connection:
                if engine.dialect.name == "postgresql":
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                migrations.migrate(connection)
    return engine


def connect(where: str | Path, *, isolation: str = "REPEATABLE READ") -> Engine:
    """An engine on a SQLite file (path) or a PostgreSQL database (URL), whatever tables it has.

    `isolation` is PostgreSQL's; SQLite's transactions are serial. Raises StorageError.
    """
    url = str(where)
    with storage_errors():
        return _postgres(url, isolation) if url.startswith("postgres") else _sqlite(url)


def _postgres(url: str, isolation: str) -> Engine:
    parsed = make_url(url)
    engine = create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    return engine.execution_options(isolation_level=isolation)


def _sqlite(where: str) -> Engine:
    path = Path(where.removeprefix("sqlite:///"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"Cannot create the data directory {path.parent}: {error.strerror}.") from error
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS, "isolation_level": None})
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute(f"PRAGMA journal_size_limit={JOURNAL_BYTES}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # The driver would begin a transaction only at the first write, so reads would not share one snapshot.
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One write transaction: committed whole at the end, rolled back on any error.

    On SQLite the threads of one process write one after the other: its own waiting is a race that some lose for longer
    than BUSY_SECONDS when many write.
    """
    with (
        _turn(engine),
        storage_errors(),
        engine.connect().execution_options(immediate=True) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """This thread's turn to write; after TURN_SECONDS it tries its luck with the database's own lock."""
    if engine.dialect.name != "sqlite":
        yield
        return
    with _turns_guard:
        turn = _turns.setdefault(engine, threading.RLock())
    mine = turn.acquire(timeout=TURN_SECONDS)
    try:
        yield
    finally:
        if mine:
            turn.release()


async def written(engine: Engine, work: Callable[[Connection], T]) -> T:
    """What `work` returns from one write transaction, on a thread of its own."""

    def step() -> T:
        with writing(engine) as connection:
            return work(connection)

    return await asyncio.to_thread(step)


def driven(engine: Engine, statement: str, rows: Sequence[tuple[object, ...]]) -> int:
    """How many rows a statement of SQLite's own changed, in one write transaction.

    For what happens hundreds of times a second: SQLAlchemy's part in a small transaction costs more than SQLite's.
    """
    with _turn(engine), storage_errors():
        lent = engine.raw_connection()
        try:
            driver = cast("sqlite3.Connection", lent.driver_connection)
            driver.execute("BEGIN IMMEDIATE")
            try:
                changed = driver.executemany(statement, rows).rowcount
                driver.commit()
            except BaseException:
                driver.rollback()
                raise
            return changed
        finally:
            lent.close()


def reading(engine: Engine, read: Callable[[Connection], T]) -> T:
    """What `read` returns from one consistent snapshot; tried again once when the server had gone away."""
    with storage_errors():
        try:
            with engine.connect() as connection, connection.begin():
                return read(connection)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        with engine.connect() as connection, connection.begin():
            return read(connection)


def flush_journal(engine: Engine) -> None:
    """Move what SQLite's journal holds into the database file as far as no reader needs it, and shorten it."""
    if engine.dialect.name == "sqlite":
        with storage_errors(), engine.connect() as connection:
            driver = connection.connection.driver_connection
            if driver is not None:
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def compact(engine: Engine, tables: MetaData) -> None:
    """Rewrite these tables, on SQLite the whole file and its journal, without the remains of deleted rows. Blocking.

    SQLite's journal can be emptied only between reads; raises StorageError (retryable) when readers leave no gap for
    ten seconds, or when the database refuses.
    """
    with storage_errors(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver = connection.connection.driver_connection
        if engine.dialect.name != "sqlite" or driver is None:
            for table in tables.sorted_tables:
                connection.execute(text(f"VACUUM (FULL) {table.name}"))
            return
        driver.execute("VACUUM")
        until = time.monotonic() + CHECKPOINT_SECONDS
        while driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > until:
                raise StorageError("Readers keep the database's journal in use.", hint="Try again in a moment.")
            time.sleep(0.05)


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turns what the database and its driver raise into StorageError."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        cause = getattr(error, "orig", None) or error
        raise StorageError(f"The database refused: {str(cause).strip().splitlines()[0]}") from error
