from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from assistant.errors import SettingsError
from evals.case import Observation, Score
from evals.gate import Bar, ExitCode, Other, judged, load_bars, verdict
from evals.metrics import METRICS
from evals.report import write_verdict
from evals.row import Row, score_all, summarise
from evals.suites import SUITES
from tests.unit.evals.examples import NONE, ONE, found

ROW = Row(suite="retrieval", metric="ndcg_10", slice="all", value=0.6, low=0.5, high=0.7, n=50)
SCORE = Score(metric="ndcg_10", case_id="one", value=0.6)
FLOOR = Bar(suite="retrieval", metric="ndcg_10", at_least=0.5)


def outcome(rows: list[Row], *bars: Bar) -> ExitCode:
    return verdict(judged(rows, bars, languages={"en"}), [SCORE]).code


def test_reaching_a_bar_passes_and_missing_it_does_not() -> None:
    assert outcome([ROW], FLOOR) is ExitCode.PASSED
    assert outcome([replace(ROW, value=0.5)], FLOOR) is ExitCode.PASSED
    assert outcome([replace(ROW, value=0.499)], FLOOR) is ExitCode.MISSED


def test_a_ceiling_judges_the_other_way() -> None:
    ceiling = Bar(suite="retrieval", metric="ndcg_10", at_most=0.5)
    assert outcome([ROW], ceiling) is ExitCode.MISSED
    assert outcome([replace(ROW, value=0.4)], ceiling) is ExitCode.PASSED


def test_a_bar_may_be_a_multiple_of_another_row() -> None:
    dense = replace(ROW, slice="arm:dense", value=0.5)
    bar = Bar(suite="retrieval", metric="ndcg_10", at_least=Other(metric="ndcg_10", slice="arm:dense", times=1.3))
    assert judged([ROW, dense], [bar], languages=set())[0].bar == pytest.approx(0.65)
    assert outcome([ROW, dense], bar) is ExitCode.MISSED
    assert outcome([ROW], bar) is ExitCode.MISSED, "the other row is missing, so nothing is proven"


def test_a_row_without_a_value_misses_its_bar() -> None:
    assert outcome([replace(ROW, value=None, n=0)], FLOOR) is ExitCode.MISSED


def test_a_bar_for_english_does_not_judge_other_questions() -> None:
    bar = FLOOR.model_copy(update={"languages": frozenset({"en"}), "at_least": 0.9})
    assert judged([ROW], [bar], languages={"de", "en"})[0].passed is None
    assert judged([ROW], [bar], languages={"en"})[0].passed is False


def test_zero_scored_items_is_never_green() -> None:
    assert verdict([], []).code is ExitCode.INVALID


def test_a_skipped_suite_is_not_green_unless_allowed() -> None:
    assert verdict([ROW], [SCORE], skipped=["retrieval: no corpus"]).code is ExitCode.INVALID
    assert verdict([ROW], [SCORE], skipped=["retrieval: no corpus"], allow_skip=True).code is ExitCode.PASSED
    assert verdict([], [], skipped=["retrieval: no corpus"], allow_skip=True).code is ExitCode.INVALID


def test_errors_count_as_wrong_and_too_many_make_the_run_invalid() -> None:
    cases = [replace(ONE, id=str(n)) for n in range(20)]
    metrics = [METRICS["ndcg_10"]]
    seen = [replace(found(("fees.md", ""), ("terms.md", "")), case_id=str(n)) for n in range(18)]
    seen.append(Observation(case_id="18", error="boom"))
    scores = score_all(cases, seen, metrics)
    (row,) = summarise("retrieval", cases, scores, metrics)
    assert (row.value, row.n) == (0.9, 20)
    assert verdict([row], scores).code is ExitCode.INVALID, "one errored and one was never observed: 90 %"


def test_a_metric_without_items_has_an_empty_row() -> None:
    (row,) = summarise("retrieval", [NONE], [], [METRICS["ndcg_10"]])
    assert (row.slice, row.value, row.n) == ("all", None, 0)


def test_the_shipped_bars_name_suites_and_metrics_that_exist() -> None:
    bench = {
        "quote_recall_1500",
        "doc_recall_5",
        "ndcg_10",
        "ingest_cpu_s",
        "tokens_per_cpu_s",
        "query_p50_ms",
        "peak_mb",
    }
    commands = {
        "bench": bench,
        "agentdojo": {"attack_success", "done_at_one_attacked"},
        "mtrag_un": {"macro_f1"},
    }
    for bar in load_bars():
        assert bar.metric in (commands.get(bar.suite) or SUITES[bar.suite].metrics)


@pytest.mark.parametrize(
    "text",
    ["[[bar]]\nsuite='a'\nmetric='b'", "[[bar]]\nsuite='a'\nmetric='b'\nat_least=1\nat_most=2", "nonsense", "x=1"],
)
def test_bars_that_cannot_be_read_are_a_settings_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bars.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="Bars cannot be read"):
        load_bars(path)


def test_the_printed_verdict_names_the_slice_that_missed() -> None:
    console = Console(width=80)
    rows = judged([replace(ROW, value=0.1)], [FLOOR], languages={"en"})
    with console.capture() as captured:
        write_verdict(verdict(rows, [SCORE]), console)
    assert "retrieval ndcg_10 [all] is 0.100, the bar is 0.500 (n=50)." in captured.get()
