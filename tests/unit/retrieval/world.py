"""A little programme to search: documents by audience, validity and version, on the shipped fakes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from assistant.domain.content import Scope
from assistant.domain.people import Requester, Role
from assistant.ports.embedder import Vector
from assistant.ports.passage_index import Hit, LexicalQuery, ScopeKeys
from assistant.ports.reranker import Reranker
from assistant.retrieval.retrieve import Retriever
from assistant.testing import HashEmbedder, MemoryContent, MemoryPassageIndex, sample_document

EVERYBODY = Scope()
GOLD = Requester(user="lena", role=Role.PARTNER, partner_id="acme", tier="gold", regions=frozenset({"DE", "EMEA"}))
SILVER = Requester(user="dana", role=Role.PARTNER, partner_id="brightpath", tier="silver", regions=frozenset({"US"}))
FILLER = [
    "The brand colours are teal and sand on every slide.",
    "Webinars start at nine and are recorded for a month.",
    "Laboratory machines are wiped each Sunday evening.",
    "Invoices are paid within forty days of receipt.",
    "Visitors sign in at the front desk and wear a badge.",
    "Training rooms hold twelve people and a projector.",
]


class Noon:
    """A clock that stands still."""

    def now(self) -> datetime:
        return datetime(2026, 11, 16, 12, tzinfo=UTC)


class LyingIndex:
    """An index whose filter is broken: it returns passages of every scope."""

    def __init__(self, content: MemoryContent, honest: MemoryPassageIndex) -> None:
        self._content = content
        self._honest = honest

    async def generation(self) -> int:
        return await self._honest.generation()

    async def nearest(self, vector: Vector, *, scopes: ScopeKeys, limit: int) -> list[Hit]:
        return await self._honest.nearest(vector, scopes=self._every(), limit=limit)

    async def matching(self, query: LexicalQuery, *, scopes: ScopeKeys, limit: int) -> list[Hit]:
        return await self._honest.matching(query, scopes=self._every(), limit=limit)

    async def rarity(self, words: Collection[str], *, language: str) -> dict[str, float]:
        return await self._honest.rarity(words, language=language)

    def _every(self) -> ScopeKeys:
        return frozenset(row.passage.scope_key for row in self._content.rows())


@dataclass
class Library:
    """Content and a retriever over it."""

    content: MemoryContent = field(default_factory=MemoryContent)
    embedder: HashEmbedder = field(default_factory=HashEmbedder)

    def put(
        self,
        name: str,
        texts: Sequence[str],
        *,
        scope: Scope = EVERYBODY,
        version: str = "",
        series: str = "",
        language: str = "en",
    ) -> None:
        """Add or replace a document and publish it."""
        made = sample_document(name, texts, embedder=self.embedder, scope=scope, language=language)
        made = replace(made, document=replace(made.document, version=version, series=series))
        with self.content.writer() as writer:
            writer.put(made, source="memory", fingerprint=self.embedder.fingerprint)
            writer.publish()

    def retriever(self, *, reranker: Reranker | None = None, lying: bool = False) -> Retriever:
        """The real retriever on fakes."""
        honest = MemoryPassageIndex(self.content, fingerprint=self.embedder.fingerprint)
        index = LyingIndex(self.content, honest) if lying else honest
        return Retriever(store=self.content, index=index, embedder=self.embedder, clock=Noon(), reranker=reranker)
