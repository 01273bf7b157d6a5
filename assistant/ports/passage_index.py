"""Search over passages: a dense and a lexical arm under one filter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from assistant.ports.embedder import Vector

ScopeKeys = frozenset[str]


class Hit(NamedTuple):  # a question makes hundreds of them: this is the cheapest value there is
    """A passage found by one arm. Dense scores are cosines in -1..1, lexical ones are BM25, 0 or more."""

    passage_id: str
    document_id: str
    score: float


@dataclass(frozen=True, slots=True)
class LexicalQuery:
    """What the BM25 arm looks for.

    `text` is analysed with the stemmer and tokenizer of each indexed language it may match;
    `expansions` are further terms with a weight (1.0 = as much as a word of the question).
    """

    text: str
    language: str
    expansions: Mapping[str, float] = field(default_factory=dict)


class PassageIndex(Protocol):
    """Finds passages within allowed scopes.

    Promises: a passage whose scope key is not in `scopes` is never returned, by either arm; an empty set returns
    nothing; a deleted passage is never returned; hits are ordered by score, best first, ties by passage id.
    Raises IndexMissing before the first ingest and FingerprintMismatch when built with another embedder.
    """

    async def generation(self) -> int:
        """The number of the content state that is searched; grows with every ingest that changed something."""
        ...

    async def nearest(self, vector: Vector, *, scopes: ScopeKeys, limit: int) -> list[Hit]:
        """The passages whose vectors are closest by cosine."""
        ...

    async def matching(self, query: LexicalQuery, *, scopes: ScopeKeys, limit: int) -> list[Hit]:
        """The passages that match by BM25 (Robertson & Zaragoza 2009)."""
        ...

    async def rarity(self, words: Collection[str], *, language: str) -> dict[str, float]:
        """How rare each word is among the passages in a language: its inverse document frequency, above 0.

        Counted over all scopes, as BM25 does. Empty when there are no passages in the language.
        """
        ...
