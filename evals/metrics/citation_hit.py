"""Whether the answer cites the place that holds the gold quote."""

from __future__ import annotations

from evals.case import Case, Observation
from evals.metrics.matching import holds_gold
from evals.metrics.metric import Metric
from evals.metrics.quote_recall import has_gold


def citation_hit(case: Case, seen: Observation) -> float:
    """1 when a cited passage contains the gold quote (multi-section: every gold quote is in some cited passage)."""
    if seen.answer is None:
        return 0.0
    return float(holds_gold(case, (citation.passage for citation in seen.answer.citations)))


CITATION_HIT = Metric(name="citation_hit", version=1, applies=has_gold, score=citation_hit)
