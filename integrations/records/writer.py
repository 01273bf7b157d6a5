"""Writes of one ingest run: each call is one transaction, and nothing is seen by readers until it is published."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, Table, func, literal, select, tuple_

from assistant.errors import FingerprintMismatch, UsageError
from assistant.ports.content_store import ContentState, IngestedDocument, Projector, Quarantined
from integrations.records.content import ContentRecords, list_quarantined, published
from integrations.records.database import flush_journal, reading, writing
from integrations.records.rows import document_values, passage_values, scope_text, vector_bytes
from integrations.records.schema import (
    NEVER,
    documents,
    generations,
    meta,
    passages,
    quarantine,
    removals,
    scopes,
    vectors,
)

KEPT_GENERATIONS = 100
LIFETIME = {"born", "died"}


def ignore(_point: str) -> None:
    """The hook for crash points that does nothing."""


class ContentRecordsWriter:
    """The one writer. `at` is called with the name of each point where a crash is worth testing."""

    def __init__(self, engine: Engine, projector: Projector, *, at: Callable[[str], None] = ignore) -> None:
        self._engine = engine
        self._projector = projector
        self._source = ContentRecords(engine)
        self._at = at

    def fingerprint(self) -> str:
        """The embedder fingerprint the content was embedded with; empty before the first ingest."""
        return reading(self._engine, lambda connection: _meta(connection, "fingerprint"))

    def hashes(self, source: str) -> dict[str, str]:
        """Document id to content hash of everything that came from this source, unpublished documents included."""
        query = select(documents.c.id, documents.c.content_hash)
        query = query.where(documents.c.source == source, documents.c.died == NEVER)
        return reading(self._engine, lambda connection: {row.id: row.content_hash for row in connection.execute(query)})

    def put(self, ingested: IngestedDocument, *, source: str, fingerprint: str) -> None:
        """Store or replace a document with all its passages and vectors, and take it out of quarantine."""
        self.put_many([ingested], source=source, fingerprint=fingerprint)

    def put_many(self, batch: Sequence[IngestedDocument], *, source: str, fingerprint: str) -> None:
        """As `put` for each document, all in one transaction.

        Raises FingerprintMismatch when other content was embedded with another embedder.
        """
        if not batch:
            return
        for ingested in batch:
            _check(ingested)
        self._at("put: before transaction")
        with writing(self._engine) as connection:
            _claim(connection, fingerprint)
            pending = published(connection).number + 1
            for ingested in batch:
                _replace(connection, ingested, source=source, pending=pending)
                self._at("put: inside transaction")
        self._at("put: committed")

    def remove(self, document_ids: Collection[str]) -> None:
        """Delete documents with all their passages and vectors."""
        with writing(self._engine) as connection:
            pending = published(connection).number + 1
            for document_id in document_ids:
                _retire_document(connection, document_id, pending=pending)
            self._at("remove: inside transaction")
        self._at("remove: committed")

    def quarantine(self, entry: Quarantined, *, source: str) -> None:
        """Record that a file could not be ingested. A document that stood at its place is removed."""
        with writing(self._engine) as connection:
            pending = published(connection).number + 1
            here = select(documents.c.id).where(documents.c.uri == entry.uri, documents.c.died == NEVER)
            for document_id in list(connection.scalars(here)):
                _retire_document(connection, document_id, pending=pending)
            connection.execute(quarantine.delete().where(quarantine.c.uri == entry.uri))
            values = {"uri": entry.uri, "path": entry.path, "reason": entry.reason, "detail": entry.detail}
            connection.execute(quarantine.insert().values(source=source, at=entry.at, **values))
            self._at("quarantine: inside transaction")
        self._at("quarantine: committed")

    def quarantined(self) -> list[Quarantined]:
        """Everything in quarantine, newest first."""
        return reading(self._engine, list_quarantined)

    def clear_quarantine(self, source: str, *, keep: Collection[str] = ()) -> None:
        """Take everything of this source out of quarantine but the files with the URIs in `keep`."""
        with writing(self._engine) as connection:
            here = select(quarantine.c.uri).where(quarantine.c.source == source)
            for uri in set(connection.scalars(here)) - set(keep):
                connection.execute(quarantine.delete().where(quarantine.c.uri == uri))

    def publish(self) -> int:
        """Make the current records searchable and return their generation.

        The search projection is built aside and verified first; then one transaction switches records and
        projection together. Without changes it only repairs the projection where that is needed.
        """
        now, changed = reading(self._engine, _pending)
        if changed:
            state = reading(self._engine, lambda connection: _next(connection, now))
            self._at("publish: before projection")
            self._projector.project(self._source, state)
            self._at("publish: projected")
            with writing(self._engine) as connection:
                _switch(connection, state)
                self._at("publish: inside transaction")
            self._at("publish: committed")
            flush_journal(self._engine)
            now = state
        elif now.number:
            self._projector.project(self._source, now)
        self._projector.settle(now)
        self._at("publish: settled")
        return now.number


def _check(ingested: IngestedDocument) -> None:
    document, matrix = ingested.document, ingested.vectors
    if matrix.ndim != 2 or matrix.shape[0] != len(ingested.passages):
        raise UsageError(f"{document.id}: {len(ingested.passages)} passages need as many vectors, not {matrix.shape}.")
    if not np.isfinite(matrix).all():
        raise UsageError(f"{document.id}: a vector has values that are not numbers.")
    for passage in ingested.passages:
        if passage.document_id != document.id or passage.scope_key != document.scope.key:
            raise UsageError(f"Passage {passage.id} does not carry the id and the scope of its document {document.id}.")


def _meta(connection: Connection, key: str) -> str:
    return str(connection.scalar(select(meta.c.value).where(meta.c.key == key)) or "")


def _claim(connection: Connection, fingerprint: str) -> None:
    """The first document decides the embedder; only an empty store takes another one."""
    known = _meta(connection, "fingerprint")
    if known == fingerprint:
        return
    if known and connection.scalar(select(documents.c.id).where(documents.c.died == NEVER).limit(1)):
        raise FingerprintMismatch(f"The content was embedded with {known}, not with {fingerprint}.")
    connection.execute(meta.delete().where(meta.c.key == "fingerprint"))
    connection.execute(meta.insert().values(key="fingerprint", value=fingerprint))


def _replace(connection: Connection, ingested: IngestedDocument, *, source: str, pending: int) -> None:
    document = ingested.document
    fresh = {
        passage.id: (passage_values(passage), vector_bytes(vector))
        for passage, vector in zip(ingested.passages, ingested.vectors, strict=True)
    }
    before = connection.scalar(
        select(documents.c.title).where(documents.c.id == document.id, documents.c.died == NEVER)
    )
    stood = _passages_of(connection, document.id) if before is not None else {}
    same = {key for key, row in fresh.items() if stood.get(key) == row} if before == document.title else set()
    _retire_passages(connection, [key for key in stood if key not in same], pending=pending)
    _retire(connection, documents, [document.id], pending=pending)
    values = document_values(document, text=ingested.text, source=source)
    connection.execute(documents.insert().values(born=pending, died=NEVER, **values))
    if not connection.scalar(select(literal(1)).where(scopes.c.key == document.scope.key)):
        connection.execute(scopes.insert().values(key=document.scope.key, scope=scope_text(document.scope)))
    added = {key: row for key, row in fresh.items() if key not in same}
    if added:
        connection.execute(passages.insert(), [{"born": pending, "died": NEVER, **row} for row, _ in added.values()])
        rows = [{"passage_id": key, "born": pending, "vector": data} for key, (_, data) in added.items()]
        connection.execute(vectors.insert(), rows)
    connection.execute(quarantine.delete().where(quarantine.c.uri == document.uri))


def _passages_of(connection: Connection, document_id: str) -> dict[str, tuple[dict[str, Any], bytes]]:
    query = select(passages, vectors.c.vector).join(
        vectors, (vectors.c.passage_id == passages.c.id) & (vectors.c.born == passages.c.born)
    )
    rows = connection.execute(query.where(passages.c.document_id == document_id, passages.c.died == NEVER)).mappings()
    columns = [c.name for c in passages.c if c.name not in LIFETIME]
    return {row["id"]: ({name: row[name] for name in columns}, bytes(row["vector"])) for row in rows}


def _retire_document(connection: Connection, document_id: str, *, pending: int) -> None:
    query = select(passages.c.id).where(passages.c.document_id == document_id, passages.c.died == NEVER)
    _retire_passages(connection, list(connection.scalars(query)), pending=pending)
    _retire(connection, documents, [document_id], pending=pending)


def _retire_passages(connection: Connection, ids: Sequence[str], *, pending: int) -> None:
    for first in range(0, len(ids), 500):
        part = ids[first : first + 500]
        connection.execute(vectors.delete().where(vectors.c.passage_id.in_(part), vectors.c.born == pending))
        _retire(connection, passages, part, pending=pending)


def _retire(connection: Connection, table: Table, ids: Sequence[str], *, pending: int) -> None:
    """End the rows with the published state; rows that were never published just go."""
    connection.execute(table.delete().where(table.c.id.in_(ids), table.c.born == pending))
    connection.execute(table.update().where(table.c.id.in_(ids), table.c.died == NEVER).values(died=pending))


def _pending(connection: Connection) -> tuple[ContentState, bool]:
    now = published(connection)
    for table in (documents, passages):
        for column in (table.c.born, table.c.died):
            if connection.scalar(select(literal(1)).where(column == now.number + 1).limit(1)):
                return now, True
    return now, False


def _next(connection: Connection, now: ContentState) -> ContentState:
    count = connection.scalar(select(func.count()).select_from(passages).where(passages.c.died == NEVER)) or 0
    return ContentState(
        number=now.number + 1, token=uuid.uuid4().hex, fingerprint=_meta(connection, "fingerprint"), passages=count
    )


def _switch(connection: Connection, state: ContentState) -> None:
    count = connection.scalar(select(func.count()).select_from(documents).where(documents.c.died == NEVER)) or 0
    at = datetime.now(UTC).isoformat(timespec="seconds")
    values = {"number": state.number, "token": state.token, "fingerprint": state.fingerprint, "at": at}
    connection.execute(generations.insert().values(documents=count, passages=state.passages, **values))
    ended = select(passages.c.id, passages.c.born, passages.c.died).where(passages.c.died == state.number)
    connection.execute(removals.insert().from_select(["passage_id", "born", "died"], ended))
    gone = select(passages.c.id, passages.c.born).where(passages.c.died == state.number)
    connection.execute(vectors.delete().where(tuple_(vectors.c.passage_id, vectors.c.born).in_(gone)))
    connection.execute(passages.delete().where(passages.c.died == state.number))
    connection.execute(documents.delete().where(documents.c.died == state.number))
    oldest = state.number - KEPT_GENERATIONS
    connection.execute(removals.delete().where(removals.c.died <= oldest))
    connection.execute(generations.delete().where(generations.c.number <= oldest))
