"""What other languages find by meaning and by words: `python -m evals.language_arms DATA QUESTIONS SHARED`.

Each way alone, and both as shipped, by language. Both together are to find no less than meaning alone.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.ports.embedder import Vector
from assistant.ports.passage_index import Hit, LexicalQuery, PassageIndex, ScopeKeys
from assistant.retrieval.retrieve import Retriever
from evals.language_suites import Change, Found, measured
from evals.workbench import Inputs


@dataclass(frozen=True, slots=True)
class OneArm:
    """An index that answers one kind of search and finds nothing by the other."""

    index: PassageIndex
    by_words: bool

    async def generation(self) -> int:
        """That of the index."""
        return await self.index.generation()

    async def nearest(self, vector: Vector, *, scopes: ScopeKeys, limit: int) -> list[Hit]:
        """The hits of the index, or none."""
        return [] if self.by_words else await self.index.nearest(vector, scopes=scopes, limit=limit)

    async def matching(self, query: LexicalQuery, *, scopes: ScopeKeys, limit: int) -> list[Hit]:
        """The hits of the index, or none."""
        return await self.index.matching(query, scopes=scopes, limit=limit) if self.by_words else []

    async def rarity(self, words: Collection[str], *, language: str) -> dict[str, float]:
        """As in the index."""
        return await self.index.rarity(words, language=language)


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each metric and slice; 1 when both halves find less than meaning alone in any language."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "questions", "shared"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args(arguments)
    inputs = Inputs(questions=options.questions, data=options.data, shared=options.shared)
    changes: tuple[Change, ...] = (only(by_words=False), only(by_words=True), lambda retriever: retriever)
    meaning, words, both = (asyncio.run(measured(inputs, change)) for change in changes)
    sys.stdout.write(f"{'':44} {'by meaning':>12} {'by words':>10} {'as shipped':>12}\n")
    for key, value in both.items():
        sys.stdout.write(f"{key[0]:24}{key[1]:20} {meaning[key]:12.3f} {words[key]:10.3f} {value:12.3f}\n")
    lost = below(both, meaning)
    sys.stdout.write(f"below meaning alone: {', '.join(lost) or 'none'}\n")
    return int(bool(lost))


def below(both: Found, alone: Found) -> list[str]:
    """Metric and language of each figure that is lower than what one half finds alone."""
    return [" ".join(key) for key, value in both.items() if key[1].startswith("lang:") and value < alone[key]]


def only(*, by_words: bool) -> Change:
    """A retriever that searches in one way alone."""

    def change(retriever: Retriever) -> Retriever:
        return replace(retriever, index=OneArm(retriever.index, by_words=by_words))

    return change


if __name__ == "__main__":
    sys.exit(main())
