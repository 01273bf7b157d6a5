"""Whether confidence is higher where there is an answer."""

from __future__ import annotations

from evals.case import Case, Observation
from evals.metrics.metric import Metric


def ranked(_case: Case, seen: Observation) -> float:
    """The share of the questions of the other kind that this one's confidence is on the right side of.

    Its mean over the answerable questions, and over the unanswerable ones, is the area under the ROC curve of telling
    them apart by confidence (Hanley & McNeil 1982): the chance that an answerable question is surer than another.
    """
    if seen.ranked is None:
        raise ValueError("the suite did not compare confidences")
    return seen.ranked


def _always(_case: Case) -> bool:
    return True


CONFIDENCE_AUROC = Metric(name="confidence_auroc", version=1, applies=_always, score=ranked)
