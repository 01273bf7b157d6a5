"""Whether answers stay away from documents that must not carry them: expired, or of another region or audience."""

from __future__ import annotations

from evals.case import Case, Observation
from evals.metrics.metric import Metric


def has_wrong_documents(case: Case) -> bool:
    """Cases that name documents an answer must not rest on."""
    return bool(case.wrong_docs)


def wrong_source_avoided(case: Case, seen: Observation) -> float:
    """1 when no citation is of a document the case excludes."""
    if seen.answer is None:
        return 0.0
    return float(not {citation.doc for citation in seen.answer.citations} & set(case.wrong_docs))


WRONG_SOURCE_AVOIDED = Metric(
    name="wrong_source_avoided", version=1, applies=has_wrong_documents, score=wrong_source_avoided
)
