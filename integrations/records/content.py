"""Reads of the published content, for answering and for building search projections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import Connection, Engine, Row, Select, and_, func, select, tuple_

from assistant.domain.content import Document, Passage
from assistant.errors import StorageError
from assistant.ports.content_store import (
    NOTHING,
    Catalog,
    ContentChanges,
    ContentState,
    PassageRecord,
    Quarantined,
    SourceContent,
)
from assistant.ports.embedder import Matrix, Vector
from integrations.records.database import compact, reading, storage_errors
from integrations.records.published import Blind, Published, Watch
from integrations.records.rows import document_from, passage_from, scope_from, vector_from
from integrations.records.schema import (
    documents,
    generations,
    metadata,
    passages,
    quarantine,
    removals,
    scopes,
    vectors,
)

T = TypeVar("T")
CHUNK = 500  # ids per statement: below SQLite's limit of bound parameters
PUBLISHED = select(func.coalesce(func.max(generations.c.number), 0)).scalar_subquery()
ALIVE = and_(passages.c.born <= PUBLISHED, passages.c.died > PUBLISHED)


def published(connection: Connection) -> ContentState:
    """The newest published state."""
    row = connection.execute(select(generations).order_by(generations.c.number.desc()).limit(1)).first()
    return state_from(row) if row else NOTHING


def state_from(row: Row[Any]) -> ContentState:
    """A content state of its row."""
    return ContentState(number=row.number, token=row.token, fingerprint=row.fingerprint, passages=row.passages)


def list_quarantined(connection: Connection) -> list[Quarantined]:
    """Everything in quarantine, newest first."""
    rows = connection.execute(select(quarantine).order_by(quarantine.c.at.desc(), quarantine.c.uri))
    return [Quarantined(uri=r.uri, path=r.path, reason=r.reason, detail=r.detail, at=r.at) for r in rows]


def list_sources(connection: Connection) -> list[SourceContent]:
    """Every source with what is searchable of it, by name."""
    alive = and_(documents.c.born <= PUBLISHED, documents.c.died > PUBLISHED)
    stored = select(documents.c.source, func.count()).where(alive).group_by(documents.c.source)
    cut = select(documents.c.source, func.count()).join(passages, passages.c.document_id == documents.c.id)
    cut = cut.where(alive, ALIVE).group_by(documents.c.source)
    refused = select(quarantine.c.source, func.count()).group_by(quarantine.c.source)
    counts = [{row[0]: int(row[1]) for row in connection.execute(query)} for query in (stored, cut, refused)]
    return [SourceContent(name, *(count.get(name, 0) for count in counts)) for name in sorted(counts[0] | counts[2])]


class ContentRecords:
    """The content store and the source of search projections, on one SQLAlchemy engine."""

    def __init__(self, engine: Engine, *, watch: Watch | None = None) -> None:
        self._engine = engine
        self._published = Published(watch or Blind())

    def close(self) -> None:
        """Give the connections back."""
        self._published.close()
        self._engine.dispose()

    def compact(self) -> None:
        """Rewrite the database file, so that nothing of removed rows is left in it. Raises StorageError."""
        compact(self._engine, metadata)

    async def _ask(self, read: Callable[[Connection], T]) -> T:
        return await asyncio.to_thread(reading, self._engine, read)

    async def _ask_published(self, read: Callable[[Connection, ContentState], T]) -> T:
        """What `read` returns from one snapshot, of which it is told the published state."""
        return await asyncio.to_thread(self._read_published, read)

    def _read_published(self, read: Callable[[Connection, ContentState], T]) -> T:
        version = self._published.version()

        def noted(connection: Connection) -> T:
            state = published(connection)
            self._published.saw(state, version=version)
            return read(connection, state)

        return reading(self._engine, noted)

    async def catalog(self) -> Catalog:
        """All documents of the published state, kept in memory until the next one."""
        state = self._published.state()
        kept = self._published.catalog(state) if state else None
        return kept if kept is not None else await self._ask_published(self._read_catalog)

    def _read_catalog(self, connection: Connection, state: ContentState) -> Catalog:
        if (kept := self._published.catalog(state)) is not None:
            return kept
        known = {row.key: scope_from(row.scope) for row in connection.execute(select(scopes))}
        columns = [c for c in documents.c if c.name != "text"]
        alive = select(*columns).where(documents.c.born <= state.number, documents.c.died > state.number)
        found: list[Document] = [
            document_from(row, known[row.scope_key]) for row in connection.execute(alive.order_by(documents.c.id))
        ]
        catalog = Catalog(generation=state.number, documents=tuple(found))
        self._published.keep(state, catalog=catalog)
        return catalog

    async def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages with these ids in the order asked; ids that no longer exist are left out."""
        wanted = list(dict.fromkeys(ids))
        state = self._published.state()
        found = self._published.passages(state, wanted) if state else {}
        if len(found) < len(wanted):
            found = await self._ask_published(lambda connection, now: self._read_passages(connection, now, wanted))
        return [found[key] for key in ids if key in found]

    def _read_passages(self, connection: Connection, state: ContentState, wanted: list[str]) -> dict[str, Passage]:
        kept = self._published.passages(state, wanted)
        missing = [key for key in wanted if key not in kept]
        rows = _in_chunks(connection, missing, lambda part: select(passages).where(passages.c.id.in_(part), ALIVE))
        found = {row.id: passage_from(row) for row in rows}
        self._published.keep(state, passages=found)
        return kept | found

    async def passages_of(self, document_id: str) -> list[Passage]:
        """All passages of a document by ordinal; empty when there is none."""
        query = select(passages).where(passages.c.document_id == document_id, ALIVE).order_by(passages.c.ordinal)
        return await self._ask(lambda connection: [passage_from(row) for row in connection.execute(query)])

    async def neighbours(self, spans: Collection[tuple[str, int]]) -> list[Passage]:
        """The passages at these (document id, ordinal) places by document and place; missing ones are left out."""
        wanted = sorted(set(spans))
        place = tuple_(passages.c.document_id, passages.c.ordinal)

        def read(connection: Connection) -> list[Passage]:
            rows = _in_chunks(connection, wanted, lambda part: select(passages).where(place.in_(part), ALIVE))
            return sorted((passage_from(row) for row in rows), key=lambda p: (p.document_id, p.ordinal))

        return await self._ask(read) if wanted else []

    async def vectors(self, ids: Sequence[str]) -> Matrix:
        """The stored vectors in the order asked, shape (len(ids), dimension).

        Raises StorageError when a passage does not exist.
        """
        wanted = list(dict.fromkeys(ids))
        state = self._published.state()
        found = self._published.vectors(state, wanted) if state else {}
        if len(found) < len(wanted):
            found = await self._ask_published(lambda connection, now: self._read_vectors(connection, now, wanted))
        if missing := [key for key in wanted if key not in found]:
            raise StorageError(f"Passage {missing[0]} no longer exists.", hint="Search again: the content changed.")
        return np.stack([found[key] for key in ids]) if ids else np.empty((0, 0), dtype=np.float32)

    def _read_vectors(self, connection: Connection, state: ContentState, wanted: list[str]) -> dict[str, Vector]:
        kept = self._published.vectors(state, wanted)
        missing = [key for key in wanted if key not in kept]
        join = and_(vectors.c.passage_id == passages.c.id, vectors.c.born == passages.c.born)
        both = select(passages.c.id, vectors.c.vector).join(vectors, join)
        rows = _in_chunks(connection, missing, lambda part: both.where(passages.c.id.in_(part), ALIVE))
        found = {row.id: vector_from(row.vector) for row in rows}
        self._published.keep(state, vectors=found)
        return kept | found

    async def text(self, document_id: str) -> str:
        """The canonical text that passage offsets refer to; empty when the document does not exist."""
        alive = and_(documents.c.born <= PUBLISHED, documents.c.died > PUBLISHED)
        query = select(documents.c.text).where(documents.c.id == document_id, alive)
        return await self._ask(lambda connection: str(connection.scalar(query) or ""))

    async def quarantined(self) -> list[Quarantined]:
        """Everything in quarantine, newest first."""
        return await self._ask(list_quarantined)

    async def sources(self) -> list[SourceContent]:
        """Every source with what is searchable of it, by name."""
        return await self._ask(list_sources)

    def state(self) -> ContentState:
        """The published state."""
        known = self._published.state()
        return known if known is not None else self._read_published(lambda _connection, state: state)

    def records(self, state: ContentState) -> Iterator[PassageRecord]:
        """Every passage of this state by passage id, all from one consistent read."""
        with storage_errors(), self._engine.connect() as connection, connection.begin():
            _check_readable(connection, state)
            here = and_(passages.c.born <= state.number, passages.c.died > state.number)
            query = _with_vectors(state).where(here).order_by(passages.c.id)
            for row in connection.execution_options(yield_per=1000).execute(query):
                yield PassageRecord(passage=passage_from(row), title=row.title, vector=vector_from(row.vector))

    def changes(self, base: ContentState, state: ContentState, *, limit: int) -> ContentChanges | None:
        """What happened since `base`; None when `base` is unknown, too old, or more than `limit` passages differ."""

        def read(connection: Connection) -> ContentChanges | None:
            _check_readable(connection, state)
            token = connection.scalar(select(generations.c.token).where(generations.c.number == base.number))
            if token != base.token or base.number > state.number:
                return None
            removed = _removed_since(connection, base, state)
            fresh = and_(passages.c.born > base.number, passages.c.born <= state.number, passages.c.died > state.number)
            count = connection.scalar(select(func.count()).select_from(passages).where(fresh)) or 0
            if count + len(removed) > limit:
                return None
            rows = connection.execute(_with_vectors(state).where(fresh).order_by(passages.c.id))
            added = [PassageRecord(passage=passage_from(r), title=r.title, vector=vector_from(r.vector)) for r in rows]
            return ContentChanges(removed=removed, added=tuple(added))

        return reading(self._engine, read)


