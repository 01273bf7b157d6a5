"""A run as Markdown, for the page that a build server or a merge request shows."""

from __future__ import annotations

from evals.gate import ExitCode
from evals.report import number
from evals.row import Row
from evals.run import RunResult

VERDICTS = {
    ExitCode.PASSED: "Passed",
    ExitCode.MISSED: "Missed a bar",
    ExitCode.INVALID: "Not a valid run",
    ExitCode.USAGE: "Not a valid run",
}


def markdown(result: RunResult) -> str:
    """The verdict with its reasons, and the rows that have a bar or stand for a whole suite."""
    lines = [f"# Evaluation: {VERDICTS[result.verdict.code]}", ""]
    lines += [f"- {_text(reason)}" for reason in result.verdict.reasons]
    lines += ["", "| suite | metric | slice | value | 95 % interval | n | bar | |", "|---|---|---|--:|---|--:|--:|---|"]
    shown = (row for row in result.rows if row.bar is not None or (row.slice == "all" and row.n))
    lines += [_line(row) for row in shown]
    lines += [f"| {s.suite.name} | skipped: {_text(s.skipped)} | | | | | | |" for s in result.suites if s.skipped]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    verdict = {None: "", True: "held", False: "**missed**"}[row.passed]
    cells = (row.suite, row.metric, row.slice, number(row.value), f"{number(row.low)} … {number(row.high)}")
    return f"| {' | '.join(cells)} | {row.n} | {number(row.bar, none='')} | {verdict} |"


def _text(words: str) -> str:
    return " ".join(words.replace("|", "\\|").split())
