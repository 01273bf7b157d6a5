"""Search over passages: Chroma and tantivy as disposable projections of the records.

`open_index` gives the index that is searched, `open_projector` what an ingest run publishes through.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.ports.content_store import PassageSource
from integrations.indexes.generation import EXACT_FIRST, EXACT_ROWS
from integrations.indexes.live import LivePassageIndex
from integrations.indexes.projection import IndexDirectory

__all__ = ["IndexDirectory", "LivePassageIndex", "open_index", "open_projector"]

FOLDER = "index"


def ignore(_point: str) -> None:
    """The hook for crash points that does nothing."""


def open_index(
    data: Path,
    *,
    source: PassageSource,
    fingerprint: str,
    chroma_url: str = "",
    exact_rows: int = EXACT_ROWS,
    exact_first: int = EXACT_FIRST,
) -> LivePassageIndex:
    """The passage index of a data directory, following what `source` publishes. Close it when done.

    `fingerprint` is the embedder's: queries raise FingerprintMismatch when the content was embedded with another.
    Above `exact_rows` allowed passages, Chroma's filter is used instead of an exact scan of the allowed ones. The
    first `exact_first` questions of a process are scanned exactly too, before Chroma is imported and opened.
    """
    directory = IndexDirectory(data / FOLDER, url=chroma_url, at=ignore)
    return LivePassageIndex(source, directory, fingerprint=fingerprint, exact_rows=exact_rows, exact_first=exact_first)


def open_projector(data: Path, *, chroma_url: str = "", at: Callable[[str], None] = ignore) -> IndexDirectory:
    """The projector of a data directory for `records.open_writer`. `at` is told where tests crash the process."""
    return IndexDirectory(data / FOLDER, url=chroma_url, at=at)
