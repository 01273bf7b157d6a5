"""From a ranking to what the answerer reads: no repeats, neighbours joined, within a budget of tokens. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from assistant.domain.content import Passage
from assistant.ports.embedder import Matrix

NEAR_DUPLICATE = 0.97  # cosine of two passages above which their words are compared
SAME_WORDS = 0.9  # share of words in common above which they are one
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage with its scores: `fused` orders it; `dense` (cosine) and `lexical` (BM25) are None where not found."""

    passage: Passage
    fused: float
    dense: float | None = None
    lexical: float | None = None


def without_repeats(ranked: Sequence[Ranked], vectors: Matrix) -> list[Ranked]:
    """The ranking without passages that say what a better one says, `vectors[i]` being those of `ranked[i]`."""
    kept: list[int] = []
    # On one thread: a product of matrices this small would wake others, who cost more than they save.
    near: list[list[bool]] = (np.einsum("ij,kj->ik", vectors, vectors) > NEAR_DUPLICATE).tolist()

    @cache
    def words(i: int) -> frozenset[str]:
        return frozenset(WORD.findall(ranked[i].passage.text.lower()))

    for i in range(len(ranked)):
        if not any(_overlap(words(i), words(j)) > SAME_WORDS for j in kept if near[i][j]):
            kept.append(i)
    return [ranked[i] for i in kept]


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)


def within_budget(ranked: Sequence[Ranked], budget: int) -> list[Ranked]:
    """The best passages whose tokens fit together; the first always does."""
    chosen: list[Ranked] = []
    left = budget
    for candidate in ranked:
        if chosen and candidate.passage.tokens > left:
            break
        chosen.append(candidate)
        left -= candidate.passage.tokens
    return chosen


def broken(ranked: Sequence[Ranked]) -> frozenset[str]:
    """The ids of documents of which neighbouring passages were found, so that `joined` needs their text."""
    passages = [r.passage for r in ranked]
    return frozenset(
        one.document_id for i, one in enumerate(passages) for other in passages[i + 1 :] if _adjacent(one, other)
    )


def joined(ranked: Sequence[Ranked], texts: Mapping[str, str]) -> list[Ranked]:
    """Passages that follow each other under one heading made one, at the place of the better one.

    `texts` holds the canonical text of the documents that `broken` names.
    """
    merged: list[Ranked] = []
    for candidate in ranked:
        spot = next((i for i, m in enumerate(merged) if _adjacent(m.passage, candidate.passage)), None)
        if spot is None:
            merged.append(candidate)
        else:
            joint = _join(merged[spot].passage, candidate.passage, texts[candidate.passage.document_id])
            merged[spot] = replace(merged[spot], passage=joint)
    return merged if len(merged) == len(ranked) else joined(merged, texts)


def _adjacent(one: Passage, other: Passage) -> bool:
    same = one.document_id == other.document_id and one.heading_path == other.heading_path
    same = same and one.locator.part == other.locator.part  # a slide and its notes are not one place to cite
    return same and (0 <= other.start - one.end <= 2 or 0 <= one.start - other.end <= 2)


def _join(one: Passage, other: Passage, text: str) -> Passage:
    first, second = (one, other) if one.start <= other.start else (other, one)
    return replace(
        first,
        id=one.id,
        text=text[first.start : second.end],
        end=second.end,
        locator=replace(first.locator, end=second.locator.end),
        tokens=first.tokens + second.tokens,
    )
