"""The truth about content: documents, passages and vectors. Search indexes are projections of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from assistant.domain.content import Document, Passage
from assistant.ports.embedder import Matrix, Vector


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every document of one content state, without text."""

    generation: int
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A file that could not be ingested: `reason` is a short code, `detail` says what to do."""

    uri: str
    path: str
    reason: str
    detail: str
    at: str


@dataclass(frozen=True, slots=True)
class SourceContent:
    """What is searchable of one source, and how many of its files are in quarantine."""

    source: str
    documents: int
    passages: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class IngestedDocument:
    """A document ready to be stored: `text` is its canonical text, `vectors[i]` embeds `passages[i]`."""

    document: Document
    text: str
    passages: tuple[Passage, ...]
    vectors: Matrix


class ContentStore(Protocol):
    """Reads for answering; safe to call from many tasks."""

    async def catalog(self) -> Catalog:
        """All documents of the current state."""
        ...

    async def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages with these ids in the order asked; ids that no longer exist are left out."""
        ...

    async def passages_of(self, document_id: str) -> list[Passage]:
        """All passages of a document by ordinal; empty when there is none."""
        ...

    async def neighbours(self, spans: Collection[tuple[str, int]]) -> list[Passage]:
        """The passages at these (document id, ordinal) places; places that do not exist are left out."""
        ...

    async def vectors(self, ids: Sequence[str]) -> Matrix:
        """The stored vectors of these passages in the order asked, shape (len(ids), dimension)."""
        ...

    async def text(self, document_id: str) -> str:
        """The canonical text that passage offsets refer to; empty when the document does not exist."""
        ...

    async def quarantined(self) -> list[Quarantined]:
        """Everything in quarantine, newest first."""
        ...

    async def sources(self) -> list[SourceContent]:
        """Every source with what is searchable of it, by name."""
        ...


class ContentWriter(Protocol):
    """Writes of one ingest run. Blocking. Each call is one transaction: it happened whole or not at all."""

    def fingerprint(self) -> str:
        """The embedder fingerprint the content was embedded with; empty before the first ingest."""
        ...

    def hashes(self, source: str) -> dict[str, str]:
        """Document id to content hash of everything that came from this source."""
        ...

    def put(self, ingested: IngestedDocument, *, source: str, fingerprint: str) -> None:
        """Store or replace a document with all its passages and vectors, and take it out of quarantine.

        Raises FingerprintMismatch when other content was embedded with another embedder.
        """
        ...

    def put_many(self, batch: Sequence[IngestedDocument], *, source: str, fingerprint: str) -> None:
        """As `put` for each document, all in one transaction: one flush to disk instead of one per document."""
        ...

    def remove(self, document_ids: Collection[str]) -> None:
        """Delete documents with all their passages and vectors."""
        ...

    def quarantine(self, entry: Quarantined, *, source: str) -> None:
        """Record that a file could not be ingested. A document that stood at its place is removed."""
        ...

    def quarantined(self) -> list[Quarantined]:
        """Everything in quarantine, newest first."""
        ...

    def clear_quarantine(self, source: str, *, keep: Collection[str] = ()) -> None:
        """Take everything of this source out of quarantine but the files with the URIs in `keep`."""
        ...

    def publish(self) -> int:
        """Make the current records searchable: project what changed and switch atomically; the new generation."""
        ...


class ContentWriterFactory(Protocol):
    """Opens the one writer of a data directory."""

    def __call__(self) -> AbstractContextManager[ContentWriter]:
        """Raises WriterBusy when another process holds it."""
        ...


@dataclass(frozen=True, slots=True)
class ContentState:
    """One published state of the content.

    `number` grows by one with every ingest that changed something; 0 means that nothing was ingested yet.
    `token` is unique to the state, so a number that a restored database uses again is told apart.
    """

    number: int
    token: str
    fingerprint: str = ""
    passages: int = 0


NOTHING = ContentState(number=0, token="")


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """A passage as both search arms index it: with the title of its document and its unit vector."""

    passage: Passage
    title: str
    vector: Vector


@dataclass(frozen=True, slots=True)
class ContentChanges:
    """How one state differs from an earlier one. A passage that was replaced under its id is in both."""

    removed: frozenset[str] = frozenset()
    added: tuple[PassageRecord, ...] = ()


class PassageSource(Protocol):
    """Everything a search projection is built from. Blocking."""

    def state(self) -> ContentState:
        """The published state; cheap enough to ask on every query."""
        ...

    def records(self, state: ContentState) -> Iterator[PassageRecord]:
        """Every passage of this state by passage id, all from one consistent read.

        Raises StorageError (retryable) when another state has been published in the meantime.
        """
        ...

    def changes(self, base: ContentState, state: ContentState, *, limit: int) -> ContentChanges | None:
        """What happened since `base`; None when `base` is unknown, too old, or more than `limit` passages differ."""
        ...


class Projector(Protocol):
    """Makes a search projection of a state that is about to be published. Blocking."""

    def project(self, source: PassageSource, state: ContentState) -> None:
        """Build aside and verify whatever serving `state` needs; what is served now stays untouched."""
        ...

    def settle(self, state: ContentState) -> None:
        """`state` is published: drop what no reader needs any more."""
        ...
