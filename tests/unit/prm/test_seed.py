from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.domain.deals import DealState
from assistant.domain.deals_validation import problems_of
from assistant.domain.people import Requester, Role
from assistant.errors import SettingsError
from assistant.ports.prm import DealQuery, Window
from assistant.ports.prm_archive import Archive
from integrations.prm import OpenPrm, opened
from integrations.prm.seed import sample_archive
from tests.conftest import ROOT
from tests.contract.prm_world import TurnableClock

SAMPLES = ROOT / "samples" / "prm"
MANAGER = Requester(user="jonas", role=Role.CHANNEL_MANAGER)


@pytest.fixture(scope="module")
def archive() -> Archive:
    return sample_archive(SAMPLES)


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[OpenPrm]:
    clock = TurnableClock(datetime(2026, 11, 16, 9, tzinfo=UTC))
    with opened(f"sqlite:///{tmp_path / 'prm.db'}", clock=clock, rules=SAMPLES / "rules.yaml") as found:
        found.seed(SAMPLES, data=tmp_path, tenant="default")
        yield found


def test_the_sample_is_large_varied_and_the_same_each_time(archive: Archive) -> None:
    assert archive == sample_archive(SAMPLES)
    assert len(archive.partners) >= 40
    assert len({partner.country for partner in archive.partners}) >= 10
    assert len(archive.accounts) >= 400
    assert len(archive.opportunities) >= 1000
    states = Counter(deal.state for deal in archive.deals)
    assert min(states[state] for state in (DealState.ACTIVE, DealState.SUBMITTED, DealState.ACTION_REQUIRED)) >= 20
    assert 0.3 < states[DealState.WON] / (states[DealState.WON] + states[DealState.LOST]) < 0.7


def test_every_record_of_the_sample_points_at_one_that_is_there(archive: Archive) -> None:
    partners, accounts = {item.id for item in archive.partners}, {item.id for item in archive.accounts}
    assert {deal.partner_id for deal in archive.deals} <= partners
    assert {deal.account_id for deal in archive.deals} <= accounts
    assert {member.partner_id for item in archive.opportunities for member in item.team} <= partners
    assert {item.deal_id for item in archive.opportunities} <= {deal.id for deal in archive.deals}


def test_every_open_registration_of_the_sample_was_complete_on_its_day(archive: Archive) -> None:
    for deal in archive.deals:
        if deal.state in {DealState.ACTIVE, DealState.SUBMITTED, DealState.ACTION_REQUIRED}:
            assert problems_of(deal.draft, today=deal.created_at.date()) == ()


async def test_the_sample_opens_with_a_queue_and_is_added_only_once(sample: OpenPrm, tmp_path: Path) -> None:
    assert len((await sample.desk.queue(requester=MANAGER)).items) == 20
    assert sample.seed(SAMPLES, data=tmp_path, tenant="default") == 0
    found = await sample.prm.find_deals(DealQuery(partner_id="acme"), requester=MANAGER, window=Window(limit=200))
    assert {deal.partner_id for deal in found.items} == {"acme"}


def test_what_is_exported_can_be_imported_and_is_the_same(sample: OpenPrm, tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    with path.open("w", encoding="utf-8") as out:
        written = sample.write(out, deals_only=False, tenant="default")
    assert sample.load_lines(path, tenant="copy") == written
    assert sample.dump(tenant="copy") == sample.dump(tenant="default")


def test_a_folder_without_the_sample_says_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        sample_archive(tmp_path / "none")
