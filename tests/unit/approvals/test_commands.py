"""Approving and auditing in the terminal, on the embedded PRM."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from assistant.domain.approvals import Approval, Argument, AuditEntry, Proposal, Source
from assistant.domain.people import principal
from assistant.errors import InvalidRecord, UsageError
from assistant.tools.writes import Command, WithdrawDeal, command_of, payload_of, tool_of
from integrations.cli import app
from integrations.clock import SystemClock
from integrations.records.approvals import open_approvals
from tests.conftest import ROOT

ACME = principal("partner:acme")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIAISON_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "data"


def liaison(*words: str) -> tuple[int, str]:
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, list(words))
    return done.exit_code, done.output


def proposed(data: Path, command: Command, *, version: str = "") -> Approval:
    made = Proposal(
        tool=tool_of(command),
        payload=payload_of(command),
        arguments=(Argument("reason", "the project was stopped", Source.SAID, "stopped"),),
        requester=ACME,
        version=version,
        thread="t1",
        expires_at=datetime.now(UTC) + timedelta(hours=1),
    )
    book = open_approvals(data, clock=SystemClock())
    entered = asyncio.run(book.propose(made))
    book.close()
    return entered


def an_open_deal() -> tuple[str, str]:
    code, told = liaison("deals", "list", "--as", "partner:acme", "--json")
    assert code == 0, told
    deals = json.loads(told)["items"]
    chosen = next(deal for deal in deals if deal["partner_id"] == "acme" and deal["state"] in {"active", "in_review"})
    return chosen["id"], chosen["version"]


def test_what_is_approved_in_the_terminal_is_written_to_the_prm(data: Path) -> None:
    assert liaison("prm", "seed", str(ROOT / "samples" / "prm"))[0] == 0
    deal, version = an_open_deal()
    entered = proposed(data, WithdrawDeal(deal, "the project was stopped"), version=version)
    assert entered.id in liaison("approvals", "list", "--as", "partner:acme")[1]
    assert entered.id not in liaison("approvals", "list", "--as", "partner:beta")[1]
    assert entered.digest in liaison("approvals", "show", entered.id, "--as", "partner:acme")[1]
    wrong = liaison("approvals", "approve", entered.id, "--digest", "0" * 64, "--as", "partner:acme")
    assert wrong[0] == 1
    code, told = liaison("approvals", "approve", entered.id, "--digest", entered.digest, "--as", "partner:acme")
    assert (code, "done" in told) == (0, True), told
    again, _ = liaison("approvals", "approve", entered.id, "--digest", entered.digest, "--as", "partner:acme")
    assert again == 1
    _, shown = liaison("deals", "show", deal, "--as", "partner:acme", "--json")
    assert json.loads(shown)["state"] == "withdrawn"
    assert liaison("audit", "verify")[0] == 0


def test_a_rejection_is_kept_and_the_log_is_exported_whole(data: Path, tmp_path: Path) -> None:
    entered = proposed(data, WithdrawDeal("deal-1", "stopped"))
    rejecting = ("--digest", entered.digest, "--reason", "not ours", "--as", "partner:acme")
    assert liaison("approvals", "reject", entered.id, *rejecting)[0] == 0
    assert "rejected" in liaison("audit", "show", "--subject", entered.id)[1]
    assert liaison("audit", "export", str(tmp_path / "log.jsonl"))[0] == 0
    lines = (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [TypeAdapter(AuditEntry).validate_json(line) for line in lines]
    assert [entry.event for entry in entries] == ["proposed", "rejected"]
    assert all(entry.hash == entry.computed for entry in entries)
    assert "Nothing is unfinished" in liaison("approvals", "reconcile")[1]


def test_a_changed_or_cut_log_is_told(data: Path) -> None:
    proposed(data, WithdrawDeal("deal-1", "stopped"))
    head = re.findall(r"[0-9a-f]{64}", liaison("audit", "verify")[1])[-1]
    assert liaison("audit", "verify", "--head", head)[0] == 0
    assert liaison("audit", "verify", "--head", "f" * 64)[0] == 1
    engine = create_engine(f"sqlite:///{data / 'approvals.sqlite3'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit SET actor = 'nobody'"))
    engine.dispose()
    code, told = liaison("audit", "verify")
    assert (code, "Line 1" in told) == (1, True)


def test_a_payload_reads_back_as_the_command_it_was_made_from() -> None:
    command = WithdrawDeal("deal-1", "stopped")
    assert command_of(tool_of(command), payload_of(command)) == command
    with pytest.raises(UsageError):
        command_of("delete_everything", "{}")
    with pytest.raises(InvalidRecord):
        command_of("withdraw_deal", '{"deal_id": "deal-1"}')
