"""How long things take, in the unit that the metric's name ends with."""

from __future__ import annotations

from math import inf

from evals.case import Case, Observation
from evals.metrics.metric import Metric


def milliseconds(case: Case, seen: Observation) -> float:  # noqa: ARG001 - the signature of every metric
    """Wall time in milliseconds; an unmeasured one counts as endless."""
    return inf if seen.milliseconds is None else seen.milliseconds


def seconds(case: Case, seen: Observation) -> float:
    """Wall time in seconds; an unmeasured one counts as endless."""
    return milliseconds(case, seen) / 1_000


def duration(name: str) -> Metric:
    """The median of a duration over the cases whose kind is its name, which ends in `_ms` or `_s`."""
    score = milliseconds if name.endswith("_ms") else seconds

    def measures(case: Case) -> bool:
        return case.kind == name

    return Metric(name=name, version=1, applies=measures, score=score, statistic="median", wrong=inf)


ASK_P50_MS = duration("ask_p50_ms")
EMBED_P50_MS = duration("embed_p50_ms")
COLD_START_S = duration("cold_start_s")
REINGEST_S = duration("reingest_s")
