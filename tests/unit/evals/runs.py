"""Runs made by hand: answers that are right or wrong, case by case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.domain.answer import AnswerStatus
from evals.case import Case, GoldSpan, Observation
from evals.collect import Collected
from evals.gate import Bar, verdict
from evals.run import RunResult, SuiteResult, scored
from evals.suites import SUITES
from tests.unit.evals.examples import cited, said

GOLD = GoldSpan(doc="fees.md", quote="The fee is 5 %.")


def question(key: str, *, conversation: str = "") -> Case:
    """An answerable question."""
    return Case(
        id=key, question=f"Fee {key}?", language="en", kind="fact", gold=(GOLD,), slices=("all", "lang:en"),
        conversation=conversation,
    )  # fmt: skip


def right(key: str) -> Observation:
    return replace(said(GOLD.quote, cited(GOLD.quote, source=GOLD.quote)), case_id=key)


def wrong(key: str) -> Observation:
    return replace(said(status=AnswerStatus.DECLINED), case_id=key)


def answers(outcomes: Mapping[str, bool | str], *, bars: Sequence[Bar] = ()) -> RunResult:
    """A run of the suite `answers`: right, wrong, or an error's text, by case id."""
    cases = tuple(question(key) for key in outcomes)
    seen = tuple(
        Observation(case_id=key, error=how) if isinstance(how, str) else right(key) if how else wrong(key)
        for key, how in outcomes.items()
    )
    return judged([scored(SUITES["answers"], Collected(cases, seen), bars)])


def judged(suites: Sequence[SuiteResult]) -> RunResult:
    """A run of these suites with its verdict."""
    rows = [row for suite in suites for row in suite.rows]
    scores = [score for suite in suites for score in suite.scores]
    skipped = [f"{suite.suite.name}: {suite.skipped}" for suite in suites if suite.skipped]
    return RunResult(tuple(suites), verdict(rows, scores, skipped=skipped))


def of(right_ones: int, wrong_ones: int) -> dict[str, bool | str]:
    """Outcomes of so many cases, the right ones first."""
    return {f"c{number:03d}": number < right_ones for number in range(right_ones + wrong_ones)}
