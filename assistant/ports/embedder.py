"""Text to vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
Matrix = NDArray[np.float32]
WordWeights = Mapping[str, float]


class QuestionVectors(NamedTuple):
    """A question as a vector: its words all alike, and each by its weight. Without weights both are one vector."""

    alike: Vector
    weighed: Vector


class Embedder(Protocol):
    """Embeds passages and queries into one space of unit vectors.

    `fingerprint` changes whenever vectors of the same text would; an index built with another one is refused.
    `max_tokens` is what the model reads of a text; longer input is an error, never silently cut.
    """

    @property
    def fingerprint(self) -> str:
        """Names model, weights and precision."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """The most tokens of one text that the model reads."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text as the model reads it, special tokens included. Never cut."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), dimension), float32. Blocking; ingest runs it on its own thread.

        Raises ValueError when a text is longer than `max_tokens`.
        """
        ...

    async def embed_query(self, text: str) -> Vector:
        """The unit vector of a question, shape (dimension,), float32. A question longer than `max_tokens` is cut."""
        ...

    async def embed_weighed(self, text: str, weights: WordWeights) -> QuestionVectors:
        """The vector of `embed_query`, and one in which each word counts by its weight.

        `weights` is by the word in lower case; what it does not name counts little. Where it is empty, and of an
        embedder that cannot weigh words, both are the same vector.
        """
        ...
