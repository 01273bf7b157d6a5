"""The summary: one row per suite, metric and slice."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals.case import Case, Observation, Score
from evals.interval import bootstrap_interval
from evals.metrics.metric import Metric


@dataclass(frozen=True, slots=True)
class Row:
    """A line of summary.json. `value`, `low` and `high` are None when nothing was scored or nothing came back in time.

    `bar` is the number that decides, `passed` the verdict; both are None where no bar is set.
    """

    suite: str
    metric: str
    slice: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    bar: float | None = None
    passed: bool | None = None


def score_all(cases: Iterable[Case], observations: Iterable[Observation], metrics: Sequence[Metric]) -> list[Score]:
    """Every metric of every case it applies to. A case that errored or was not observed scores what is wrong."""
    seen = {observation.case_id: observation for observation in observations}
    scores = []
    for case in cases:
        observation = seen.get(case.id, Observation(case_id=case.id, error="not observed"))
        for metric in metrics:
            if not metric.applies(case):
                continue
            value = metric.wrong if observation.error else metric.score(case, observation)
            scores.append(
                Score(metric=metric.name, case_id=case.id, value=value, errored=bool(observation.error)),
            )
    return scores


def summarise(suite: str, cases: Sequence[Case], scores: Sequence[Score], metrics: Sequence[Metric]) -> list[Row]:
    """A row for each metric and slice that has scores, and an empty one for `all` where a metric has none."""
    slices_of = {case.id: case.slices for case in cases}
    rows = []
    for metric in metrics:
        grouped: dict[str, list[float]] = {"all": []}
        for score in scores:
            if score.metric == metric.name:
                for name in slices_of[score.case_id]:
                    grouped.setdefault(name, []).append(score.value)
        rows += [_row(suite, metric, name, values) for name, values in sorted(grouped.items())]
    return rows


def _row(suite: str, metric: Metric, name: str, values: Sequence[float]) -> Row:
    if not values:
        return Row(suite=suite, metric=metric.name, slice=name, value=None, low=None, high=None, n=0)
    interval = bootstrap_interval(values, statistic=metric.statistic)
    return Row(
        suite=suite,
        metric=metric.name,
        slice=name,
        value=_finite(interval.value),
        low=_finite(interval.low),
        high=_finite(interval.high),
        n=len(values),
    )


def _finite(number: float) -> float | None:
    return round(number, 6) if math.isfinite(number) else None
