"""Whether the right document is near the top."""

from __future__ import annotations

from collections.abc import Callable

from evals.case import Case, Observation
from evals.metrics.matching import ranked_documents
from evals.metrics.metric import Metric
from evals.metrics.quote_recall import has_gold


def document_recall_at(depth: int) -> Callable[[Case, Observation], float]:
    """1 when a gold document (every one for multi-section cases) is among the first `depth` documents."""

    def score(case: Case, seen: Observation) -> float:
        top = ranked_documents(p.doc for p in seen.passages)[:depth]
        found = [gold.doc in top for gold in case.gold]
        return float(all(found) if case.every_gold else any(found))

    return score


DOC_RECALL_5 = Metric(name="doc_recall_5", version=1, applies=has_gold, score=document_recall_at(5))
RECALL_1 = Metric(name="recall_1", version=1, applies=has_gold, score=document_recall_at(1))
RECALL_5 = Metric(name="recall_5", version=1, applies=has_gold, score=document_recall_at(5))
RECALL_10 = Metric(name="recall_10", version=1, applies=has_gold, score=document_recall_at(10))
