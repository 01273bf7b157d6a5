from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import UsageError
from evals.__main__ import main
from evals.added import add_metrics
from evals.gate import ExitCode
from evals.metrics import METRICS
from evals.runs.folder import read_run, write_run
from tests.unit.evals.runs import answers, of

BRIEF = """
from evals.metrics.metric import Metric

BRIEF = Metric(
    name="brief",
    version=3,
    applies=lambda case: case.answerable,
    score=lambda case, seen: float(seen.answer is not None and 0 < len(seen.answer.text) <= 80),
)
"""


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    before = dict(METRICS)
    yield
    METRICS.clear()
    METRICS.update(before)


def test_one_file_adds_a_metric_to_a_run_that_is_long_over(tmp_path: Path) -> None:
    file, run = tmp_path / "brief.py", tmp_path / "run"
    file.write_text(BRIEF, encoding="utf-8")
    write_run(answers(of(6, 2)), run, manifest={})
    words = ["rescore", str(run), "--metric", str(file), "--out", str(tmp_path / "again")]
    assert main(words) == ExitCode.MISSED, "six of eight miss a bar of the suite"
    rows = {(row.metric, row.slice): row for row in read_run(tmp_path / "again").rows}
    assert (rows["brief", "all"].value, rows["brief", "all"].n) == (0.75, 8)
    assert rows["brief", "lang:en"].value == 0.75
    assert METRICS["brief"].id == "brief@3"


@pytest.mark.parametrize(
    ("text", "told"),
    [("x = 1", "has no metric"), ("1 / 0", "ZeroDivisionError"), (BRIEF.replace('"brief"', '"ndcg_10"'), "already")],
)
def test_a_metric_file_that_will_not_do_is_told(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "mine.py"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=told):
        add_metrics([file])
    assert "brief" not in METRICS
