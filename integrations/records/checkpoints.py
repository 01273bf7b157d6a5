"""Where the agent's graph keeps what it is doing: a SQLite file of its own, or tables beside the content's.

It is control flow and nothing else: what was proposed, decided and written is in the book of approvals.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from assistant.errors import StorageError

FILE = "checkpoints.sqlite3"
BUSY_SECONDS = 5.0
POOL = 8  # connections of one process to PostgreSQL
MIGRATION_LOCK = 7_101_552_004  # names the PostgreSQL advisory lock under which the tables are made
# What happens to a checkpoint survives a kill of the process; the last moments before a power cut may be lost.
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;"
BEFORE_THE_NEWEST = " AND checkpoint_id < (SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = ?1)"
OF_THREAD = ("DELETE FROM writes WHERE thread_id = ?1", "DELETE FROM checkpoints WHERE thread_id = ?1")


class SqliteCheckpoints(AsyncSqliteSaver):
    """LangGraph's SQLite checkpointer, which can also drop what came before the newest checkpoint of a thread."""

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Drop all but the newest checkpoint of these threads, or all with the strategy "delete"."""
        await self.setup()
        async with self.lock:
            for thread_id in thread_ids:
                for statement in OF_THREAD:
                    kept = "" if strategy == "delete" else BEFORE_THE_NEWEST
                    await self.conn.execute(statement + kept, (thread_id,))
            await self.conn.commit()


@asynccontextmanager
async def open_checkpoints(data: Path, *, url: str = "") -> AsyncIterator[BaseCheckpointSaver[Any]]:
    """The checkpointer of an installation, for as long as the context lasts. Raises StorageError.

    Only LangChain's messages and plain values come out of a checkpoint: a forged row that names another class is data.
    """
    serde = JsonPlusSerializer(pickle_fallback=False, allowed_msgpack_modules=None)
    if url:
        async with _postgres(url, serde) as saver:
            yield saver
        return
    try:
        await asyncio.to_thread(data.mkdir, parents=True, exist_ok=True)
        connection = await aiosqlite.connect(data / FILE, timeout=BUSY_SECONDS)
        await connection.executescript(PRAGMAS)
    except (OSError, aiosqlite.Error) as error:
        raise StorageError(f"The conversations' checkpoints cannot be opened: {error}") from error
    try:
        yield SqliteCheckpoints(connection, serde=serde)
    finally:
        await connection.close()


@asynccontextmanager
async def _postgres(url: str, serde: JsonPlusSerializer) -> AsyncIterator[BaseCheckpointSaver[Any]]:
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver  # noqa: PLC0415 (an optional extra)
    from psycopg import AsyncConnection, Error  # noqa: PLC0415 - as above
    from psycopg.rows import DictRow, dict_row  # noqa: PLC0415 - as above
    from psycopg_pool import AsyncConnectionPool  # noqa: PLC0415 - as above

    options = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
        url.replace("postgresql+psycopg://", "postgresql://"), kwargs=options, max_size=POOL, open=False
    )
    try:
        await pool.open(wait=True, timeout=BUSY_SECONDS)
        saver = AsyncPostgresSaver(pool, serde=serde)
        async with pool.connection() as connection:
            await connection.execute("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
            try:
                await saver.setup()
            finally:
                await connection.execute("SELECT pg_advisory_unlock(%s)", (MIGRATION_LOCK,))
    except Error as error:
        await pool.close()
        raise StorageError(f"The conversations' checkpoints cannot be opened: {error}") from error
    try:
        yield saver
    finally:
        await pool.close()
