"""The truth about content on SQLite or PostgreSQL.

`open_content` gives the reads, `open_writer` the one writer of a data directory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.ports.content_store import Projector
from integrations.records.api_keys import ApiKeyRecords
from integrations.records.content import ContentRecords
from integrations.records.database import open_engine
from integrations.records.lock import database_lock, writer_lock
from integrations.records.model_ledger import ModelLedgerRecords
from integrations.records.published import watch_of
from integrations.records.rates import RateRecords
from integrations.records.schema import MIGRATIONS
from integrations.records.writer import ContentRecordsWriter, ignore

__all__ = [
    "ApiKeyRecords",
    "ContentRecords",
    "ContentRecordsWriter",
    "ModelLedgerRecords",
    "RateRecords",
    "database_place",
    "open_api_keys",
    "open_content",
    "open_model_ledger",
    "open_rates",
    "open_writer",
]


def database_place(data: Path, url: str = "") -> str | Path:
    """Where the database is: the PostgreSQL URL, or the SQLite file in the data directory."""
    return url or data / "content.sqlite3"


def open_content(data: Path, *, url: str = "") -> ContentRecords:
    """The content store, which is also the source of search projections. Close it when done.

    Raises StorageError when the database cannot be opened.
    """
    engine = open_engine(database_place(data, url), MIGRATIONS)
    return ContentRecords(engine, watch=watch_of(engine))


def open_api_keys(data: Path, *, url: str = "") -> ApiKeyRecords:
    """The API keys of an installation. Close it when done. Raises StorageError when the database cannot be opened."""
    return ApiKeyRecords(open_engine(database_place(data, url), MIGRATIONS))


def open_model_ledger(data: Path, *, url: str = "") -> ModelLedgerRecords:
    """What language models took. Close it when done. Raises StorageError when the database cannot be opened."""
    return ModelLedgerRecords(open_engine(database_place(data, url), MIGRATIONS))


def open_rates(url: str) -> RateRecords:
    """The rate limits that servers share on PostgreSQL. Close it when done. Raises StorageError."""
    return RateRecords(open_engine(url, MIGRATIONS))


@contextmanager
def open_writer(
    data: Path, *, projector: Projector, url: str = "", at: Callable[[str], None] = ignore
) -> Iterator[ContentRecordsWriter]:
    """The one writer of a data directory (and of a PostgreSQL database) for the length of the context.

    `at` is told the name of each point where tests crash the process.
    Raises WriterBusy in under two seconds when another process holds it, StorageError when the database refuses.
    """
    with writer_lock(data):
        engine = open_engine(database_place(data, url), MIGRATIONS)
        try:
            with database_lock(engine):
                yield ContentRecordsWriter(engine, projector, at=at)
        finally:
            engine.dispose()
