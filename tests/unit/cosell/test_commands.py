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


def test_why_not_is_answered_beside_the_first(liaison: CliRunner) -> None:
    found = told(liaison, "explain", "elbtal", "--country", "DE", "--product", "keep")
    ahead = sum(lead["points"] for lead in found["leads"])
    assert ahead == pytest.approx(found["first"]["score"] - found["found"]["score"], abs=1e-6)
    shown = liaison.invoke(app, ["cosell", "explain", "elbtal", "--country", "DE", "--product", "keep"]).stdout
    assert f"Ahead of it is {found['first']['partner']['display_name']}" in shown


def test_the_model_card_says_what_the_model_was_made_from_and_how_well_it_does(liaison: CliRunner) -> None:
    found = told(liaison, "card")
    every, *parts = found["segments"]
    assert every["deals"] == found["held_out"]["deals"] == sum(part["deals"] for part in parts)
    assert every["ndcg"] > every["activity_ndcg"]
    assert found["trained"]["last"] < found["held_out"]["first"]
    assert sum(part["pairs"] for part in found["bins"]) > 1000
    shown = liaison.invoke(app, ["cosell", "card"]).stdout
    assert "## Limits" in shown
    assert f"{every['ndcg']:.3f}" in shown


def test_what_was_shown_is_reported_and_erased_for_a_person(liaison: CliRunner) -> None:
    told(liaison, "recommend", "--deal", "deal-01306", "--as", "channel_manager:jo")
    told(liaison, "recommend", "--deal", "deal-01306", "--as", "channel_manager:jo")
    before = told(liaison, "exposure")
    assert before["of_deals"] >= 1
    assert before["needed"] > 0
    shown = liaison.invoke(app, ["cosell", "exposure"]).stdout
    assert "Insufficient evidence on other ways of drawing it" in shown
    erased = liaison.invoke(app, ["cosell", "exposure", "--forget", "channel_manager:jo"]).stdout
    assert "1 recommendations erased" in erased
    assert told(liaison, "exposure")["lists"] == before["lists"] - 1


def test_the_page_is_one_file(liaison: CliRunner, tmp_path: Path) -> None:
    words = ["cosell", "page", "--country", "DE", "--product", "keep", "--why", "tiber", "--language", "fr"]
    assert liaison.invoke(app, [*words, "--out", str(tmp_path / "page.html")]).exit_code == 0
    made = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert '<html lang="fr">' in made
    assert "<link" not in made
    assert "<script" not in made
    nowhere = liaison.invoke(app, [*words, "--out", str(tmp_path / "no" / "page.html")])
    assert nowhere.exit_code == 2
    assert "cannot be written" in nowhere.stderr


def test_a_team_comes_with_its_proof(liaison: CliRunner) -> None:
    words = ("team", "--country", "DE", "--product", "keep", "--needs", "kind:reseller")
    found = told(liaison, *words)
    assert found["best"]["proved"]
    assert found["best"]["bound"] == pytest.approx(found["best"]["value"])
    assert "Team" in liaison.invoke(app, ["cosell", *words]).stdout


@pytest.mark.parametrize(
    "command", [("recommend",), ("explain", "elbtal"), ("team",), ("exposure",), ("page", "--out", "/dev/null")]
)
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
