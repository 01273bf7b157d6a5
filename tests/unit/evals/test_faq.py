from __future__ import annotations

import json
from contextlib import AsyncExitStack
from pathlib import Path

from evals.faq import ENGLISH
from evals.run import run_suites
from evals.suites import SUITES
from evals.workbench import Inputs, Workbench
from tests.unit.evals.examples import open_shelf


async def test_answers_are_indexed_without_their_questions_and_found_through_each_arm(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    (shared / ENGLISH).parent.mkdir(parents=True)
    faq = {
        "corpus": {"faq.yml#0": "Pay the fee by card", "faq.yml#1": "Close the account in settings"},
        "queries": {"faq.yml#0": "How to pay the fee", "faq.yml#1": "How to close the account"},
        "qrels": {"faq.yml#0": {"faq.yml#0": 1}, "faq.yml#1": {"faq.yml#1": 1}},
        "meta": {},
    }
    (shared / ENGLISH).write_text(json.dumps(faq), encoding="utf-8")
    indexes = tmp_path / "indexes"
    (indexes / "faq-answers").mkdir(parents=True)
    (indexes / "faq-answers" / "stale.md").write_text("of an earlier set", encoding="utf-8")
    async with AsyncExitStack() as stack:
        bench = Workbench(Inputs(shared=shared), opener=open_shelf, indexing_id="x", stack=stack, indexes=indexes)
        result = await run_suites([SUITES["faq_without_question"]], bench, bars=[])
    files = sorted(path.name for path in (indexes / "faq-answers").iterdir())
    assert files == ["answer-0000.md", "answer-0001.md"], "names say nothing about the content"
    rows = {(row.metric, row.slice): (row.value, row.n) for row in result.rows}
    assert rows["recall_1", "all"] == rows["recall_1", "arm:fused"] == rows["recall_1", "arm:dense"] == (1.0, 2)
