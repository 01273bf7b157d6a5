"""A small world to ingest in: a folder, a content store, an embedder that counts, events that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from assistant.domain.content import Document
from assistant.ports.embedder import Matrix
from assistant.testing import HashEmbedder, MemoryContent
from ingest.metadata import declared_in_options
from ingest.pipeline import Ingest
from ingest.preparation import IngestOptions
from ingest.sources import open_source
from ingest.summary import IngestSummary, Outcome


class Noon:
    """A clock that stands still."""

    def now(self) -> datetime:
        return datetime(2026, 11, 16, 12, tzinfo=UTC)


@dataclass
class Told:
    """Events, kept."""

    seen: list[tuple[str, str]] = field(default_factory=list)
    total: int = 0

    def listed(self, source: str, documents: int) -> None:
        self.total += documents

    def settled(self, path: str, outcome: Outcome) -> None:
        self.seen.append((path, outcome.value))

    def embedded(self, passages: int, tokens: int) -> None:
        self.seen.append(("", f"{passages} passages"))


class CountingEmbedder(HashEmbedder):
    """Knows how many texts it embedded."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = 0

    def embed_passages(self, texts: Sequence[str]) -> Matrix:
        self.texts += len(texts)
        return super().embed_passages(texts)


@dataclass
class World:
    """A folder, a content store and an ingest between them."""

    folder: Path
    content: MemoryContent = field(default_factory=MemoryContent)
    embedder: CountingEmbedder = field(default_factory=CountingEmbedder)
    events: Told = field(default_factory=Told)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *, dry_run: bool = False, keys: Sequence[str] = ()) -> IngestSummary:
        options = IngestOptions(declared=declared_in_options(keys))
        ingest = Ingest(self.content.writer, self.embedder, Noon(), options=options, events=self.events)
        return ingest.run([open_source(str(self.folder))], dry_run=dry_run)

    @property
    def documents(self) -> dict[str, Document]:
        stored = self.content.published.documents.values()
        return {one.ingested.document.path: one.ingested.document for one in stored}

    def texts(self) -> list[str]:
        return sorted(row.passage.text for row in self.content.rows())


def counts(summary: IngestSummary) -> tuple[int, int, int, int, int]:
    return (summary.added, summary.changed, summary.unchanged, summary.deleted, len(summary.quarantined))
