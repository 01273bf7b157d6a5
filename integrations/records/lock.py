"""One writer at a time: a file lock per data directory, and an advisory lock per PostgreSQL database."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine, text

from assistant.errors import StorageError, WriterBusy
from integrations.records.database import storage_errors

PATIENCE_SECONDS = 0.5
WRITER_LOCK = 7_101_552_002  # any constant: names the PostgreSQL advisory lock of the writer


@contextmanager
def writer_lock(data: Path) -> Iterator[None]:
    """Holds the writer's lock of a data directory; the system frees it when the process ends, however it ends.

    Raises WriterBusy within a second when another process holds it, naming the process and since when.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = FileLock(data / "writer.lock", timeout=PATIENCE_SECONDS, preserve_lock_file=True)
        lock.acquire()
    except Timeout as error:
        raise WriterBusy(f"{_holder(data)} writes to {data}.") from error
    except OSError as error:
        raise StorageError(f"Cannot lock the data directory {data}: {error.strerror}.") from error
    try:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        note = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
        (data / "writer.json").write_text(json.dumps(note), encoding="utf-8")
        yield
    finally:
        (data / "writer.json").unlink(missing_ok=True)
        lock.release()


def _holder(data: Path) -> str:
    try:
        note = json.loads((data / "writer.json").read_text(encoding="utf-8"))
        return f"Process {note['pid']} on {note['host']} (since {note['since']})"
    except (OSError, ValueError, KeyError):
        return "Another process"


@contextmanager
def database_lock(engine: Engine) -> Iterator[None]:
    """Holds the writer's lock of a PostgreSQL database across machines; SQLite needs none beside the file lock.

    Raises WriterBusy when another machine or process holds it.
    """
    if engine.dialect.name != "postgresql":
        yield
        return
    with storage_errors(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text(f"SELECT pg_try_advisory_lock({WRITER_LOCK})")):
            holder = connection.scalar(
                text("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = :low AND granted"),
                {"low": WRITER_LOCK & 0xFFFFFFFF},
            )
            raise WriterBusy(f"Another process writes to this database (server process {holder}).")
        try:
            yield
        finally:
            connection.execute(text(f"SELECT pg_advisory_unlock({WRITER_LOCK})"))
