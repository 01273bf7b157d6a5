from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from integrations.cli import app
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def liaison(tmp_path_factory: pytest.TempPathFactory) -> CliRunner:
    data: Path = tmp_path_factory.mktemp("cosell") / "data"
    runner = CliRunner(env={"LIAISON_DATA": str(data), "COLUMNS": "200"})
    assert runner.invoke(app, ["prm", "seed", str(ROOT / "samples" / "prm")]).exit_code == 0
    untrained = runner.invoke(app, ["cosell", "recommend", "--country", "DE"])
    assert untrained.exit_code == 1
    assert "liaison cosell train" in untrained.stderr
    assert runner.invoke(app, ["cosell", "train"]).exit_code == 0
    return runner


def told(liaison: CliRunner, *words: str) -> Any:
    result = liaison.invoke(app, ["cosell", *words, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_channel_manager_gets_partners_for_a_deal(liaison: CliRunner) -> None:
    found = told(liaison, "recommend", "--deal", "deal-01306")
    shown = {item["partner"]["id"] for item in found["ranked"]} | {item["partner_id"] for item in found["excluded"]}
    assert {"partner_id": "brenta", "rule": "on_deal", "found": ""} in found["excluded"]
    assert len(shown) == found["considered"] == 47


def test_why_not_is_answered_in_words(liaison: CliRunner) -> None:
    result = liaison.invoke(app, ["cosell", "explain", "tiber", "--country", "DE", "--language", "de"])
    assert result.exit_code == 0
    assert "verkauft nicht im Land des Kunden" in result.stdout


def test_a_team_comes_with_its_proof(liaison: CliRunner) -> None:
    words = ("team", "--country", "DE", "--product", "keep", "--needs", "kind:reseller")
    found = told(liaison, *words)
    assert found["best"]["proved"]
    assert found["best"]["bound"] == pytest.approx(found["best"]["value"])
    assert "Team" in liaison.invoke(app, ["cosell", *words]).stdout


@pytest.mark.parametrize("command", [("recommend",), ("explain", "elbtal"), ("team",), ("exposure",)])
def test_a_partner_is_refused(liaison: CliRunner, command: tuple[str, ...]) -> None:
    result = liaison.invoke(app, ["cosell", *command, "--country", "DE", "--as", "partner:elbtal"])
    assert result.exit_code == 1
    assert "only channel managers" in result.stderr
    assert "Elbtal" not in result.output


@pytest.mark.parametrize(
    "words", [("--value", "much EUR", "--country", "DE"), (), ("--with", "nobody", "--country", "DE")]
)
def test_what_cannot_be_understood_is_refused_with_a_hint(liaison: CliRunner, words: tuple[str, ...]) -> None:
    result = liaison.invoke(app, ["cosell", "recommend", *words])
    assert result.exit_code == 2
    assert result.stderr.strip()


def test_places_for_newer_partners_have_their_price_shown(liaison: CliRunner) -> None:
    result = liaison.invoke(app, ["cosell", "exposure", "--country", "DE", "--product", "keep"])
    assert result.exit_code == 0
    assert "places kept" in result.stdout
