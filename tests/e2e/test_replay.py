"""`liaison replay`: an answer of another day, held against the content of today."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.answering.replay import Standing
from assistant.errors import UsageError
from integrations import cli
from integrations.commands.replay import REPLAY

GUIDE = "# Deal protection\n\nAn approved deal registration protects a partner for {} days.\n"


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(cli.app, list(words), env={"LIAISON_DATA": str(data), "COLUMNS": "200"})


@pytest.mark.slow
def test_an_answer_holds_until_its_source_says_otherwise_and_both_are_told(tmp_path: Path) -> None:
    data, content, answer = tmp_path / "data", tmp_path / "content", tmp_path / "answer.json"
    content.mkdir()
    (content / "guide.md").write_text(GUIDE.format(90), encoding="utf-8")
    assert run(data, "ingest", str(content)).exit_code == 0
    asked = run(data, "ask", "How long does an approved deal registration protect a partner?", "--json")
    answer.write_text(asked.stdout, encoding="utf-8")

    holds = run(data, "replay", str(answer))
    assert (holds.exit_code, "as it was" in holds.stdout) == (0, True)

    (content / "guide.md").write_text("Read this first.\n\n" + GUIDE.format(90), encoding="utf-8")
    run(data, "ingest", str(content))
    moved = run(data, "replay", str(answer))
    assert (moved.exit_code, "elsewhere in the document" in moved.stdout) == (0, True)

    (content / "guide.md").write_text(GUIDE.format(60), encoding="utf-8")
    run(data, "ingest", str(content))
    changed = run(data, "replay", str(answer), "--json")
    assert changed.exit_code == 1
    assert {each.standing for each in REPLAY.validate_json(changed.stdout).citations} == {Standing.CHANGED}


def test_what_is_no_answer_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    for name in ("list.json", "absent.json"):
        refused = run(tmp_path, "replay", str(tmp_path / name))
        assert isinstance(refused.exception, UsageError)
        assert name in refused.exception.message
