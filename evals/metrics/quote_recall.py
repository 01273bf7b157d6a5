"""Whether the words that answer are among what the answerer gets to read."""

from __future__ import annotations

from evals.budget import within_budget
from evals.case import Case, Observation
from evals.metrics.matching import holds_gold
from evals.metrics.metric import Metric

BUDGET = 1_500


def has_gold(case: Case) -> bool:
    """Answerable cases with gold places."""
    return case.answerable and bool(case.gold)


def quote_recall(case: Case, seen: Observation) -> float:
    """1 when the gold quote is inside the passages in rank order, cut at 1,500 MiniLM tokens."""
    return float(holds_gold(case, within_budget((p.text for p in seen.passages), tokens=BUDGET)))


QUOTE_RECALL_1500 = Metric(name="quote_recall_1500", version=1, applies=has_gold, score=quote_recall)
