"""Conversations, asked questions, ratings and gaps: a database file of their own, or tables beside the content's.

They have a file of their own on SQLite because everybody who asks writes here, and one ingest at a time writes there.
"""

from __future__ import annotations

from pathlib import Path

from integrations.records.conversations.escalations import EscalationRecords
from integrations.records.conversations.gaps import GapRecords
from integrations.records.conversations.schema import MIGRATIONS, metadata
from integrations.records.conversations.threads import ThreadRecords
from integrations.records.database import compact, open_engine

FILE = "conversations.sqlite3"


class Conversations:
    """What an installation keeps of conversations, on one engine. Close it when done."""

    def __init__(self, where: str | Path) -> None:
        # Each statement sees what was committed before it, so that counters can be raised under a row's lock.
        self._engine = open_engine(where, MIGRATIONS, isolation="READ COMMITTED")
        self.threads = ThreadRecords(self._engine)
        self.gaps = GapRecords(self._engine)
        self.escalations = EscalationRecords(self._engine)

    def compact(self) -> None:
        """Rewrite the database, so that nothing of removed rows is left in it. Blocking. Raises StorageError."""
        compact(self._engine, metadata)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def conversations_place(data: Path, url: str = "") -> str | Path:
    """Where they are kept: the PostgreSQL URL, or the SQLite file in the data directory."""
    return url or data / FILE


def open_conversations(data: Path, *, url: str = "") -> Conversations:
    """What an installation keeps of conversations. Raises StorageError when the database cannot be opened."""
    return Conversations(conversations_place(data, url))
