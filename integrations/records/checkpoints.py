"""Where the agent's graph keeps what it is doing: a SQLite file of its own, or tables beside the content's.

It is control flow and nothing else: what was proposed, decided and written is in the book of approvals.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

from assistant.errors import StorageError

T = TypeVar("T")
FILE = "checkpoints.sqlite3"
BUSY_SECONDS = 5.0
PRIMARY = 0xFF  # the part of SQLite's extended error codes that names the kind
POOL = 8  # connections of one process to PostgreSQL
MIGRATION_LOCK = 7_101_552_004  # names the PostgreSQL advisory lock under which the tables are made
# What happens to a checkpoint survives a kill of the process; the last moments before a power cut may be lost.
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;"
BEFORE_THE_NEWEST = " AND checkpoint_id < (SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = ?1)"
OF_THREAD = ("DELETE FROM writes WHERE thread_id = ?1", "DELETE FROM checkpoints WHERE thread_id = ?1")


class SqliteCheckpoints(SqliteSaver):
    """LangGraph's SQLite checkpointer for an event loop, which can also drop what came before the newest checkpoint.

    A call takes about a millisecond and is done at once; one that finds the file locked by another process waits for
    it in a thread. LangGraph's asynchronous one changes threads for every statement, cursor and commit, which took a
    third of the processor time of a turn, and one change of threads for each call still a tenth.
    """

    def __init__(self, connection: sqlite3.Connection, *, serde: JsonPlusSerializer) -> None:
        super().__init__(connection, serde=serde)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="checkpoints")
        self._waiting = 0

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that is named, or the newest one of the thread."""
        return await self._done(partial(self.get_tuple, config))

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Keep a checkpoint."""
        return await self._done(partial(self.put, config, checkpoint, metadata, new_versions))

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Keep what a step wrote before the next checkpoint."""
        await self._done(partial(self.put_writes, config, writes, task_id, task_path))

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - LangGraph's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """The checkpoints of a thread, newest first."""
        for found in await self._done(lambda: [*self.list(config, filter=filter, before=before, limit=limit)]):
            yield found

    async def adelete_thread(self, thread_id: str) -> None:
        """Drop a thread."""
        await self.aprune([thread_id], strategy="delete")

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Drop all but the newest checkpoint of these threads, or all with the strategy "delete"."""
        await self._done(partial(self._prune, thread_ids, "" if strategy == "delete" else BEFORE_THE_NEWEST))

    def _prune(self, thread_ids: Sequence[str], which: str) -> None:
        with self.cursor() as cursor:
            for thread_id in thread_ids:
                for statement in OF_THREAD:
                    cursor.execute(statement + which, (thread_id,))

    async def aclose(self) -> None:
        """Give the file back."""
        await self._done(self.conn.close)
        self._thread.shutdown(wait=False)

    async def _done(self, work: Callable[[], T]) -> T:
        try:
            if not self._waiting:
                try:
                    return work()
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode & PRIMARY not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                        raise
            return await self._patiently(work)
        except sqlite3.Error as error:
            raise StorageError(f"The conversations' checkpoints cannot be used: {error}") from error

    async def _patiently(self, work: Callable[[], T]) -> T:
        """The work in a thread that waits for the file; until it is done, whoever comes next waits behind it."""
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, partial(self._locked, work))
        finally:
            self._waiting -= 1

    def _locked(self, work: Callable[[], T]) -> T:
        self.conn.rollback()  # what the refused attempt began
        self.conn.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000:.0f}")
        try:
            return work()
        finally:
            self.conn.execute("PRAGMA busy_timeout=0")


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
        embedded = await asyncio.to_thread(_sqlite, data, serde)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"The conversations' checkpoints cannot be opened: {error}") from error
    try:
        yield embedded
    finally:
        await embedded.aclose()


def _sqlite(data: Path, serde: JsonPlusSerializer) -> SqliteCheckpoints:
    data.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(data / FILE, timeout=BUSY_SECONDS, check_same_thread=False)
    connection.executescript(PRAGMAS)
    connection.execute("PRAGMA busy_timeout=0")
    return SqliteCheckpoints(connection, serde=serde)


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
