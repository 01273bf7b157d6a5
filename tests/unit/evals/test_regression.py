from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.errors import SettingsError, UsageError
from evals.collect import Collected
from evals.gate import Bar, ExitCode
from evals.run import RunResult, SuiteResult, scored
from evals.runs.comparison import Change, compare
from evals.runs.quarantine import Quarantined, load_quarantine
from evals.runs.regression import gate
from evals.suites import SUITES
from tests.unit.evals.runs import answers, judged, of, question, right, wrong

TODAY = date(2026, 3, 1)
BASE = answers(of(240, 60))


def change_of(metric: str, base: SuiteResult, new: SuiteResult) -> Change:
    rows = compare(judged([base]), judged([new])).rows
    return next(row.change for row in rows if row.metric == metric)


def test_a_run_may_follow_itself() -> None:
    found = gate(BASE, BASE, today=TODAY)
    assert found.verdict.code is ExitCode.PASSED
    assert {row.change for row in found.comparison.rows} == {Change.SAME}


def test_three_points_fewer_of_three_hundred_stop_the_release() -> None:
    found = gate(BASE, answers(of(231, 69)), today=TODAY)
    assert found.verdict.code is ExitCode.MISSED
    assert any("answers citation_hit got worse: 0.800 to 0.770" in reason for reason in found.verdict.reasons)
    assert "9 fell, 0 rose" in found.verdict.reasons[0]


def test_a_loss_within_the_margin_does_not_stop_it() -> None:
    assert gate(BASE, answers(of(231, 69)), today=TODAY, margin=0.05).verdict.code is ExitCode.PASSED


def test_what_may_be_chance_is_said_and_not_hidden() -> None:
    found = gate(BASE, answers(of(238, 62)), today=TODAY)
    assert found.verdict.code is ExitCode.PASSED
    assert "answers citation_hit" in found.verdict.reasons[-1]
    assert "not more than chance" in found.verdict.reasons[-1]


def test_as_many_better_as_worse_is_inconclusive() -> None:
    moved = of(240, 60)
    for number in (*range(5), *range(290, 295)):
        moved[f"c{number:03d}"] = not moved[f"c{number:03d}"]
    rows = compare(BASE, answers(moved)).rows
    assert {row.change for row in rows if row.metric == "citation_hit"} == {Change.INCONCLUSIVE}


def test_errors_count_as_wrong_and_too_many_make_the_run_invalid() -> None:
    few = of(240, 60) | {f"c{number:03d}": "TimeoutError: late" for number in range(10)}
    assert gate(BASE, answers(few), today=TODAY).verdict.code is ExitCode.MISSED
    many = of(240, 60) | {f"c{number:03d}": "TimeoutError: late" for number in range(20)}
    assert gate(BASE, answers(many), today=TODAY).verdict.code is ExitCode.INVALID


def test_a_run_that_left_out_the_hard_cases_is_invalid() -> None:
    found = gate(BASE, answers(of(240, 0)), today=TODAY)
    assert found.verdict.code is ExitCode.INVALID
    assert found.verdict.reasons == ("answers: only 240 of the baseline's 300 cases were run.",)


def test_a_run_without_a_suite_of_the_baseline_is_invalid() -> None:
    skipped = SuiteResult(SUITES["samples"], skipped="no samples")
    both = judged([*BASE.suites, scored(SUITES["samples"], BASE.suites[0].collected, [])])
    assert gate(both, BASE, today=TODAY).verdict.code is ExitCode.INVALID
    assert gate(both, judged([*BASE.suites, skipped]), today=TODAY).verdict.code is ExitCode.INVALID


@pytest.mark.parametrize(("base", "new"), [(BASE, judged([])), (judged([]), BASE), (judged([]), judged([]))])
def test_a_run_or_a_baseline_that_scored_nothing_is_invalid_and_no_slip_of_the_command(
    base: RunResult, new: RunResult
) -> None:
    found = gate(base, new, today=TODAY)
    assert found.verdict.code is ExitCode.INVALID
    said = {"Nothing of the baseline was scored."} if not base.suites else {"Nothing was scored."}
    assert said <= set(found.verdict.reasons)


