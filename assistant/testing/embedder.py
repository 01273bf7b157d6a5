"""An embedder without a model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from assistant.ports.embedder import Matrix, QuestionVectors, Vector, WordWeights

WORD = re.compile(r"\w+")
UNWEIGHED = 0.3


class HashEmbedder:
    """A deterministic embedder without a model: a text's vector is the sum of its words' pseudo-random vectors.

    Texts that share words are near each other; embedding a thousand passages takes milliseconds.
    """

    def __init__(self, *, dimension: int = 64, max_tokens: int = 256) -> None:
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.fingerprint = f"hash-{dimension}"

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words, and two for the start and the end."""
        return [len(WORD.findall(text)) + 2 for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), dimension). Raises ValueError when a text is too long."""
        if any(count > self.max_tokens for count in self.count_tokens(texts)):
            raise ValueError(f"A text is longer than {self.max_tokens} tokens.")
        rows = [self._vector(text) for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dimension), dtype=np.float32)

    async def embed_query(self, text: str) -> Vector:
        """The unit vector of a question."""
        return (await self.embed_weighed(text, {})).alike

    async def embed_weighed(self, text: str, weights: WordWeights) -> QuestionVectors:
        """The unit vector of a question, and one with its words weighed."""
        cut = " ".join(WORD.findall(text)[: self.max_tokens - 2])
        alike = self._vector(cut)
        return QuestionVectors(alike, self._vector(cut, weights) if weights else alike)

    def _vector(self, text: str, weights: WordWeights | None = None) -> Vector:
        words = WORD.findall(text.lower()) or ["(nothing)"]
        counts = [weights.get(word, UNWEIGHED) if weights else 1.0 for word in words]
        vectors = [count * _word_vector(word, self.dimension) for count, word in zip(counts, words, strict=True)]
        total = np.sum(vectors, axis=0)
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)


@lru_cache(maxsize=100_000)
def _word_vector(word: str, dimension: int) -> Vector:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "little")
    return np.random.default_rng(seed).standard_normal(dimension).astype(np.float32)
