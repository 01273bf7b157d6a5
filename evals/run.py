"""Runs suites and judges them: observations, scores, rows, verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from evals.case import Score
from evals.collect import Collected
from evals.gate import Bar, Verdict, judged, verdict
from evals.gathering import Gathered, beside
from evals.metrics import METRICS
from evals.row import Row, score_all, summarise
from evals.seal import Seal
from evals.suites import Suite
from evals.workbench import Workbench


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """What one suite came to; `skipped` says why it did not run."""

    suite: Suite
    collected: Collected = field(default_factory=lambda: Collected((), ()))
    scores: tuple[Score, ...] = ()
    rows: tuple[Row, ...] = ()
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class RunResult:
    """All suites of a run and its verdict. `sockets` says what wanted a socket in a run that was to open none."""

    suites: tuple[SuiteResult, ...]
    verdict: Verdict
    sockets: tuple[str, ...] = ()

    @property
    def rows(self) -> list[Row]:
        """Every line of the summary."""
        return [row for result in self.suites for row in result.rows]


async def run_suites(
    suites: Sequence[Suite],
    bench: Workbench,
    *,
    bars: Sequence[Bar],
    allow_skip: bool = False,
    announce: Callable[[str], None] = lambda _: None,
    seal: Seal | None = None,
    jobs: int = 1,
) -> RunResult:
    """Run suites one after the other; what `seal` refused makes the run invalid.

    With more than one of `jobs`, suites that need no index run in a process beside those that do, sealed alike.
    `announce` gets a line before each, and after it one with the time it took, which no file of the run has.
    """
    results, sockets = [], list[str]()
    with beside(suites if jobs > 1 else (), bench.inputs, watch=seal is not None) as elsewhere:
        for suite in suites:
            announce(f"{suite.name}: {suite.about}")
            found = await elsewhere.gathered(suite, bench)
            results.append(_result(suite, found, bars))
            sockets += found.sockets
            announce(f"  {_told(found)}")
    sockets += seal.wanted if seal else []
    outcome = verdict(
        [row for result in results for row in result.rows],
        [score for result in results for score in result.scores],
        skipped=[f"{result.suite.name}: {result.skipped}" for result in results if result.skipped],
        sockets=sockets,
        allow_skip=allow_skip,
    )
    return RunResult(tuple(results), outcome, tuple(sockets))


def _told(found: Gathered) -> str:
    if found.skipped:
        return f"skipped: {found.skipped}"
    errors = [seen.error for seen in found.collected.observations if seen.error]
    told = f"{len(found.collected.cases)} cases in {found.seconds:.1f} s, {found.worked:.1f} s of processor time"
    return f"{told}; {len(errors)} broke, first: {errors[0]}" if errors else told


def _result(suite: Suite, found: Gathered, bars: Sequence[Bar]) -> SuiteResult:
    return SuiteResult(suite, skipped=found.skipped) if found.skipped else scored(suite, found.collected, bars)


def scored(suite: Suite, collected: Collected, bars: Sequence[Bar]) -> SuiteResult:
    """The result of observations, without the system that made them."""
    metrics = [METRICS[name] for name in suite.metrics]
    scores = score_all(collected.cases, collected.observations, metrics)
    rows = summarise(suite.name, collected.cases, scores, metrics)
    languages = {case.language for case in collected.cases}
    return SuiteResult(suite, collected, tuple(scores), tuple(judged(rows, bars, languages=languages)))
