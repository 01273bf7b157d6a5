"""Two rankings to one: scores of each arm on a common scale, then a weighted sum. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.ports.passage_index import Hit

TOP = 10


def standardized(hits: Sequence[Hit]) -> dict[str, float]:
    """Passage id to score, where 0 is the weakest hit of the list and 1 the mean of the ten best.

    Unlike min-max scaling one outstanding hit keeps its lead, and unlike ranks the distance between hits counts;
    `hits` are best first. An arm whose hits all score the same says nothing: all get 1.
    """
    if not hits:
        return {}
    top = sum(hit.score for hit in hits[:TOP]) / len(hits[:TOP])
    floor = hits[-1].score
    if top <= floor:
        return {hit.passage_id: 1.0 for hit in hits}
    return {hit.passage_id: (hit.score - floor) / (top - floor) for hit in hits}


def strength(hits: Sequence[Hit], *, full: float) -> float:
    """How much a ranking says, 0..1: the score of its best hit, in units of a score that says all there is to say."""
    return min(1.0, max((hit.score for hit in hits), default=0.0) / full)


def nearer(first: Sequence[Hit], second: Sequence[Hit]) -> list[Hit]:
    """Two searches of the same kind to one list: each passage by its better score, best first, ties by id."""
    best = {hit.passage_id: hit for hit in sorted((*first, *second), key=lambda hit: hit.score)}
    return sorted(best.values(), key=lambda hit: (-hit.score, hit.passage_id))


def fuse(arms: Sequence[tuple[Mapping[str, float], float]]) -> dict[str, float]:
    """The weighted sum of (scores, weight) arms for every passage any arm found; one an arm missed gets 0 from it."""
    fused: dict[str, float] = {}
    for scores, weight in arms:
        for passage_id, score in scores.items():
            fused[passage_id] = fused.get(passage_id, 0.0) + weight * score
    return fused
