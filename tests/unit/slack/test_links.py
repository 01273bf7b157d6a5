"""Whose a workspace or an account is: files and codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.errors import Forbidden, SettingsError
from integrations.records.slack import SlackRecords, open_slack_records
from integrations.surfaces.slack.organizations import Organizations, read_organizations
from tests.contract.prm_world import TurnableClock


def test_the_file_of_organizations_is_read_and_its_mistakes_are_told(tmp_path: Path) -> None:
    file = tmp_path / "slack.yaml"
    file.write_text("teams: {T1: vendor, T2: 'partner:acme'}\npeople: {a@b.example: 'channel_manager:a'}")
    assert read_organizations(file).owner("T9", "T2") == "partner:acme"
    assert read_organizations(None) == Organizations()
    for wrong in (
        "teams: {T1: acme}",
        "team: {}",
        "people: {a@b.example: nobody}",
        "- T1",
        "teams: [",
        "domains: {d: x}",
    ):
        file.write_text(wrong)
        with pytest.raises(SettingsError):
            read_organizations(file)
    with pytest.raises(SettingsError):
        read_organizations(tmp_path / "absent.yaml")


@pytest.fixture
def records(tmp_path: Path) -> Iterator[SlackRecords]:
    made = open_slack_records(tmp_path, clock=TurnableClock())
    yield made
    made.close()


async def test_a_code_links_one_account_once(records: SlackRecords) -> None:
    code = await records.links.new_code("partner:acme", lifetime=timedelta(hours=1))
    assert await records.links.link("TACME", "U1", code=f" {code} ") == "partner:acme"
    assert await records.links.principal("TACME", "U1") == "partner:acme"
    assert await records.links.principal("TBETA", "U1") == ""
    for used in (code, "", "guess"):
        with pytest.raises(Forbidden):
            await records.links.link("TBETA", "U2", code=used)
    await records.links.unlink("TACME", "U1")
    assert await records.links.principal("TACME", "U1") == ""


async def test_a_code_expires(tmp_path: Path) -> None:
    clock = TurnableClock()
    records = open_slack_records(tmp_path, clock=clock)
    code = await records.links.new_code("partner:acme", lifetime=timedelta(hours=1))
    clock.turn(hours=1)
    with pytest.raises(Forbidden):
        await records.links.link("TACME", "U1", code=code)
    records.close()
