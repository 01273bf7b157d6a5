"""What our own PRM promises beyond test_prm_vendors.py, which every adapter passes: rules, desk, tiers, the feed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.domain.deals import DealState
from assistant.domain.deals_check import Likeness, Verdict
from assistant.domain.money import Money
from assistant.errors import (
    InvalidRecord,
    NotAllowedInState,
    PolicyRefused,
    RecordNotFound,
)
from assistant.ports.prm import DealQuery, PartnerQuery
from tests.contract.prm_world import ACME, BETA, DRAFT, MANAGER, NAMED, OFFLINE, World, a_draft, by, embedded
from tests.servers import fresh_database


@pytest.fixture(params=[*OFFLINE, "postgres"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "postgres":
        with fresh_database(request.getfixturevalue("postgres")) as url, embedded(url) as opened:
            yield opened
    else:
        yield from OFFLINE[request.param](tmp_path)


async def test_a_plain_deal_is_registered_and_protected_at_once(world: World) -> None:
    deal = await world.prm.register_deal(DRAFT, write=by(ACME, "k1"))
    assert deal.state is DealState.ACTIVE
    assert deal.rules == "standard@2026.2"
    assert deal.protected_until is not None
    assert (deal.protected_until - world.clock.now()).days == 90
    assert await world.prm.get_deal(deal.id, requester=ACME) == deal


async def test_a_draft_with_problems_names_every_one_and_writes_nothing(world: World) -> None:
    customer = replace(DRAFT.customer, duns="abc", country="XX")
    draft = replace(DRAFT, customer=customer, title="", target_close=world.clock.now().date().replace(year=2020))
    with pytest.raises(InvalidRecord) as caught:
        await world.prm.register_deal(draft, write=by(ACME, "k1"))
    assert {problem.field for problem in caught.value.problems} == {
        "title",
        "customer.country",
        "customer.duns",
        "target_close",
    }
    assert (await world.prm.find_deals(DealQuery(), requester=ACME)).items == ()
    assert await world.prm.changes(since=0, requester=ACME) == ()


async def test_first_approved_wins_without_saying_who(world: World) -> None:
    deal = await world.prm.register_deal(DRAFT, write=by(ACME, "k1"))
    other = replace(DRAFT, customer=replace(DRAFT.customer, name="NORDWIND LOGISTIK"), title="Another project")
    check = await world.prm.check_deal(other, requester=BETA)
    assert check.conflicts[0].likeness is Likeness.CERTAIN
    assert check.decision.verdict is Verdict.REFUSE
    with pytest.raises(PolicyRefused) as caught:
        await world.prm.register_deal(other, write=by(BETA, "k1"))
    assert caught.value.problems[0].code == "first-approved-wins"
    told = repr(check) + repr(caught.value.problems) + str(caught.value)
    assert not any(secret in told for secret in ("acme", "Acme", deal.id, DRAFT.title))


async def test_a_named_account_cannot_be_registered(world: World) -> None:
    with pytest.raises(PolicyRefused) as caught:
        await world.prm.register_deal(replace(DRAFT, customer=NAMED), write=by(ACME, "k1"))
    assert [problem.code for problem in caught.value.problems] == ["named-account"]


async def test_a_large_deal_waits_for_a_person(world: World) -> None:
    draft = replace(DRAFT, value=Money.read("2000000", "EUR"))
    assert (await world.prm.register_deal(draft, write=by(ACME, "k1"))).state is DealState.SUBMITTED


async def test_a_withdrawn_deal_is_final_and_frees_the_customer(world: World) -> None:
    deal = await world.prm.register_deal(DRAFT, write=by(ACME, "k1"))
    gone = await world.prm.withdraw_deal(deal.id, "The customer cancelled.", write=by(ACME, "k2", deal.version))
    assert gone.state is DealState.WITHDRAWN
    with pytest.raises(NotAllowedInState):
        await world.prm.extend_deal(deal.id, "A meeting took place.", write=by(ACME, "k3", gone.version))
    assert (await world.prm.register_deal(DRAFT, write=by(BETA, "k1"))).state is DealState.ACTIVE


async def test_protection_is_extended_once(world: World) -> None:
    deal = await world.prm.register_deal(DRAFT, write=by(ACME, "k1"))
    longer = await world.prm.extend_deal(deal.id, "Meeting on 3 September.", write=by(ACME, "k2", deal.version))
    assert deal.protected_until is not None
    assert longer.protected_until is not None
    assert (longer.protected_until - deal.protected_until).days == 60
    with pytest.raises(NotAllowedInState, match="already extended"):
        await world.prm.extend_deal(deal.id, "Another meeting.", write=by(ACME, "k3", longer.version))


async def test_another_partners_deal_looks_as_if_it_did_not_exist(world: World) -> None:
    deal = await world.prm.register_deal(DRAFT, write=by(ACME, "k1"))
    for requester in (BETA, replace(MANAGER, tenant="elsewhere")) if world.desk else (BETA,):
        with pytest.raises(RecordNotFound) as hidden:
            await world.prm.get_deal(deal.id, requester=requester)
        with pytest.raises(RecordNotFound) as absent:
            await world.prm.get_deal("deal-0", requester=requester)
        assert str(hidden.value).replace(deal.id, "deal-0") == str(absent.value)
        assert (await world.prm.find_deals(DealQuery(partner_id="acme"), requester=requester)).items == ()
    with pytest.raises(RecordNotFound):
        await world.prm.withdraw_deal(deal.id, "Not mine.", write=by(BETA, "k1", deal.version))
    assert await world.prm.changes(since=0, requester=BETA) == ()


async def test_deals_are_found_by_state_and_text(world: World) -> None:
    await world.prm.register_deal(DRAFT, write=by(ACME, "k1"))
    large = replace(a_draft("crm-2", title="Überlandwerk archive"), value=Money.read("2000000", "EUR"))
    waiting = await world.prm.register_deal(large, write=by(ACME, "k2"))
    submitted = await world.prm.find_deals(DealQuery(state=DealState.SUBMITTED), requester=ACME)
    assert [deal.id for deal in submitted.items] == [waiting.id]
    found = await world.prm.find_deals(DealQuery(text="überlandwerk"), requester=MANAGER)
    assert [deal.id for deal in found.items] == [waiting.id]
    assert (await world.prm.find_deals(DealQuery(text="100%_"), requester=MANAGER)).items == ()


async def test_a_partner_sees_itself_whole_and_others_by_their_profile(world: World) -> None:
    assert (await world.prm.get_partner("acme", requester=ACME)).contacts
    assert not (await world.prm.get_partner("beta", requester=ACME)).contacts
    assert (await world.prm.get_partner("beta", requester=MANAGER)).contacts
    names = [item.id for item in (await world.prm.find_partners(PartnerQuery(), requester=ACME)).items]
    assert names == ["acme", "beta", "gamma"]
    for call in (world.prm.certifications, world.prm.tier_progress, world.prm.fund_balance):
        with pytest.raises(RecordNotFound):
            await call("beta", requester=ACME)
    with pytest.raises(RecordNotFound):
        await world.prm.get_partner("hidden", requester=ACME)


async def test_tier_progress_counts_valid_certificates_and_won_deals(world: World) -> None:
    progress = await world.prm.tier_progress("acme", requester=ACME)
    assert progress.next_tier == "gold"
    assert [(item.requirement.measure, item.have, item.missing) for item in progress.measures] == [
        ("certified:technical", 1, 1),
        ("won_deals", 0, 1),
    ]
    assert not progress.qualifies
    assert len(await world.prm.certifications("acme", requester=ACME)) == 2


async def test_what_happened_is_told_once_in_order(world: World) -> None:
    deal = await world.prm.register_deal(DRAFT, write=by(ACME, "k1"))
    await world.prm.withdraw_deal(deal.id, "Cancelled.", write=by(ACME, "k2", deal.version))
    await world.prm.withdraw_deal(deal.id, "Cancelled.", write=by(ACME, "k2", deal.version))
    told = await world.prm.changes(since=0, requester=ACME)
    assert [(item.kind, item.record_id) for item in told] == [
        ("deal.registered", deal.id),
        ("deal.withdrawn", deal.id),
    ]
    assert await world.prm.changes(since=told[0].seq, requester=ACME) == told[1:]
    assert await world.prm.changes(since=0, requester=MANAGER) == told
