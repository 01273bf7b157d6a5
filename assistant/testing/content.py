"""Content in memory: the store, and its one writer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from assistant.domain.content import Document, Passage
from assistant.errors import FingerprintMismatch, StorageError, UsageError, WriterBusy
from assistant.ports.content_store import Catalog, IngestedDocument, Quarantined, SourceContent
from assistant.ports.embedder import Matrix, Vector


@dataclass(frozen=True, slots=True, eq=False)
class MemoryDocument:
    """A document as it was put, with its source."""

    ingested: IngestedDocument
    source: str


@dataclass(slots=True)
class MemoryState:
    """What readers see."""

    number: int = 0
    fingerprint: str = ""
    documents: dict[str, MemoryDocument] = field(default_factory=dict)


class MemoryContent:
    """A ContentStore and, through `writer()`, the ContentWriter of it, in memory.

    Like the real ones: what is written is seen by readers only once it is published, and there is one writer at a time.
    """

    def __init__(self) -> None:
        self.published = MemoryState()
        self.written: dict[str, MemoryDocument] = {}
        self.kept_out: dict[str, Quarantined] = {}
        self.kept_from: dict[str, str] = {}  # URI in quarantine to its source
        self.fingerprint = ""
        self._busy = False

    @contextmanager
    def writer(self) -> Iterator[MemoryContentWriter]:
        """The one writer. Raises WriterBusy while another is open."""
        if self._busy:
            raise WriterBusy("Another writer is open.")
        self._busy = True
        try:
            yield MemoryContentWriter(self)
        finally:
            self._busy = False

    async def catalog(self) -> Catalog:
        """All documents of the published state."""
        stored = self.published.documents.values()
        documents = sorted((s.ingested.document for s in stored), key=lambda document: document.id)
        return Catalog(generation=self.published.number, documents=tuple(documents))

    async def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages with these ids in the order asked; ids that do not exist are left out."""
        found = {row.passage.id: row.passage for row in self.rows()}
        return [found[key] for key in ids if key in found]

    async def passages_of(self, document_id: str) -> list[Passage]:
        """All passages of a document by ordinal."""
        stored = self.published.documents.get(document_id)
        return sorted(stored.ingested.passages, key=lambda p: p.ordinal) if stored else []

    async def neighbours(self, spans: Collection[tuple[str, int]]) -> list[Passage]:
        """The passages at these (document id, ordinal) places by document and place."""
        places = set(spans)
        found = (row.passage for row in self.rows() if (row.passage.document_id, row.passage.ordinal) in places)
        return sorted(found, key=lambda p: (p.document_id, p.ordinal))

    async def vectors(self, ids: Sequence[str]) -> Matrix:
        """The vectors in the order asked. Raises StorageError when a passage does not exist."""
        found = {row.passage.id: row.vector for row in self.rows()}
        if missing := [key for key in ids if key not in found]:
            raise StorageError(f"Passage {missing[0]} no longer exists.")
        return np.stack([found[key] for key in ids]) if ids else np.empty((0, 0), dtype=np.float32)

    async def text(self, document_id: str) -> str:
        """The canonical text; empty when the document does not exist."""
        stored = self.published.documents.get(document_id)
        return stored.ingested.text if stored else ""

    async def quarantined(self) -> list[Quarantined]:
        """Everything in quarantine, newest first."""
        return sorted(self.kept_out.values(), key=lambda entry: entry.at, reverse=True)

    async def sources(self) -> list[SourceContent]:
        """Every source with what is searchable of it, by name."""
        stored = list(self.published.documents.values())
        names = {s.source for s in stored} | {self.kept_from[uri] for uri in self.kept_out}
        return [
            SourceContent(
                source=name,
                documents=sum(s.source == name for s in stored),
                passages=sum(len(s.ingested.passages) for s in stored if s.source == name),
                quarantined=sum(self.kept_from[uri] == name for uri in self.kept_out),
            )
            for name in sorted(names)
        ]

    def rows(self) -> list[MemoryRow]:
        """Every published passage with its document and vector, by passage id."""
        rows = [
            MemoryRow(document=stored.ingested.document, passage=passage, vector=vector)
            for stored in self.published.documents.values()
            for passage, vector in zip(stored.ingested.passages, stored.ingested.vectors, strict=True)
        ]
        return sorted(rows, key=lambda row: row.passage.id)


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """A published passage with its document and vector."""

    document: Document
    passage: Passage
    vector: Vector


class MemoryContentWriter:
    """The writer of a MemoryContent."""

    def __init__(self, content: MemoryContent) -> None:
        self._content = content

    def fingerprint(self) -> str:
        """The embedder fingerprint of the content; empty before the first document."""
        return self._content.fingerprint

    def hashes(self, source: str) -> dict[str, str]:
        """Document id to content hash of everything from this source."""
        kept = self._content.written.values()
        return {s.ingested.document.id: s.ingested.document.content_hash for s in kept if s.source == source}

    def put(self, ingested: IngestedDocument, *, source: str, fingerprint: str) -> None:
        """Store or replace a document."""
        self.put_many([ingested], source=source, fingerprint=fingerprint)

    def put_many(self, batch: Sequence[IngestedDocument], *, source: str, fingerprint: str) -> None:
        """Store or replace documents. Raises FingerprintMismatch when other content has another embedder."""
        content = self._content
        if batch and content.written and content.fingerprint != fingerprint:
            raise FingerprintMismatch(f"The content was embedded with {content.fingerprint}, not with {fingerprint}.")
        for ingested in batch:
            if len(ingested.passages) != len(ingested.vectors) or any(
                p.scope_key != ingested.document.scope.key for p in ingested.passages
            ):
                raise UsageError(f"{ingested.document.id}: passages do not fit the document.")
        for ingested in batch:
            content.fingerprint = fingerprint
            content.written[ingested.document.id] = MemoryDocument(ingested, source)
            content.kept_out.pop(ingested.document.uri, None)

    def remove(self, document_ids: Collection[str]) -> None:
        """Delete documents."""
        for key in document_ids:
            self._content.written.pop(key, None)

    def quarantine(self, entry: Quarantined, *, source: str) -> None:
        """Record that a file could not be ingested, and remove the document at its place."""
        documents = self._content.written
        self.remove([key for key, stored in documents.items() if stored.ingested.document.uri == entry.uri])
        self._content.kept_out[entry.uri] = entry
        self._content.kept_from[entry.uri] = source

    def quarantined(self) -> list[Quarantined]:
        """Everything in quarantine, newest first."""
        return sorted(self._content.kept_out.values(), key=lambda entry: entry.at, reverse=True)

    def clear_quarantine(self, source: str, *, keep: Collection[str] = ()) -> None:
        """Take everything of this source out of quarantine but the files with the URIs in `keep`."""
        content = self._content
        for uri in [u for u in content.kept_out if content.kept_from[u] == source and u not in keep]:
            del content.kept_out[uri]

    def publish(self) -> int:
        """Make what was written visible; the new generation, or the old one when nothing changed."""
        content = self._content
        if content.published.documents != content.written:
            content.published = MemoryState(
                number=content.published.number + 1,
                fingerprint=content.fingerprint,
                documents=dict(content.written),
            )
        return content.published.number
