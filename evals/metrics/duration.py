"""How long things take, in the unit that the metric's name ends with."""

from __future__ import annotations

from math import inf

from evals.case import Case, Observation
from evals.interval import Statistic
from evals.metrics.metric import Metric


def milliseconds(case: Case, seen: Observation) -> float:  # noqa: ARG001 - the signature of every metric
    """Wall time in milliseconds; an unmeasured one counts as endless."""
    return inf if seen.milliseconds is None else seen.milliseconds


def seconds(case: Case, seen: Observation) -> float:
    """Wall time in seconds; an unmeasured one counts as endless."""
    return milliseconds(case, seen) / 1_000


def duration(name: str, *, kind: str = "", statistic: Statistic = "median") -> Metric:
    """A duration over the cases of a kind, by default the metric's name, which ends in `_ms` or `_s`."""
    score = milliseconds if name.endswith("_ms") else seconds

    def measures(case: Case) -> bool:
        return case.kind == (kind or name)

    return Metric(name=name, version=1, applies=measures, score=score, statistic=statistic, wrong=inf, timed=True)


ASK_P50_MS = duration("ask_p50_ms")
ASK_P95_MS = duration("ask_p95_ms", kind=ASK_P50_MS.name, statistic="p95")
EMBED_P50_MS = duration("embed_p50_ms")
COLD_START_S = duration("cold_start_s")
REINGEST_S = duration("reingest_s")