def test_runs_with_nothing_in_common_do_not_compare() -> None:
    other = judged([scored(SUITES["samples"], BASE.suites[0].collected, [])])
    with pytest.raises(UsageError, match="no suite in common"):
        compare(BASE, other)


def test_a_bar_that_was_held_and_is_missed_stops_it_and_one_that_was_missed_before_does_not() -> None:
    bar = Bar(suite="answers", metric="citation_hit", at_least=0.795)
    above, below = answers(of(239, 61), bars=[bar]), answers(of(238, 62), bars=[bar])
    found = gate(above, below, today=TODAY)
    assert found.verdict.code is ExitCode.MISSED
    assert found.verdict.reasons == ("answers citation_hit [all] no longer reaches its bar: 0.793.",)
    assert gate(below, below, today=TODAY).verdict.code is ExitCode.PASSED


def test_a_case_whose_gold_changed_is_left_out_and_said() -> None:
    base = BASE.suites[0]
    cases = (replace(base.collected.cases[0], question="Another question?"), *base.collected.cases[1:])
    new = scored(SUITES["answers"], Collected(cases, base.collected.observations), [])
    found = compare(BASE, judged([new]))
    assert found.notes == ("answers: cases left out: 1 changed between the runs.",)
    assert {row.difference.cases for row in found.rows if row.metric == "citation_hit"} == {299}


def test_turns_of_a_conversation_are_resampled_together() -> None:
    cases = tuple(question(f"c{number}", conversation="one" if number < 10 else "") for number in range(40))
    before = Collected(cases, tuple(right(case.id) for case in cases))
    after = Collected(cases, tuple((wrong if case.conversation else right)(case.id) for case in cases))
    suite = SUITES["answers"]
    assert change_of("citation_hit", scored(suite, before, []), scored(suite, after, [])) is Change.INCONCLUSIVE


def test_a_quarantined_case_is_left_out_until_its_day() -> None:
    entries = [
        Quarantined(suite="answers", case=f"c{number:03d}", reason="the guide is rewritten", until=TODAY)
        for number in range(231, 240)
    ]
    worse = answers(of(231, 69))
    assert gate(BASE, worse, quarantine=entries, today=TODAY).verdict.code is ExitCode.PASSED
    over = gate(BASE, worse, quarantine=entries, today=date(2026, 3, 2)).verdict
    assert over.code is ExitCode.INVALID
    assert "answers c231 ended on 2026-03-01" in over.reasons[0]


def test_a_quarantined_case_costs_no_bar_and_no_broken_run_and_is_named() -> None:
    bar = Bar(suite="answers", metric="citation_hit", at_least=0.795)
    held, missed = answers(of(239, 61), bars=[bar]), answers(of(239, 61) | {"c000": "KeyError: fees"}, bars=[bar])
    entry = Quarantined(suite="answers", case="c000", reason="the guide is rewritten", until=TODAY)
    assert gate(held, missed, bars=[bar], today=TODAY).verdict.code is ExitCode.MISSED
    found = gate(held, missed, bars=[bar], quarantine=[entry], today=TODAY)
    assert found.verdict.code is ExitCode.PASSED
    assert found.comparison.notes == ("answers c000: in quarantine until 2026-03-01 (the guide is rewritten).",)
    small = answers({"c1": True, "c2": "KeyError: fees"})
    wrong_one = entry.model_copy(update={"case": "c2"})
    assert gate(small, small, today=TODAY).verdict.code is ExitCode.INVALID, "half of the scores come from an error"
    assert gate(small, small, quarantine=[wrong_one], today=TODAY).verdict.code is ExitCode.PASSED


def test_the_committed_quarantine_can_be_read_and_a_broken_one_is_told(tmp_path: Path) -> None:
    assert isinstance(load_quarantine(), list)
    broken = tmp_path / "quarantine.toml"
    broken.write_text('[[case]]\nsuite = "answers"\ncase = "c1"\nreason = "because it is so"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="until"):
        load_quarantine(broken)
