"""Two installations find their shared accounts by two files."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from integrations.cli import app
from tests.conftest import ROOT

SOON = (date.today() + timedelta(days=30)).isoformat()  # noqa: DTZ011 - the commands run by the system's clock


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("overlap")
    assert run(place, "mine", "prm", "seed", str(ROOT / "samples" / "prm")) == (0, ["3464 records added."])
    return place


def run(folder: Path, side: str, *words: str) -> tuple[int, list[str]]:
    runner = CliRunner(env={"LIAISON_DATA": str(folder / side), "COLUMNS": "200"})
    result = runner.invoke(app, list(words))
    return result.exit_code, [line for line in result.output.splitlines() if line.strip()]


def overlap(folder: Path, side: str, *words: str) -> tuple[int, str]:
    code, lines = run(folder, side, "cosell", "overlap", *words)
    return code, "\n".join(lines)


def allow(folder: Path, side: str, party: str, *more: str) -> None:
    words = ("consent", party, "--purpose", "joint planning", "--until", SOON, *more)
    assert overlap(folder, side, *words)[0] == 0


def test_two_parties_with_the_same_accounts_learn_that_and_no_more_than_was_allowed(folder: Path) -> None:
    assert run(folder, "theirs", "prm", "seed", str(ROOT / "samples" / "prm"))[0] == 0
    offer, answer = str(folder / "offer.json"), str(folder / "answer.json")
    code, told = overlap(folder, "mine", "offer", "theirs", "--out", offer)
    assert (code, "was never given" in told) == (1, True)
    allow(folder, "mine", "theirs")
    assert overlap(folder, "mine", "offer", "theirs", "--out", offer)[0] == 0
    allow(folder, "theirs", "mine", "--reveal", "members")
    assert overlap(folder, "theirs", "answer", "mine", offer, "--out", answer)[0] == 0
    again = overlap(folder, "theirs", "answer", "mine", offer, "--out", answer)
    assert (again[0], "less than 7 days ago" in again[1]) == (1, True)
    code, told = overlap(folder, "mine", "read", answer)
    assert code == 0
    sent = len(json.loads(Path(offer).read_text(encoding="utf-8"))["blinded"])
    assert f"{sent} accounts are shared." in told
    assert "account-0337" in told
    assert overlap(folder, "mine", "read", answer)[0] == 1  # its secret is gone


def test_partners_hashes_ended_and_withdrawn_consents_are_refused(folder: Path) -> None:
    allow(folder, "mine", "other")
    hashes = folder / "hashes.json"
    sent = {"id": "1", "sender": "other", "recipient": "us", "purpose": "p", "blinded": ["ab" * 32, "cd" * 32]}
    hashes.write_text(json.dumps({**sent, "protocol": "liaison-overlap-1"}), encoding="utf-8")
    out = str(folder / "out.json")
    code, told = overlap(folder, "mine", "answer", "other", str(hashes), "--out", out)
    assert (code, "hashes of names are refused" in told) == (1, True)
    code, told = overlap(folder, "mine", "offer", "other", "--out", out, "--as", "partner:acme")
    assert (code, "only channel managers" in told) == (1, True)
    assert overlap(folder, "mine", "consent", "other", "--purpose", "", "--until", SOON, "--revoke")[0] == 0
    assert overlap(folder, "mine", "answer", "other", str(hashes), "--out", out)[0] == 1
    past = ("consent", "other", "--purpose", "p", "--until", "2020-01-01")
    assert overlap(folder, "mine", *past)[0] == 0
    code, told = overlap(folder, "mine", "answer", "other", str(hashes), "--out", out)
    assert (code, "ended on 2020-01-01" in told) == (1, True)
    assert overlap(folder, "mine", "offer", "../up", "--out", out)[0] == 2
    nothing = overlap(folder, "mine", "read", str(folder / "no.json"))
    assert (nothing[0], "cannot be read" in nothing[1]) == (2, True)
