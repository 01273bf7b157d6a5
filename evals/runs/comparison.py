"""Two runs side by side, metric by metric, over the cases that both have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.errors import UsageError
from evals.case import Case
from evals.metrics import METRICS
from evals.metrics.metric import Metric
from evals.run import RunResult, SuiteResult
from evals.runs.paired import Difference, difference

CONFIDENCE = 0.98  # two-sided, so that one side alone is wrong in one case of a hundred
CHANCE = 0.02  # two-sided p value up to which a change is more than chance; the same one in a hundred to a side


class Change(StrEnum):
    """What a comparison says of a metric."""

    SAME = "same"
    BETTER = "better"
    WORSE = "worse"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Compared:
    """A metric of a suite in two runs: their means over the cases of both, and the difference between them."""

    suite: str
    metric: str
    slice: str
    base: float
    new: float
    difference: Difference
    change: Change


@dataclass(frozen=True, slots=True)
class Comparison:
    """The metrics that can be compared, and in words what cannot."""

    rows: tuple[Compared, ...]
    notes: tuple[str, ...]


def compare(
    base: RunResult,
    new: RunResult,
    *,
    margin: float = 0.0,
    slices: bool = False,
) -> Comparison:
    """Every quality metric of the suites in both runs; `slices` adds each slice to the whole.

    A change is worse or better when its interval lies wholly beyond the margin and the test calls it more than chance.
    Durations are left to `operations` and its bars: two runs on a machine that others use do not compare.
    Raises UsageError when the runs have no suite in common.
    """
    before = {suite.suite.name: suite for suite in base.suites if not suite.skipped}
    after = {suite.suite.name: suite for suite in new.suites if not suite.skipped}
    if not before.keys() & after.keys():
        raise UsageError(
            f"The runs have no suite in common: {sorted(before)} and {sorted(after)}.",
            hint="Run the same suites twice.",
        )
    rows: list[Compared] = []
    notes = [f"{name}: only in the {where} run." for name, where in _alone(before, after)]
    for name, earlier in before.items():
        if name in after:
            cases, said = _common(earlier, after[name])
            notes += said
            rows += _rows(earlier, after[name], cases, margin=margin, slices=slices)
    return Comparison(tuple(rows), tuple(notes))


def _alone(before: dict[str, SuiteResult], after: dict[str, SuiteResult]) -> list[tuple[str, str]]:
    only = [(name, "base") for name in before if name not in after]
    return only + [(name, "new") for name in after if name not in before]


def _rows(
    base: SuiteResult, new: SuiteResult, cases: Sequence[Case], *, margin: float, slices: bool
) -> Iterator[Compared]:
    names = sorted({name for case in cases for name in case.slices}) if slices else ["all"]
    for metric in (METRICS[name] for name in new.suite.metrics):
        for name in names if metric.statistic == "mean" else ():
            chosen = [case for case in cases if name in case.slices]
            row = _row(base, new, metric, chosen, name=name, margin=margin)
            if row:
                yield row


def _common(base: SuiteResult, new: SuiteResult) -> tuple[list[Case], list[str]]:
    """The cases that both runs put in the same words with the same gold, and what was left out."""
    before = {case.id: case for case in base.collected.cases}
    after = {case.id: case for case in new.collected.cases}
    same = [case for key, case in after.items() if before.get(key) == case]
    changed = sum(key in before and before[key] != case for key, case in after.items())
    counts = {
        "changed between the runs": changed,
        "only in the base run": len(before.keys() - after.keys()),
        "only in the new run": len(after.keys() - before.keys()),
    }
    said = [f"{count} {what}" for what, count in counts.items() if count]
    return same, [f"{new.suite.name}: cases left out: {', '.join(said)}."] if said else []


def _row(
    base: SuiteResult, new: SuiteResult, metric: Metric, cases: Sequence[Case], *, name: str, margin: float
) -> Compared | None:
    before, after = ({s.case_id: s.value for s in run.scores if s.metric == metric.name} for run in (base, new))
    cases = [case for case in cases if case.id in before and case.id in after]
    if not cases:
        return None
    old, now = [before[case.id] for case in cases], [after[case.id] for case in cases]
    found = difference(old, now, groups=[case.conversation or case.id for case in cases], confidence=CONFIDENCE)
    return Compared(
        suite=new.suite.name,
        metric=metric.name,
        slice=name,
        base=sum(old) / len(old),
        new=sum(now) / len(now),
        difference=found,
        change=judged(found, lower_is_better=metric.wrong > 0, margin=margin),
    )


def judged(found: Difference, *, lower_is_better: bool, margin: float) -> Change:
    """The word for a difference."""
    if not found.lost and not found.gained:
        return Change.SAME
    if found.p > CHANCE or (found.low <= margin and found.high >= -margin):
        return Change.INCONCLUSIVE
    return Change.BETTER if (found.value > 0) != lower_is_better else Change.WORSE
