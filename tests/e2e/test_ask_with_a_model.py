"""`liaison ask` and `liaison usage` with a language model, over HTTP on the loopback interface."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.domain.answer import Answer, Fallback
from integrations import cli
from integrations.commands.ask import ANSWER
from tests.conftest import ROOT
from tests.scripted_model import Mode, Script, scripted_model

QUESTION = "How long is an approved deal registration protected?"


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with one policy of the sample content."""
    data = tmp_path_factory.mktemp("modelled") / "data"
    policy = str(ROOT / "samples" / "content" / "programme" / "deal-registration-policy.md")
    result = CliRunner().invoke(cli.app, ["ingest", policy], env={"LIAISON_DATA": str(data)})
    assert result.exit_code == 0, result.output
    return data


def ask(data: Path, script: Script, *arguments: str, **settings: str) -> Answer:
    with scripted_model(script) as url:
        env = {"LIAISON_DATA": str(data), "LIAISON_MODEL": "openai:scripted", "LIAISON_MODEL_URL": url, **settings}
        env["LIAISON_PARTNERS"] = str(ROOT / "samples" / "partners.yaml")
        words = ["ask", QUESTION, "--as", "partner:brightpath", "--json", *arguments]
        result = CliRunner().invoke(cli.app, words, env=env)
    assert result.exit_code == 0, result.output
    return ANSWER.validate_json(result.stdout)


def test_the_model_answers_and_is_counted_until_its_budget_is_used_up(ingested: Path) -> None:
    first = ask(ingested, Script(), LIAISON_MODEL_TENANT_TOKENS="1")
    assert first.answered_by == "openai:scripted"
    assert all(first.citations[n - 1].quote for s in first.sentences for n in s.citations)
    second = ask(ingested, script := Script(), LIAISON_MODEL_TENANT_TOKENS="1")
    assert (second.fallback, script.requests) == (Fallback.OVER_BUDGET, [])
    env = {"LIAISON_DATA": str(ingested), "LIAISON_MODEL_TENANT_TOKENS": "1", "COLUMNS": "200"}
    shown = CliRunner().invoke(cli.app, ["usage"], env=env)
    assert shown.exit_code == 0, shown.output
    assert first.use is not None
    assert str(first.use.input_tokens + first.use.output_tokens) in shown.stdout
    assert "1 tokens" in shown.stdout


def test_without_a_model_and_with_one_that_fails_the_same_quotes_are_given(ingested: Path) -> None:
    quoted = ask(ingested, script := Script(), "--no-llm")
    failed = ask(ingested, Script(mode=Mode.BROKEN))
    assert script.requests == []
    assert (quoted.answered_by, quoted.fallback, quoted.notices) == ("extractive", None, ())
    assert (failed.answered_by, failed.fallback) == ("extractive", Fallback.UNAVAILABLE)
    assert failed.text == quoted.text
    assert len(failed.notices) == 1
