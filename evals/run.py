"""Runs suites and judges them: observations, scores, rows, verdict."""

from __future__ import annotations

import os
import time
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
    """Run suites one after the other; what `seal` refused makes the run invalid.

    `announce` gets a line before each, and after it one with the time it took, which no file of the run has.
    """
    results = []
    for suite in suites:
        announce(f"{suite.name}: {suite.about}")
        before = _spent()
        results.append(await _run(suite, bench, bars))
        announce(f"  {_told(results[-1], before)}")
    sockets = tuple(seal.wanted) if seal else ()
    outcome = verdict(
        [row for result in results for row in result.rows],
        [score for result in results for score in result.scores],
        skipped=[f"{result.suite.name}: {result.skipped}" for result in results if result.skipped],
        sockets=sockets,
        allow_skip=allow_skip,
    )
    return RunResult(tuple(results), outcome, sockets)


def _told(result: SuiteResult, before: tuple[float, float]) -> str:
    if result.skipped:
        return f"skipped: {result.skipped}"
    took, worked = (now - then for now, then in zip(_spent(), before, strict=True))
    return f"{len(result.collected.cases)} cases in {took:.1f} s, {worked:.1f} s of processor time"


def _spent() -> tuple[float, float]:
    """Seconds on the clock, and of processor time in this process and its children that ended."""
    used = os.times()
    return time.perf_counter(), used.user + used.system + used.children_user + used.children_system


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
