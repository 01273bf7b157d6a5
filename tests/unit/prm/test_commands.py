from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from integrations.cli import app
from tests.conftest import ROOT

DEAL = """
partner_ref: crm-77
title: Backup for Hamburg
problem: The customer needs immutable backup in two regions before its lease ends.
product: keep
value: {amount: "40000", currency: EUR}
target_close: 2099-01-01
customer: {name: Neuland Spedition GmbH, country: DE, website: neuland-spedition.example, city: Hamburg}
"""


@pytest.fixture
def liaison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("LIAISON_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "160")
    runner = CliRunner(env={"COLUMNS": "200"})
    assert runner.invoke(app, ["prm", "seed", str(ROOT / "samples" / "prm")]).exit_code == 0
    return runner


def test_a_deal_is_checked_registered_and_refused_to_the_second_partner(liaison: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "deal.yaml"
    path.write_text(DEAL, encoding="utf-8")
    too_late = liaison.invoke(app, ["deals", "check", str(path), "--as", "partner:acme"])
    assert too_late.exit_code == 1
    assert "close-window" in too_late.stdout
    asked = liaison.invoke(app, ["deals", "register", str(path), "--as", "partner:acme"])
    assert asked.exit_code == 1
    assert "the latest day" in asked.stdout


def test_the_queue_is_decided_from_the_terminal(liaison: CliRunner) -> None:
    queue = liaison.invoke(app, ["deals", "queue"])
    deal = re.findall(r"deal-\d{5}", queue.stdout)[0]
    assert liaison.invoke(app, ["deals", "ask", deal, "Who decides at the customer?"]).exit_code == 0
    shown = json.loads(liaison.invoke(app, ["deals", "show", deal, "--json"]).stdout)
    assert (shown["state"], shown["comment"]) == ("action_required", "Who decides at the customer?")
    again = liaison.invoke(app, ["deals", "approve", deal])
    assert again.exit_code == 1
    assert "illegal_event" in again.stdout


def test_a_partner_sees_its_own_and_not_its_rivals(liaison: CliRunner) -> None:
    mine = liaison.invoke(app, ["deals", "list", "--as", "partner:acme"])
    theirs = set(re.findall(r"deal-\d{5}", liaison.invoke(app, ["deals", "list", "--as", "partner:hudson"]).stdout))
    assert theirs.isdisjoint(re.findall(r"deal-\d{5}", mine.stdout))
    hidden = liaison.invoke(app, ["deals", "show", theirs.pop(), "--as", "partner:acme"])
    assert hidden.exit_code == 1
    assert "not_found" in hidden.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["partners", "tier", "acme"], "gold → platinum"),
        (["partners", "funds", "acme"], "mdf-2026-acme"),
        (["partners", "list", "--country", "JP"], "minato"),
        (["partners", "show", "acme", "--as", "partner:acme"], "Acme Datentechnik GmbH"),
        (["partners", "certificates", "acme"], "Sales Associate"),
        (["prm", "rules"], "first-approved-wins"),
        (["prm", "check"], "1320"),
        (["deals", "list", "--as", "nobody"], "--as partner:ID"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_answers(liaison: CliRunner, arguments: list[str], words: str) -> None:
    assert words in liaison.invoke(app, arguments).stdout
