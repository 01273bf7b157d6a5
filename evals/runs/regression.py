"""The gate: whether a run may follow its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from evals.case import Score
from evals.gate import SCORED_AT_LEAST, Bar, ExitCode, Verdict
from evals.row import Row
from evals.run import RunResult
from evals.runs.comparison import Change, Compared, Comparison, compare
from evals.runs.quarantine import Quarantined, ended, in_force, told, without


@dataclass(frozen=True, slots=True)
class Gate:
    """The comparison and what follows from it."""

    comparison: Comparison
    verdict: Verdict


def gate(
    base: RunResult,
    new: RunResult,
    *,
    bars: Sequence[Bar] = (),
    quarantine: Sequence[Quarantined] = (),
    today: date,
    margin: float = 0.0,
) -> Gate:
    """Pass, regression or invalid; quarantined cases count for nothing, `bars` judge what is left.

    A regression is a metric that fell by more than the margin and more than chance, or a bar that the baseline held
    and this run misses. A run is invalid when it or the baseline scored nothing, when a suite or more than 5 % of the
    cases of the baseline are missing, when more than 5 % of its scores come from errors, when it wanted a socket, or
    when a quarantine has ended. What cannot be told is said.
    """
    aside = in_force(quarantine, today=today)
    base, new = (without(run, aside, bars=bars) for run in (base, new))
    found = _compared(base, new, margin=margin)
    found = replace(found, notes=(*found.notes, *told(aside)))
    invalid = [*ended(quarantine, today=today), *_incomplete(base, new)]
    if invalid:
        return Gate(found, Verdict(ExitCode.INVALID, tuple(invalid)))
    fell = [_fell(row) for row in found.rows if row.change is Change.WORSE]
    fell += [_lost(row) for row in _bars_lost(base, new)]
    if fell:
        return Gate(found, Verdict(ExitCode.MISSED, tuple(fell)))
    return Gate(found, Verdict(ExitCode.PASSED, tuple(_summary(found))))


def _compared(base: RunResult, new: RunResult, *, margin: float) -> Comparison:
    """The comparison; an empty one of runs with no suite in common, whose gate is invalid for what is missing."""
    ran = ({suite.suite.name for suite in run.suites if not suite.skipped} for run in (base, new))
    return compare(base, new, margin=margin) if set.intersection(*ran) else Comparison((), ())


def _incomplete(base: RunResult, new: RunResult) -> list[str]:
    reasons = [] if any(suite.scores for suite in base.suites) else ["Nothing of the baseline was scored."]
    after = {suite.suite.name: suite for suite in new.suites if not suite.skipped}
    for suite in base.suites:
        if suite.skipped:
            continue
        if suite.suite.name not in after:
            reasons.append(f"The suite {suite.suite.name} of the baseline was not run.")
            continue
        wanted = {case.id for case in suite.collected.cases}
        there = wanted & {case.id for case in after[suite.suite.name].collected.cases}
        if wanted and len(there) < SCORED_AT_LEAST * len(wanted):
            reasons.append(f"{suite.suite.name}: only {len(there)} of the baseline's {len(wanted)} cases were run.")
    reasons += [f"A socket was wanted: {wanted}." for wanted in new.sockets]
    return reasons + _errors([score for suite in after.values() for score in suite.scores])


def _errors(scores: Sequence[Score]) -> list[str]:
    if not scores:
        return ["Nothing was scored."]
    good = sum(not score.errored for score in scores) / len(scores)
    return [] if good >= SCORED_AT_LEAST else [f"Only {good:.0%} of the scores come from runs without an error."]


def _bars_lost(base: RunResult, new: RunResult) -> list[Row]:
    held = {(row.suite, row.metric, row.slice) for row in base.rows if row.passed}
    return [row for row in new.rows if row.passed is False and (row.suite, row.metric, row.slice) in held]


def _fell(row: Compared) -> str:
    found = row.difference
    return (
        f"{row.suite} {row.metric} got worse: {row.base:.3f} to {row.new:.3f} "
        f"({found.low:+.3f} … {found.high:+.3f}, p {found.p:.4f}, {found.lost} fell, {found.gained} rose)."
    )


def _lost(row: Row) -> str:
    value = "no value" if row.value is None else f"{row.value:.3f}"
    return f"{row.suite} {row.metric} [{row.slice}] no longer reaches its bar: {value}."


def _summary(found: Comparison) -> list[str]:
    counts = {change: sum(row.change is change for row in found.rows) for change in Change}
    lines = [
        f"{len(found.rows)} metrics: {', '.join(f'{count} {change}' for change, count in counts.items() if count)}."
    ]
    unclear = [f"{row.suite} {row.metric}" for row in found.rows if row.change is Change.INCONCLUSIVE]
    return lines + ([f"Changed, but not more than chance may: {', '.join(unclear)}."] if unclear else [])
