"""What the history of a conversation is worth when its last question is searched for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from evals.case import Case, Observation
from evals.metrics.matching import holds_gold, ranked_documents
from evals.metrics.metric import Metric
from evals.metrics.ndcg import ndcg
from evals.metrics.quote_recall import has_gold

OURS = frozenset({"history:ours", "system:Liaison"})
ENOUGH = 5  # passages


def share_found_at(depth: int) -> Callable[[Case, Observation], float]:
    """The share of the gold documents among the first `depth`: recall as MTRAG and BEIR count it."""

    def score(case: Case, seen: Observation) -> float:
        gold = {span.doc for span in case.gold}
        return len(gold & set(ranked_documents(p.doc for p in seen.passages)[:depth])) / len(gold)

    return score


def gain(score: Callable[[Case, Observation], float]) -> Callable[[Case, Observation], float]:
    """How much better than the baseline the same case scores; its bootstrap interval is that of a paired test."""

    def difference(case: Case, seen: Observation) -> float:
        return score(case, seen) - score(case, replace(seen, passages=seen.baseline))

    return difference


def resolved(case: Case, seen: Observation) -> float:
    """1 when the gold quote stands in one of the first five passages that the answerer gets to read."""
    return float(holds_gold(case, [p.text for p in seen.passages if p.text][:ENOUGH]))


def with_our_history(case: Case) -> bool:
    """Cases that are compared with a baseline."""
    return not OURS.isdisjoint(case.slices)


FOUND_5 = Metric(name="found_5", version=1, applies=has_gold, score=share_found_at(5))
FOUND_10 = Metric(name="found_10", version=1, applies=has_gold, score=share_found_at(10))
FOUND_10_GAIN = Metric(name="found_10_gain", version=1, applies=with_our_history, score=gain(share_found_at(10)))
NDCG_10_GAIN = Metric(name="ndcg_10_gain", version=1, applies=with_our_history, score=gain(ndcg))
RESOLVED = Metric(name="follow_up_resolved", version=1, applies=has_gold, score=resolved)
