from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evals.__main__ import main
from evals.case import Case, Observation
from evals.collect import Collected
from evals.gate import ExitCode
from evals.run import RunResult, scored
from evals.runs.folder import write_run
from evals.runs.identical import different
from evals.suites import SUITES
from tests.unit.evals.runs import judged, question, right


def timed(*, milliseconds: float, fee: str = "The fee is 5 %.") -> RunResult:
    """An answered question and a timed one that took so long."""
    case, seen = question("a"), right("a")
    assert seen.answer is not None
    answer = replace(seen.answer, milliseconds=milliseconds, text=fee)
    timing = Case(id="t", question="?", kind="embed_p50_ms", slices=("all",))
    return judged(
        [
            scored(SUITES["answers"], Collected((case,), (replace(seen, answer=answer),)), []),
            scored(SUITES["operations"], Collected((timing,), (Observation("t", milliseconds=milliseconds),)), []),
        ]
    )


def test_two_runs_that_differ_in_times_alone_are_the_same(tmp_path: Path) -> None:
    write_run(timed(milliseconds=10.0), tmp_path / "one", manifest={"made": "2026-03-01", "commit": "abc"})
    write_run(timed(milliseconds=1e-05), tmp_path / "two", manifest={"made": "2026-03-02", "commit": "abc"})
    assert (tmp_path / "one" / "samples.jsonl").read_bytes() != (tmp_path / "two" / "samples.jsonl").read_bytes()
    assert different(tmp_path / "one", tmp_path / "two") == []
    assert main(["same", str(tmp_path / "one"), str(tmp_path / "two")]) == ExitCode.PASSED


def test_a_single_other_letter_is_found_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_run(timed(milliseconds=10.0), tmp_path / "one", manifest={"commit": "abc"})
    write_run(timed(milliseconds=10.0, fee="The fee is 6 %."), tmp_path / "two", manifest={"commit": "abd"})
    found = different(tmp_path / "one", tmp_path / "two")
    assert [place.partition(":")[0] for place in found] == ["manifest.json", "samples.jsonl"]
    assert "The fee is 6 %" in found[1]
    assert main(["same", str(tmp_path / "one"), str(tmp_path / "two")]) == ExitCode.MISSED
    assert "samples.jsonl:1" in capsys.readouterr().out


def test_a_run_that_has_fewer_cases_is_not_the_same(tmp_path: Path) -> None:
    whole = timed(milliseconds=10.0)
    write_run(whole, tmp_path / "one", manifest={})
    write_run(judged(whole.suites[:1]), tmp_path / "two", manifest={})
    assert any("samples.jsonl:2" in place for place in different(tmp_path / "one", tmp_path / "two"))


def test_what_is_no_run_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["same", str(tmp_path), str(tmp_path)]) == ExitCode.USAGE
    assert "cannot be read" in capsys.readouterr().out