def _in_chunks(
    connection: Connection, wanted: Sequence[T], query: Callable[[Sequence[T]], Select[Any]]
) -> list[Row[Any]]:
    rows: list[Row[Any]] = []
    for first in range(0, len(wanted), CHUNK):
        rows.extend(connection.execute(query(wanted[first : first + CHUNK])))
    return rows


def _check_readable(connection: Connection, state: ContentState) -> None:
    """The published state can be read, and the one after it while its ingest run holds the writer."""
    now = published(connection)
    if now.token != state.token and state.number != now.number + 1:
        raise StorageError("The content changed while it was read.", hint="Try again.")


def _with_vectors(state: ContentState) -> Select[Any]:
    return (
        select(passages, vectors.c.vector, documents.c.title)
        .join(vectors, and_(vectors.c.passage_id == passages.c.id, vectors.c.born == passages.c.born))
        .join(
            documents,
            and_(
                documents.c.id == passages.c.document_id,
                documents.c.born <= state.number,
                documents.c.died > state.number,
            ),
        )
    )


def _removed_since(connection: Connection, base: ContentState, state: ContentState) -> frozenset[str]:
    logged = select(removals.c.passage_id).where(
        removals.c.born <= base.number, removals.c.died > base.number, removals.c.died <= state.number
    )
    pending = select(passages.c.id).where(passages.c.born <= base.number, passages.c.died == state.number)
    return frozenset(connection.scalars(logged)) | frozenset(connection.scalars(pending))
