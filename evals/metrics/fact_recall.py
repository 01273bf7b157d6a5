"""Whether the answer states the facts."""

from __future__ import annotations

from evals.case import Case, Observation
from evals.metrics.answered import ANSWERED_STATUSES
from evals.metrics.matching import holds_facts
from evals.metrics.metric import Metric


def has_facts(case: Case) -> bool:
    """Answerable cases that list facts."""
    return case.answerable and bool(case.facts)


def fact_recall(case: Case, seen: Observation) -> float:
    """1 when the text of a given answer holds one alternative of every fact; a declined question has none."""
    if seen.answer is None or seen.answer.status not in ANSWERED_STATUSES:
        return 0.0
    return float(holds_facts(case, seen.answer.text))


FACT_RECALL = Metric(name="fact_recall", version=1, applies=has_facts, score=fact_recall)
