from __future__ import annotations

import json
import re
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from rich.console import Console

from evals.gate import ExitCode, load_bars
from evals.report import table
from evals.run import RunResult, run_suites
from evals.runs.folder import write_run
from evals.suites import SUITES
from evals.workbench import Inputs, Workbench, content_key
from tests.unit.evals.examples import open_shelf

FEE = {"doc": "fees.md", "quote": "The fee is 5 %."}
TERM = {"doc": "terms.md", "quote": "Due after 30 days."}
QUESTIONS = (
    {"id": "a", "lang": "en", "kind": "fact", "question": "What is the fee?", "gold": [FEE], "facts": ["5 %"]},
    {"id": "b", "lang": "de", "kind": "fact", "question": "<b>Frist</b>", "gold": [TERM], "facts": ["30"]},
    {"id": "c", "lang": "en", "kind": "unanswerable", "question": "Who founded it?"},
)


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "fees.md").write_text("The fee is 5 %.", encoding="utf-8")
    (corpus / "terms.md").write_text("Due after 30 days.", encoding="utf-8")
    questions = tmp_path / "questions.jsonl"
    questions.write_text("\n".join(json.dumps(line) for line in QUESTIONS), encoding="utf-8")
    return Inputs(questions=questions, corpus=corpus, samples=tmp_path / "no-samples")


async def run(inputs: Inputs, *names: str, allow_skip: bool = False) -> RunResult:
    async with AsyncExitStack() as stack:
        bench = Workbench(inputs, opener=open_shelf, indexing_id="x", stack=stack, indexes=inputs.samples / "indexes")
        suites = [SUITES[name] for name in names]
        return await run_suites(suites, bench, bars=load_bars(), allow_skip=allow_skip)


async def test_a_run_scores_every_case_in_every_slice(inputs: Inputs) -> None:
    result = await run(inputs, "retrieval", "answers")
    rows = {(row.suite, row.metric, row.slice): row for row in result.rows}
    assert rows["retrieval", "quote_recall_1500", "all"].value == 0.5
    assert rows["retrieval", "quote_recall_1500", "lang:de"].value == 0.0
    assert rows["answers", "citation_hit", "lang:en"].value == 1.0
    assert rows["answers", "declined_unanswerable", "kind:unanswerable"].value == 1.0
    assert rows["answers", "citation_precision", "all"].passed is True


async def test_a_suite_without_its_files_is_skipped_with_the_reason(inputs: Inputs) -> None:
    result = await run(inputs, "retrieval", "audience")
    assert "no sample programme" in result.suites[1].skipped
    assert result.verdict.code is ExitCode.INVALID
    assert (await run(inputs, "retrieval", "audience", allow_skip=True)).verdict.code is ExitCode.PASSED


async def test_a_question_that_breaks_the_target_counts_as_wrong(inputs: Inputs) -> None:
    assert inputs.questions is not None
    inputs.questions.write_text(json.dumps({"question": "?", "as": "x", "gold": [{"doc": "d", "quote": "q"}]}), "utf-8")

    class Broken(Exception):
        pass

    async with AsyncExitStack() as stack:
        bench = Workbench(inputs, opener=open_shelf, indexing_id="x", stack=stack)
        target = await bench.target(inputs.corpus_folder())

        async def broken(name: str) -> None:
            raise Broken(name)

        target.requester = broken  # type: ignore[method-assign, assignment]  # the target breaks in the middle of a run
        result = await run_suites([SUITES["retrieval"]], bench, bars=[])
    assert result.suites[0].collected.observations[0].error == "Broken: x"
    assert result.verdict.code is ExitCode.INVALID


async def test_the_report_is_complete_and_needs_no_network(inputs: Inputs, tmp_path: Path) -> None:
    result = await run(inputs, "retrieval", "answers", "audience")
    write_run(result, tmp_path / "out", manifest={"commit": "abc"})
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert re.findall(r"https?://|src=|href=(?!\"#)|url\(|@import|<script", page) == []
    assert "&lt;b&gt;Frist&lt;/b&gt;" in page, "questions are text, not markup"
    assert "Skipped: no sample programme" in page
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert {tuple(row) for row in summary} == {
        ("suite", "metric", "slice", "value", "low", "high", "n", "bar", "passed")
    }
    samples = [json.loads(line) for line in (tmp_path / "out" / "samples.jsonl").read_text("utf-8").splitlines()]
    assert [(s["suite"], s["case"]["id"]) for s in samples] == [(s, c) for s in ("retrieval", "answers") for c in "abc"]
    assert samples[0]["scores"]["quote_recall_1500"] == 1.0


async def test_the_table_shows_what_was_skipped(inputs: Inputs) -> None:
    console = Console(width=200)
    with console.capture() as captured:
        console.print(table(await run(inputs, "retrieval", "audience")))
    assert "quote_recall_1500" in captured.get()
    assert "skipped" in captured.get()


def test_an_index_is_named_by_the_corpus_and_the_indexing_code(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("one", encoding="utf-8")
    first = content_key(tmp_path, "code")
    assert content_key(tmp_path, "code") == first
    assert content_key(tmp_path, "other code") != first
    (tmp_path / "a.md").write_text("two", encoding="utf-8")
    assert content_key(tmp_path, "code") != first


def test_an_index_given_by_hand_serves_the_questions_corpus_alone(inputs: Inputs, tmp_path: Path) -> None:
    given = Inputs(questions=inputs.questions, corpus=inputs.corpus, data=tmp_path / "mine")
    bench = Workbench(given, opener=open_shelf, indexing_id="x", stack=AsyncExitStack(), indexes=tmp_path)
    assert bench.data_folder(given.corpus_folder()) == tmp_path / "mine"
    assert bench.data_folder(tmp_path / "corpus" / "..").parent == tmp_path
