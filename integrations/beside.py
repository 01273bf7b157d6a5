"""Documents beside the content, for one question: searched and quoted with it, kept nowhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.answering.answer import Answerer
from assistant.domain.content import Passage
from assistant.ports.content_store import (
    Catalog,
    ContentStore,
    IngestedDocument,
    PassageRecord,
    Quarantined,
    SourceContent,
)
from assistant.ports.embedder import Matrix, Vector
from assistant.ports.passage_index import Hit, LexicalQuery, PassageIndex, ScopeKeys
from assistant.retrieval.holdings import Shelf
from integrations.indexes import LivePassageIndex
from integrations.indexes.generation import order
from integrations.indexes.overlay import Overlay


def answering_with(answerer: Answerer, documents: Sequence[IngestedDocument], *, index: LivePassageIndex) -> Answerer:
    """An answerer that knows these documents too. `index` is the one that its retriever searches."""
    retriever = answerer.retriever
    records = [
        PassageRecord(passage, title=each.document.title, vector=each.vectors[number])
        for each in documents
        for number, passage in enumerate(each.passages)
    ]
    beside = IndexBeside(index, Overlay(records, index.lexicals))
    store = ContentBeside(retriever.store, {each.document.id: each for each in documents})
    return replace(answerer, retriever=replace(retriever, store=store, index=beside, shelf=Shelf()))


@dataclass(frozen=True, slots=True)
class IndexBeside:
    """A PassageIndex and a few more passages, scored by the statistics of the whole."""

    index: PassageIndex
    more: Overlay

    async def generation(self) -> int:
        """See PassageIndex."""
        return await self.index.generation()

    async def nearest(self, vector: Vector, *, scopes: ScopeKeys, limit: int) -> list[Hit]:
        """See PassageIndex."""
        hits = await self.index.nearest(vector, scopes=scopes, limit=limit)
        return sorted([*hits, *self.more.nearest(vector, scopes=scopes, limit=limit)], key=order)[:limit]

    async def matching(self, query: LexicalQuery, *, scopes: ScopeKeys, limit: int) -> list[Hit]:
        """See PassageIndex."""
        hits = await self.index.matching(query, scopes=scopes, limit=limit)
        return sorted([*hits, *self.more.matching(query, scopes=scopes, limit=limit)], key=order)[:limit]

    async def rarity(self, words: Collection[str], *, language: str) -> dict[str, float]:
        """See PassageIndex; a few passages more do not change how rare a word is."""
        return await self.index.rarity(words, language=language)


@dataclass(frozen=True, slots=True)
class ContentBeside:
    """A ContentStore and a few more documents, by id."""

    store: ContentStore
    more: dict[str, IngestedDocument]

    @property
    def _passages(self) -> dict[str, Passage]:
        return {passage.id: passage for each in self.more.values() for passage in each.passages}

    async def catalog(self) -> Catalog:
        """See ContentStore."""
        known = await self.store.catalog()
        return Catalog(known.generation, (*known.documents, *(each.document for each in self.more.values())))

    async def passages(self, ids: Sequence[str]) -> list[Passage]:
        """See ContentStore."""
        found = {passage.id: passage for passage in await self.store.passages(ids)} | self._passages
        return [found[each] for each in ids if each in found]

    async def passages_of(self, document_id: str) -> list[Passage]:
        """See ContentStore."""
        own = self.more.get(document_id)
        return list(own.passages) if own else await self.store.passages_of(document_id)

    async def neighbours(self, spans: Collection[tuple[str, int]]) -> list[Passage]:
        """See ContentStore."""
        wanted = set(spans)
        own = [p for p in self._passages.values() if (p.document_id, p.ordinal) in wanted]
        return [*await self.store.neighbours(spans), *own]

    async def vectors(self, ids: Sequence[str]) -> Matrix:
        """See ContentStore."""
        rows = {p.id: each.vectors[n] for each in self.more.values() for n, p in enumerate(each.passages)}
        theirs = [each for each in ids if each not in rows]
        if not rows or not ids:
            return await self.store.vectors(ids)
        known = await self.store.vectors(theirs) if theirs else np.empty((0, 0), dtype=np.float32)
        rows |= dict(zip(theirs, known, strict=True))
        return np.stack([rows[each] for each in ids])

    async def text(self, document_id: str) -> str:
        """See ContentStore."""
        own = self.more.get(document_id)
        return own.text if own else await self.store.text(document_id)

    async def quarantined(self) -> list[Quarantined]:
        """See ContentStore."""
        return await self.store.quarantined()

    async def sources(self) -> list[SourceContent]:
        """See ContentStore."""
        return await self.store.sources()
