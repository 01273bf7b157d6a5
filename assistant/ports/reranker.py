"""How well a passage answers a question, read together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Reranker(Protocol):
    """A cross-encoder."""

    async def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """One score a passage, higher is better, comparable within one call."""
        ...
