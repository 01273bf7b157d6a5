"""Passages to an answer in their own words: the sentences, items and rows that answer, each an exact quote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.unit import Unit, units
from assistant.answering.weights import Weights
from assistant.retrieval.retrieve import Retrieved
from assistant.retrieval.selection import Ranked

# Chosen on the development questions; docs/retrieval.md has the measurements.
SOURCES = 6  # passages quoted at most
WORDS = 260  # length of an answer
WHOLE_WORDS = 110  # the two best passages are quoted whole up to this length
PER_SOURCE = 2  # units of a longer passage; two more of the best one
RELATIVE_SCORE = 0.5  # a unit must score this much of the best of its passage
RELATIVE_SOURCE = 0.6  # a passage must score this much of the best passage
RELATIVE_UNIT = 0.4  # and have a unit with this much of the question's weight that the best unit of all has
FOLLOWING = 6  # lines that go with the line that announces them


@dataclass(frozen=True, slots=True)
class Extract:
    """The units quoted from one passage, in the order of the passage."""

    source: Ranked
    units: tuple[Unit, ...]


def extract(retrieved: Retrieved, weights: Weights) -> list[Extract]:
    """What to quote, best passage first. Empty only when nothing was retrieved."""
    best = max((r.fused for r in retrieved.passages), default=0.0)
    sources = [r for r in retrieved.passages[:SOURCES] if r.fused >= RELATIVE_SOURCE * best]
    found = [units(source.passage.text) for source in sources]
    strengths = [max((weights.overlap(unit.words) for unit in each), default=0.0) for each in found]
    needed = RELATIVE_UNIT * max(strengths, default=0.0)
    bearing = [i for i, strength in enumerate(strengths) if i == 0 or strength >= needed]
    chosen: list[Extract] = []
    words = 0
    for rank, i in enumerate(bearing):
        source = sources[i]
        picked = _pick(found[i], weights, rank=rank)
        room = WORDS - words
        if chosen and _length(picked) > room:
            picked = _fitting(picked, room)
        if picked:
            chosen.append(Extract(source, tuple(picked)))
            words += _length(picked)
    return chosen


def _pick(found: Sequence[Unit], weights: Weights, *, rank: int) -> list[Unit]:
    """The units of a passage that bear on the question, with what they announce and the line that announces them."""
    if rank < 2 and _length(found) <= WHOLE_WORDS:
        return list(found)
    scores = [weights.overlap(u.words) / (1 + 0.02 * len(u.words.split())) for u in found]
    if not scores or max(scores) <= 0:
        return list(found[:1])
    count = PER_SOURCE + (2 if rank == 0 else 0)
    order = sorted(range(len(found)), key=lambda i: (-scores[i], i))[:count]
    picked = {i for i in order if scores[i] >= RELATIVE_SCORE * max(scores)}
    for i in sorted(picked):
        if found[i].announces:
            picked |= set(range(i + 1, min(i + 1 + FOLLOWING, len(found))))
        elif found[i].span.kind == "list" and (lead := _lead(found, i)) is not None:
            picked.add(lead)
        elif found[i].span.kind == "table":
            picked.add(next(k for k in range(len(found)) if found[k].block == found[i].block))
    return [found[i] for i in sorted(picked)]


def _lead(found: Sequence[Unit], item: int) -> int | None:
    """The line that announces the list an item belongs to."""
    for i in range(item - 1, -1, -1):
        if found[i].announces:
            return i
        if found[i].span.kind != "list":
            return None
    return None


def _fitting(picked: Sequence[Unit], room: int) -> list[Unit]:
    """As many of the units as fit, without leaving an announcement alone at the end."""
    kept: list[Unit] = []
    for unit in picked:
        if _length([*kept, unit]) > room:
            break
        kept.append(unit)
    while kept and kept[-1].announces:
        kept.pop()
    return kept


def _length(found: Sequence[Unit]) -> int:
    """Words; a CJK character counts as half a word."""
    return sum(max(len(u.words.split()), len(u.words) // 8) for u in found)
