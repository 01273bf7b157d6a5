"""Runs suites and judges them: observations, scores, rows, verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from evals.case import Score
from evals.collect import Collected
from evals.gate import Bar, Verdict, judged, verdict
from evals.metrics import METRICS
from evals.row import Row, score_all, summarise
from evals.seal import Seal
from evals.suites import Suite
from evals.workbench import SuiteSkipped, Workbench


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
) -> RunResult:
    """Run suites one after the other. `announce` gets a line before each; what `seal` refused makes the run invalid."""
    results = []
    for suite in suites:
        announce(f"{suite.name}: {suite.about}")
        results.append(await _run(suite, bench, bars))
        if results[-1].skipped:
            announce(f"  skipped: {results[-1].skipped}")
    sockets = tuple(seal.wanted) if seal else ()
    outcome = verdict(
        [row for result in results for row in result.rows],
        [score for result in results for score in result.scores],
        skipped=[f"{result.suite.name}: {result.skipped}" for result in results if result.skipped],
        sockets=sockets,
        allow_skip=allow_skip,
    )
    return RunResult(tuple(results), outcome, sockets)


async def _run(suite: Suite, bench: Workbench, bars: Sequence[Bar]) -> SuiteResult:
    try:
        collected = await suite.collect(bench)
    except SuiteSkipped as reason:
        return SuiteResult(suite, skipped=str(reason))
    return scored(suite, collected, bars)


def scored(suite: Suite, collected: Collected, bars: Sequence[Bar]) -> SuiteResult:
    """The result of observations, without the system that made them."""
    metrics = [METRICS[name] for name in suite.metrics]
    scores = score_all(collected.cases, collected.observations, metrics)
    rows = summarise(suite.name, collected.cases, scores, metrics)
    languages = {case.language for case in collected.cases}
    return SuiteResult(suite, collected, tuple(scores), tuple(judged(rows, bars, languages=languages)))
