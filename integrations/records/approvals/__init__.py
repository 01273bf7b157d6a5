"""Approvals and the audit log: a database file of their own, or tables beside the content's."""

from __future__ import annotations

from pathlib import Path

from assistant.ports.clock import Clock
from integrations.records.approvals.book import ApprovalRecords

__all__ = ["ApprovalRecords", "approvals_place", "open_approvals"]

FILE = "approvals.sqlite3"


def approvals_place(data: Path, url: str = "") -> str | Path:
    """Where they are kept: the PostgreSQL URL, or the SQLite file in the data directory."""
    return url or data / FILE


def open_approvals(data: Path, *, url: str = "", clock: Clock) -> ApprovalRecords:
    """The book of approvals of an installation. Raises StorageError when the database cannot be opened."""
    return ApprovalRecords(approvals_place(data, url), clock=clock)
