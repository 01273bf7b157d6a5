"""Comparisons for a terminal."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from evals.metrics import METRICS
from evals.report import number
from evals.run import RunResult
from evals.runs.comparison import Change, Compared, Comparison
from evals.runs.folder import StoredRun

COLOURS = {Change.SAME: "dim", Change.BETTER: "green", Change.WORSE: "red", Change.INCONCLUSIVE: "yellow"}


def comparison_table(found: Comparison) -> Group:
    """A row for each metric, where there are any, and what could not be compared."""
    view = Table(title="Compared over the same cases", title_justify="left", header_style="bold")
    for name in ("suite", "metric", "slice"):
        view.add_column(name, overflow="fold")
    widths = {"base": 5, "new": 5, "change": 6, "98% interval": 15, "fell": 4, "rose": 4, "n": 4, "p": 5, "": 6}
    for name, width in widths.items():
        view.add_column(name, justify="right", min_width=width)
    for row in found.rows:
        view.add_row(*_cells(row))
    notes = (Text(note, style="yellow") for note in found.notes)
    return Group(*((view,) if found.rows else ()), *notes)


def _cells(row: Compared) -> list[str]:
    found = row.difference
    bounds = f"{found.low:+.3f} … {found.high:+.3f}"
    counts = (str(found.lost), str(found.gained), str(found.cases), f"{found.p:.3f}")
    word = f"[{COLOURS[row.change]}]{row.change}[/]"
    means = (number(row.base), number(row.new), f"{found.value:+.3f}")
    return [row.suite, row.metric, row.slice, *means, bounds, *counts, word]


def score_changes(run: StoredRun, result: RunResult) -> Group:
    """The rows whose value or verdict is another than the run wrote down, with both."""
    old = {(row.suite, row.metric, row.slice): row for row in run.rows}
    view = Table(title="Scored again", title_justify="left", header_style="bold")
    for name in ("suite", "metric", "slice", "then", "now", "bar", ""):
        view.add_column(name, overflow="fold")
    for row in result.rows:
        then = old.get((row.suite, row.metric, row.slice))
        if then is None or (then.value, then.passed) != (row.value, row.passed):
            mark = {None: "", True: "[green]✓[/]", False: "[red]✗[/]"}[row.passed]
            was = number(then.value) if then else "–"
            view.add_row(row.suite, row.metric, row.slice, was, number(row.value), number(row.bar, none=""), mark)
    return Group(view if view.row_count else Text("Every score is as it was."), Text(_versions(run), style="dim"))


def _versions(run: StoredRun) -> str:
    """Which metrics of the run have another version today."""
    then = set(run.manifest.get("metrics", "").split(", "))
    changed = sorted(then - {metric.id for metric in METRICS.values()})
    return f"Metrics of another version then: {', '.join(changed)}." if changed else "Metrics of the same versions."
