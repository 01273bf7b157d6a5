"""Whether anything was shown to somebody outside its audience."""

from __future__ import annotations

from evals.case import Case, Observation
from evals.metrics.metric import Metric


def always(case: Case) -> bool:  # noqa: ARG001 - the signature of every rule
    """Every case counts."""
    return True


def isolated(case: Case, seen: Observation) -> float:  # noqa: ARG001 - the signature of every metric
    """1 when no passage or citation of a document outside the requester's audience was shown."""
    return float(not seen.forbidden)


AUDIENCE_ISOLATION = Metric(name="audience_isolation", version=1, applies=always, score=isolated)
