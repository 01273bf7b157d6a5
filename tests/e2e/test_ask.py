"""`liaison ask` as a person uses it, on the embedded default: MiniLM, SQLite, Chroma, tantivy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.domain.answer import Answer, AnswerStatus, DeclineReason
from assistant.domain.content import Citation
from assistant.errors import IndexMissing, UsageError
from integrations import cli
from integrations.commands.ask import ANSWER
from tests.conftest import ROOT

QUESTION = "How long is an approved deal registration protected?"


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the programme's part of the sample content."""
    data = tmp_path_factory.mktemp("asked") / "data"
    programme = str(ROOT / "samples" / "content" / "programme")
    result = CliRunner().invoke(cli.app, ["ingest", programme], env={"LIAISON_DATA": str(data)})
    assert result.exit_code == 0, result.output
    return data


def ask(data: Path, *arguments: str) -> Result:
    people = str(ROOT / "samples" / "partners.yaml")
    env = {"LIAISON_DATA": str(data), "LIAISON_PARTNERS": people, "COLUMNS": "200", "NO_COLOR": "1"}
    return CliRunner().invoke(cli.app, ["ask", *arguments], env=env)


def test_the_json_is_the_answer_model_and_nothing_else(ingested: Path) -> None:
    result = ask(ingested, QUESTION, "--as", "partner:brightpath", "--json", "--explain")
    assert result.exit_code == 0, result.output
    answer = ANSWER.validate_json(result.stdout)
    assert set(json.loads(result.stdout)) == set(Answer.__dataclass_fields__)
    assert set(json.loads(result.stdout)["citations"][0]) == set(Citation.__dataclass_fields__)
    assert json.loads(ANSWER.dump_json(answer)) == json.loads(result.stdout)
    assert (answer.question, answer.status, answer.language) == (QUESTION, AnswerStatus.ANSWERED, "en")
    assert "90" in answer.text
    assert all(answer.citations[n - 1].quote for s in answer.sentences for n in s.citations)
    assert "Candidates" in result.stderr


def test_an_answer_names_its_sources_and_explain_shows_the_scores(ingested: Path) -> None:
    result = ask(ingested, QUESTION, "--as", "partner:brightpath", "--explain")
    assert result.exit_code == 0, result.output
    shown = result.stdout
    assert "90 days" in shown
    assert "[1] " in shown
    assert "samples/content/programme/" in shown
    assert "BM25" in shown
    assert "documents searched, confidence" in shown


def test_nothing_is_asked_and_that_is_said_in_the_language_chosen(ingested: Path) -> None:
    answer = ANSWER.validate_json(ask(ingested, " ", "--lang", "fr", "--json").stdout)
    assert (answer.reason, answer.language) == (DeclineReason.EMPTY_QUESTION, "fr")
    assert answer.text.startswith("Il n'y a pas de question")


def test_somebody_unknown_is_refused(ingested: Path) -> None:
    result = ask(ingested, QUESTION, "--as", "partner:nobody")
    assert isinstance(result.exception, UsageError)
    assert "partner:acme" in result.exception.hint


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [([], 1, IndexMissing.default_hint), (["--as", "partner:acme"], 2, "LIAISON_PARTNERS")],
    ids=["before the first ingest", "without a directory"],
)
def test_what_cannot_be_answered_ends_with_two_clear_lines(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    monkeypatch.setenv("LIAISON_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("LIAISON_PARTNERS", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("sys.argv", ["liaison", "ask", QUESTION, *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    assert ended.value.code == code
    assert out == ""
    assert words in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 2
