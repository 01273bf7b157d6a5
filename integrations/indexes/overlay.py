"""Exact search over the few passages that changed since the generation was built, or over all while there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.domain.terms import analyser_of, terms
from assistant.ports.content_store import PassageRecord
from assistant.ports.embedder import Vector
from assistant.ports.passage_index import Hit, LexicalQuery, ScopeKeys
from integrations.indexes.lexical import Lexical, Statistics, inverse_frequency, searchable, weighted_terms

K1, B = 1.2, 0.75  # as tantivy has them, so that scores of both parts compare


@dataclass(frozen=True, slots=True)
class _Posting:
    row: int
    frequency: int
    length: int


def cosines(matrix: np.ndarray, vector: Vector) -> np.ndarray:
    """The cosines of unit vectors with a query vector; on one thread, since waking others costs more than it saves."""
    return np.asarray(np.einsum("ij,j->i", matrix, vector))


class Overlay:
    """Passages held in memory, searched exactly: cosines over all, BM25 with the statistics of the whole collection."""

    def __init__(self, records: Sequence[PassageRecord], lexicals: Sequence[Lexical] = ()) -> None:
        self._ids = [(r.passage.id, r.passage.document_id) for r in records]
        self._scopes = [r.passage.scope_key for r in records]
        self._matrix = np.stack([r.vector for r in records]) if records else np.empty((0, 0), dtype=np.float32)
        self._parts: dict[str, _Bm25] = {}
        for row, record in enumerate(records):
            analyser = analyser_of(record.passage.language)
            if analyser not in self._parts:
                built = next((lexical for lexical in lexicals if lexical.analyser == analyser), None)
                self._parts[analyser] = _Bm25(analyser, built)
            self._parts[analyser].add(row, record)

    def __len__(self) -> int:
        return len(self._ids)

    def nearest(self, vector: Vector, *, scopes: ScopeKeys, limit: int) -> list[Hit]:
        """The allowed passages by cosine, best first."""
        rows = [row for row, key in enumerate(self._scopes) if key in scopes]
        if not rows:
            return []
        scores = cosines(self._matrix[rows], vector)
        best = np.argsort(-scores, kind="stable")[:limit]
        return [self._hit(rows[i], float(scores[i])) for i in best]

    def matching(self, query: LexicalQuery, *, scopes: ScopeKeys, limit: int) -> list[Hit]:
        """The allowed passages by BM25, best first."""
        found: list[tuple[int, float]] = []
        for part in self._parts.values():
            found.extend(part.search(query, allowed=lambda row: self._scopes[row] in scopes))
        found.sort(key=lambda hit: -hit[1])
        return [self._hit(row, score) for row, score in found[:limit]]

    def passages(self, analyser: str) -> int:
        """How many of the passages are of this analyser."""
        return len(self._parts[analyser]) if analyser in self._parts else 0

    def document_frequency(self, term: str, analyser: str) -> int:
        """In how many of the passages of this analyser a term stands."""
        return self._parts[analyser].document_frequency(term) if analyser in self._parts else 0

    def _hit(self, row: int, score: float) -> Hit:
        passage_id, document_id = self._ids[row]
        return Hit(passage_id=passage_id, document_id=document_id, score=score)


class _Bm25:
    """BM25 (Robertson & Zaragoza 2009, section 3.4) over one analyser's passages, added to those already built."""

    def __init__(self, analyser: str, built: Lexical | None) -> None:
        self._analyser = analyser
        self._built = built
        self._before = built.statistics if built else Statistics()
        self._count = 0
        self._length = 0
        self._postings: dict[str, list[_Posting]] = {}

    def add(self, row: int, record: PassageRecord) -> None:
        found = terms(searchable(record), self._analyser)
        self._length += len(found)
        for term, frequency in Counter(found).items():
            self._postings.setdefault(term, []).append(_Posting(row=row, frequency=frequency, length=len(found)))
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def document_frequency(self, term: str) -> int:
        return len(self._postings.get(term, ()))

    def search(self, query: LexicalQuery, *, allowed: Callable[[int], bool]) -> list[tuple[int, float]]:
        scores: dict[int, float] = {}
        mean = (self._before.length + self._length) / max(self._before.passages + self._count, 1)
        for term, weight in weighted_terms(query, self._analyser).items():
            postings = self._postings.get(term, [])
            factor = weight * self._idf(term, len(postings)) * (K1 + 1)
            for p in postings:
                if allowed(p.row):
                    norm = K1 * (1 - B + B * p.length / mean)
                    scores[p.row] = scores.get(p.row, 0.0) + factor * p.frequency / (p.frequency + norm)
        return list(scores.items())

    def _idf(self, term: str, here: int) -> float:
        having = here + (self._built.document_frequency(term) if self._built else 0)
        return inverse_frequency(having, self._before.passages + self._count)
