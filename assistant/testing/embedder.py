"""An embedder without a model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from assistant.ports.embedder import Matrix, Vector

WORD = re.compile(r"\w+")


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
        return self._vector(" ".join(WORD.findall(text)[: self.max_tokens - 2]))

    def _vector(self, text: str) -> Vector:
        words = WORD.findall(text.lower()) or ["(nothing)"]
        total = np.sum([_word_vector(word, self.dimension) for word in words], axis=0)
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)


@lru_cache(maxsize=100_000)
def _word_vector(word: str, dimension: int) -> Vector:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "little")
    return np.random.default_rng(seed).standard_normal(dimension).astype(np.float32)
