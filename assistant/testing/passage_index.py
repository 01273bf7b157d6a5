"""Search over content in memory: exact, and slow in a way that does not matter in tests."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection

from assistant.domain.terms import analyser_of
from assistant.errors import FingerprintMismatch, IndexMissing
from assistant.ports.embedder import Vector
from assistant.ports.passage_index import Hit, LexicalQuery, ScopeKeys
from assistant.testing.content import MemoryContent, MemoryRow

WORD = re.compile(r"\w+")


class MemoryPassageIndex:
    """A PassageIndex over a MemoryContent: exact cosines, and BM25 over lower-cased words without stemming."""

    def __init__(self, content: MemoryContent, *, fingerprint: str) -> None:
        self._content = content
        self._fingerprint = fingerprint

    async def generation(self) -> int:
        """The number of the published state."""
        return self._content.published.number

    async def nearest(self, vector: Vector, *, scopes: ScopeKeys, limit: int) -> list[Hit]:
        """The allowed passages by cosine."""
        return _best([_hit(row, float(row.vector @ vector)) for row in self._rows(scopes)], limit)

    async def matching(self, query: LexicalQuery, *, scopes: ScopeKeys, limit: int) -> list[Hit]:
        """The allowed passages by BM25 over the statistics of all."""
        everything = self._rows(None)
        weights: Counter[str] = Counter(WORD.findall(query.text.lower()))
        wanted: dict[str, float] = dict(weights)
        wanted |= {w: weight for words, weight in query.expansions.items() for w in WORD.findall(words.lower())}
        scores: dict[str, float] = {}
        counts = [Counter(WORD.findall(_words(row).lower())) for row in everything]
        mean = max(1.0, sum(c.total() for c in counts) / max(1, len(counts)))
        for term, weight in wanted.items():
            having = sum(1 for c in counts if term in c)
            idf = math.log(1 + (len(counts) - having + 0.5) / (having + 0.5))
            for row, c in zip(everything, counts, strict=True):
                if term in c:
                    tf = c[term] * 2.2 / (c[term] + 1.2 * (0.25 + 0.75 * c.total() / mean))
                    scores[row.passage.id] = scores.get(row.passage.id, 0.0) + weight * idf * tf
        rows = [row for row in everything if row.passage.scope_key in scopes and scores.get(row.passage.id, 0.0) > 0]
        return _best([_hit(row, scores[row.passage.id]) for row in rows], limit)

    async def rarity(self, words: Collection[str], *, language: str) -> dict[str, float]:
        """Inverse document frequencies over the passages in a language."""
        rows = [row for row in self._rows(None) if analyser_of(row.passage.language) == analyser_of(language)]
        texts = [frozenset(WORD.findall(_words(row).lower())) for row in rows]
        having = (
            {word: sum(word.lower() in text for text in texts) for word in words if WORD.search(word)} if texts else {}
        )
        return {word: math.log(1 + (len(texts) - n + 0.5) / (n + 0.5)) for word, n in having.items()}

    def _rows(self, scopes: ScopeKeys | None) -> list[MemoryRow]:
        published = self._content.published
        if not published.number:
            raise IndexMissing("There is no content yet.")
        if published.fingerprint != self._fingerprint:
            raise FingerprintMismatch(f"The content was embedded with {published.fingerprint}.")
        return [row for row in self._content.rows() if scopes is None or row.passage.scope_key in scopes]


def _words(row: MemoryRow) -> str:
    return " ".join((row.document.title, *row.passage.heading_path, row.passage.text))


def _hit(row: MemoryRow, score: float) -> Hit:
    return Hit(passage_id=row.passage.id, document_id=row.passage.document_id, score=score)


def _best(hits: list[Hit], limit: int) -> list[Hit]:
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))[:limit]
