"""A run for people: a table in the terminal and a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.case import Case, Observation
from evals.curves import calibration_error, reliability, risk_coverage
from evals.gate import ExitCode, Verdict
from evals.metrics import METRICS
from evals.metrics.answered import answered
from evals.row import Row
from evals.run import RunResult, SuiteResult

WORST = 25


@dataclass(frozen=True, slots=True)
class Miss:
    """A case that scored less than whole, with what was seen instead of what was wanted."""

    case: Case
    metrics: tuple[str, ...]
    seen: Observation


def table(result: RunResult, *, slices: bool = False) -> Table:
    """The summary for a terminal: the `all` slices and what has a bar, or every slice."""
    view = Table(title="Evaluation", title_justify="left", header_style="bold")
    for name in ("suite", "metric", "slice"):
        view.add_column(name, overflow="fold")
    for name, width in (("value", 6), ("95% interval", 15), ("n", 5), ("bar", 5), ("", 1)):
        view.add_column(name, justify="right", no_wrap=True, min_width=width)
    for row in result.rows:
        if row.n == 0 and row.bar is None:
            continue  # a suite whose cases have other slices than "all"
        if slices or row.slice == "all" or row.bar is not None or row.slice.startswith("arm:"):
            view.add_row(*_cells(row))
    for suite in result.suites:
        if suite.skipped:
            view.add_row(suite.suite.name, "[yellow]skipped[/]", *[""] * 6)
    return view


def _cells(row: Row) -> list[str]:
    mark = {None: "", True: "[green]✓[/]", False: "[red]✗[/]"}[row.passed]
    bounds = f"{number(row.low)} … {number(row.high)}"
    return [row.suite, row.metric, row.slice, number(row.value), bounds, str(row.n), number(row.bar, none=""), mark]


def number(value: float | None, *, none: str = "–") -> str:
    """A value as people read it: shares with three digits, durations with as few as they need."""
    if value is None:
        return none
    return f"{value:.3f}" if abs(value) <= 1 else f"{value:.1f}"


def write_verdict(verdict: Verdict, console: Console, *, missed: str = "Missed a bar.") -> None:
    """Say how the run ended and why, in the words of the exit code."""
    words = {ExitCode.PASSED: "[green]Passed.[/]", ExitCode.MISSED: f"[red]{missed}[/]"}
    reasons = (escape(reason) for reason in verdict.reasons)
    console.print(words.get(verdict.code, "[red]Not a valid run.[/]"), *reasons, sep="\n  ", soft_wrap=True)


def misses(suite: SuiteResult) -> list[Miss]:
    """The cases with a quality score below 1, at most 25: errors, wrong answers, and the rest, the surest first."""
    low: dict[str, list[str]] = {}
    for score in suite.scores:
        metric = METRICS[score.metric]
        if score.value < 1 and metric.statistic == "mean" and metric.wrong == 0:
            low.setdefault(score.case_id, []).append(score.metric)
    pairs = zip(suite.collected.cases, suite.collected.observations, strict=True)
    found = [Miss(case, tuple(low[case.id]), seen) for case, seen in pairs if case.id in low]
    return sorted(found, key=_harm)[:WORST]


def _harm(miss: Miss) -> tuple[bool, bool, int, float]:
    """An error before an answer, a wrong answer before a declined one, one that seemed sure before a doubtful one."""
    told = answered(miss.case, miss.seen)
    return not miss.seen.error, not told, -len(miss.metrics), -(miss.seen.answer.confidence if miss.seen.answer else 0)


def breakable(name: str) -> Markup:
    """A name that a narrow page may break after its signs, and nowhere else."""
    return Markup("<wbr>").join(re.findall(r"[^_:]+[_:]*|[_:]+", name))


def page(result: RunResult, *, manifest: dict[str, str]) -> str:
    """The run as one HTML page that needs nothing else: no network, no scripts."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "calibration_error": calibration_error, "breakable": breakable}
    environment.filters["risk_coverage"] = lambda seen: risk_coverage(seen.cases, seen.observations)
    environment.filters["reliability"] = lambda seen: reliability(seen.cases, seen.observations)
    return environment.get_template("report.html.j2").render(result=result, manifest=manifest, misses=misses)
