from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from assistant.errors import UsageError
from evals.__main__ import main
from evals.case import Observation, SeenPassage
from evals.collect import Collected
from evals.gate import Bar, ExitCode
from evals.run import SuiteResult, scored
from evals.runs.folder import read_run, rescored, write_run
from evals.suites import SUITES
from tests.unit.evals.runs import answers, judged, of, question

MANIFEST = {"made": "2026-03-01T10:00:00+00:00", "commit": "abc", "metrics": "citation_hit@1", "package torch": "1"}
BAR = Bar(suite="answers", metric="citation_hit", at_least=0.9)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run with a missed bar, an error, a name that XML does not like, and a suite that was skipped."""
    outcomes = of(20, 5) | {"c<&>\x01": True, "broken": "TimeoutError: <late>\x00"}
    run = answers(outcomes, bars=[BAR])
    skipped = SuiteResult(SUITES["samples"], skipped="no sample programme | here")
    write_run(judged([*run.suites, skipped]), tmp_path / "run", manifest=MANIFEST)
    return tmp_path / "run"


def emptied(run: Path, tmp_path: Path) -> Path:
    """The run as one that lost its samples."""
    shutil.copytree(run, tmp_path / "emptied")
    (tmp_path / "emptied" / "samples.jsonl").write_text("")
    return tmp_path / "emptied"


def ranked(tmp_path: Path) -> Path:
    """A run of the suite `retrieval` with one question."""
    passages = (SeenPassage("a b.md", "x"), SeenPassage("fees.md", "The fee is 5 %."), SeenPassage("a b.md", "y"))
    collected = Collected((question("q 1"),), (Observation(case_id="q 1", passages=passages),))
    write_run(judged([scored(SUITES["retrieval"], collected, [])]), tmp_path / "ranked", manifest=MANIFEST)
    return tmp_path / "ranked"


def test_a_run_read_back_scores_as_it_did(folder: Path) -> None:
    stored = read_run(folder)
    again = rescored(stored, bars=[BAR])
    assert again.rows == list(stored.rows)
    assert again.verdict.code is ExitCode.INVALID, "a suite was skipped"
    assert rescored(stored, bars=[BAR], allow_skip=True).verdict.code is ExitCode.MISSED
    assert main(["rescore", str(folder), "--allow-skip"]) == ExitCode.MISSED
    assert stored.skipped == {"samples": "no sample programme | here"}
    assert stored.manifest["commit"] == "abc"


def test_writing_a_run_twice_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_run(rescored(read_run(folder), bars=[BAR]), tmp_path / "again", manifest=MANIFEST)
    for name in ("samples.jsonl", "summary.json", "summary.md", "junit.xml", "manifest.json"):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes(), name


def test_junit_counts_missed_bars_as_failures_and_broken_cases_as_errors(folder: Path) -> None:
    root = ET.parse(folder / "junit.xml").getroot()
    suites = {suite.get("name"): suite for suite in root.findall("testsuite")}
    counts = [suites["answers"].get(name) for name in ("tests", "failures", "errors", "skipped")]
    assert counts == ["28", "1", "1", "0"]
    assert suites["samples"].get("skipped") == "1"
    assert len(suites["answers"].findall("testcase")) == 28
    failure = suites["answers"].find("testcase/failure")
    assert failure is not None
    assert "the bar is 0.900" in str(failure.get("message"))


def test_the_markdown_page_says_the_verdict_and_the_missed_bar(folder: Path) -> None:
    page = (folder / "summary.md").read_text(encoding="utf-8")
    assert page.startswith("# Evaluation: Not a valid run\n")
    assert "| answers | citation_hit | all |" in page
    assert "**missed**" in page
    assert "skipped: no sample programme \\| here" in page


def test_a_folder_that_is_no_run_is_told(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(UsageError, match="does not hold a run"):
        read_run(tmp_path / "nothing")
    with (folder / "samples.jsonl").open("a", encoding="utf-8") as samples:
        samples.write('{"suite": "answers"}\n')
    with pytest.raises(UsageError, match=r"samples.jsonl:28: case"):
        read_run(folder)


def test_a_suite_that_is_gone_cannot_be_scored_again(folder: Path) -> None:
    stored = read_run(folder)
    gone = tuple(replace(sample, suite="astrology") for sample in stored.samples)
    with pytest.raises(UsageError, match="astrology"):
        rescored(replace(stored, samples=gone), bars=[])


def test_rankings_leave_as_trec_files_without_ties_or_spaces(tmp_path: Path) -> None:
    out = tmp_path / "trec"
    assert main(["export", str(ranked(tmp_path)), "--format", "trec", "--out", str(out)]) == ExitCode.PASSED
    assert (out / "retrieval.run").read_text() == (
        "q%201 Q0 a%20b.md 1 1.000000 liaison\nq%201 Q0 fees.md 2 0.500000 liaison\n"
    )
    assert (out / "retrieval.qrels").read_text() == "q%201 0 fees.md 1\n"


def test_a_run_without_rankings_has_no_trec_files(folder: Path, tmp_path: Path) -> None:
    words = ["export", str(folder), "--format", "trec", "--out", str(tmp_path / "trec")]
    assert main(words) == ExitCode.USAGE


def test_a_run_leaves_as_a_log_of_inspect(folder: Path, tmp_path: Path) -> None:
    assert main(["export", str(folder), "--format", "inspect", "--out", str(tmp_path / "logs")]) == ExitCode.PASSED
    (path,) = (tmp_path / "logs").iterdir()
    log = json.loads(path.read_text(encoding="utf-8"))
    assert (log["version"], log["status"], log["eval"]["task"]) == (2, "error", "answers")
    assert log["results"]["total_samples"] == 27
    broken = next(sample for sample in log["samples"] if sample["id"] == "broken")
    assert broken["error"]["message"].startswith("TimeoutError")
    assert {"id", "epoch", "input", "target", "scores"} <= broken.keys()


def test_the_commands_end_with_the_exit_code_of_what_they_print(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base, worse = tmp_path / "base", tmp_path / "worse"
    write_run(answers(of(240, 60)), base, manifest=MANIFEST)
    write_run(answers(of(231, 69)), worse, manifest=MANIFEST)
    assert main(["gate", str(base), "--baseline", str(base)]) == ExitCode.PASSED
    assert "Passed." in capsys.readouterr().out
    assert main(["gate", str(worse), "--baseline", str(base)]) == ExitCode.MISSED
    assert "Regression." in capsys.readouterr().out
    assert main(["gate", str(folder), "--baseline", str(base)]) == ExitCode.INVALID
    assert "Not a valid run." in capsys.readouterr().out
    assert main(["gate", str(tmp_path / "none"), "--baseline", str(base)]) == ExitCode.USAGE
    assert main(["compare", str(emptied(base, tmp_path)), str(base)]) == ExitCode.USAGE
    assert main(["gate", str(tmp_path / "emptied"), "--baseline", str(base)]) == ExitCode.INVALID
    assert "Nothing was scored." in capsys.readouterr().out
    assert main(["compare", str(base), str(worse), "--slices"]) == ExitCode.PASSED
    told = capsys.readouterr().out
    assert "lang:en" in told
    assert "… -" in told, "the interval is told whole"
    with pytest.raises(SystemExit) as ended:
        main(["gate", str(base), "--baseline", str(base), "--margin", "2"])
    assert ended.value.code == ExitCode.USAGE


def test_scoring_again_says_what_is_other_than_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    write_run(answers(of(240, 60)), run, manifest=MANIFEST | {"metrics": "citation_hit@0, fact_recall@1"})
    summary = json.loads((run / "summary.json").read_text())
    for row in summary:
        row["value"] = 0.5 if (row["metric"], row["slice"]) == ("citation_hit", "all") else row["value"]
    (run / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    main(["rescore", str(run), "--out", str(tmp_path / "again")])
    told = capsys.readouterr().out
    assert "0.500" in told
    assert "0.800" in told
    assert "Metrics of another version then: citation_hit@0." in told
    assert read_run(tmp_path / "again").manifest["scored again"]
