"""What every PRM adapter promises about invitations and funds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.domain.cosell import CoSellRole, InvitationDraft, InvitationState
from assistant.domain.deals import DealRegistration
from assistant.domain.funds import FundDraft
from assistant.domain.money import Money
from assistant.errors import Forbidden, InvalidRecord, KeyReused, NotAllowedInState, RecordNotFound, StaleVersion
from assistant.ports.prm import DealQuery
from tests.contract.prm_world import ACME, BETA, DRAFT, GAMMA, MANAGER, OFFLINE, World, by

ASK = FundDraft(
    allocation_id="mdf-acme",
    amount=Money.read("4000", "EUR"),
    activity="Customer day in Hamburg",
    outcome="Twenty new contacts",
    starts=date(2026, 10, 1),
    ends=date(2026, 10, 2),
)


@pytest.fixture(params=[*OFFLINE])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    yield from OFFLINE[request.param](tmp_path)


@pytest.fixture
async def deal(world: World) -> DealRegistration:
    return await world.prm.register_deal(DRAFT, write=by(ACME, "deal"))


def to_beta(deal: DealRegistration) -> InvitationDraft:
    return InvitationDraft(deal_id=deal.id, invitee="beta", role=CoSellRole.DELIVERY, message="Join us for delivery.")


async def test_an_invitation_hides_inviter_and_customer_until_it_is_accepted(
    world: World, deal: DealRegistration
) -> None:
    sent = await world.prm.invite(to_beta(deal), write=by(ACME, "i1"))
    (received,) = (await world.prm.invitations(requester=BETA)).items
    assert received.id == sent.id
    assert received.draft.message == "Join us for delivery."
    secrets = ("acme", deal.id, DRAFT.customer.name)
    assert not any(secret in repr(received) for secret in secrets)
    with pytest.raises(RecordNotFound):
        await world.prm.get_deal(deal.id, requester=BETA)
    accepted = await world.prm.accept_invitation(sent.id, write=by(BETA, "a1", sent.version))
    assert accepted.inviter == "acme"
    assert (await world.prm.get_deal(deal.id, requester=BETA)).id == deal.id
    assert [item.id for item in (await world.prm.find_deals(DealQuery(), requester=BETA)).items] == [deal.id]
    team = (await world.prm.engagement(deal.id, requester=BETA)).members
    assert [(member.partner_id, member.role) for member in team] == [
        ("acme", CoSellRole.LEAD),
        ("beta", CoSellRole.DELIVERY),
    ]


async def test_who_joined_may_read_the_deal_and_not_change_it(world: World, deal: DealRegistration) -> None:
    sent = await world.prm.invite(to_beta(deal), write=by(ACME, "i1"))
    await world.prm.accept_invitation(sent.id, write=by(BETA, "a1", sent.version))
    with pytest.raises(Forbidden):
        await world.prm.withdraw_deal(deal.id, "Not mine.", write=by(BETA, "w1", deal.version))
    with pytest.raises(Forbidden):
        await world.prm.invite(replace(to_beta(deal), invitee="gamma"), write=by(BETA, "i2"))


async def test_an_invitation_is_nobody_elses_business(world: World, deal: DealRegistration) -> None:
    sent = await world.prm.invite(to_beta(deal), write=by(ACME, "i1"))
    assert (await world.prm.invitations(requester=GAMMA)).items == ()
    with pytest.raises(RecordNotFound):
        await world.prm.accept_invitation(sent.id, write=by(GAMMA, "a1", sent.version))
    with pytest.raises(Forbidden):
        await world.prm.accept_invitation(sent.id, write=by(ACME, "a1", sent.version))
    assert await world.prm.changes(since=0, requester=GAMMA) == ()


async def test_a_declined_invitation_stays_masked_and_is_final(world: World, deal: DealRegistration) -> None:
    sent = await world.prm.invite(to_beta(deal), write=by(ACME, "i1"))
    with pytest.raises(InvalidRecord):
        await world.prm.decline_invitation(sent.id, "x" * 81, write=by(BETA, "d0", sent.version))
    declined = await world.prm.decline_invitation(sent.id, "No capacity", write=by(BETA, "d1", sent.version))
    assert declined.state is InvitationState.REJECTED
    assert declined.inviter == ""
    with pytest.raises(NotAllowedInState):
        await world.prm.accept_invitation(sent.id, write=by(BETA, "a1", declined.version))


async def test_an_invitation_that_ran_out_cannot_be_answered(world: World, deal: DealRegistration) -> None:
    sent = await world.prm.invite(to_beta(deal), write=by(ACME, "i1"))
    world.clock.turn(days=14)
    with pytest.raises(NotAllowedInState):
        await world.prm.accept_invitation(sent.id, write=by(BETA, "a1", sent.version))


async def test_an_answer_on_a_stale_version_is_refused(world: World, deal: DealRegistration) -> None:
    sent = await world.prm.invite(to_beta(deal), write=by(ACME, "i1"))
    with pytest.raises(StaleVersion):
        await world.prm.accept_invitation(sent.id, write=by(BETA, "a1", "7"))


@pytest.mark.parametrize(
    "change",
    [{"invitee": "acme"}, {"message": ""}, {"message": "x" * 256}, {"role": CoSellRole.LEAD}],
    ids=lambda change: next(iter(change)),
)
async def test_an_invitation_that_cannot_be_is_refused(
    world: World, deal: DealRegistration, change: dict[str, str]
) -> None:
    with pytest.raises(InvalidRecord):
        await world.prm.invite(replace(to_beta(deal), **change), write=by(ACME, "i1"))  # type: ignore[arg-type]


@pytest.mark.parametrize("invitee", ["hidden", "nobody"])
async def test_an_unlisted_partner_is_refused_like_one_that_does_not_exist(
    world: World, deal: DealRegistration, invitee: str
) -> None:
    with pytest.raises(RecordNotFound):
        await world.prm.invite(replace(to_beta(deal), invitee=invitee), write=by(ACME, "i1"))


async def test_nobody_is_invited_twice(world: World, deal: DealRegistration) -> None:
    await world.prm.invite(to_beta(deal), write=by(ACME, "i1"))
    with pytest.raises(InvalidRecord):
        await world.prm.invite(to_beta(deal), write=by(ACME, "i2"))


async def test_funds_are_asked_for_once_and_never_beyond_the_balance(world: World) -> None:
    first = await world.prm.request_funds(ASK, write=by(ACME, "f1"))
    assert await world.prm.request_funds(ASK, write=by(ACME, "f1")) == first
    (balance,) = await world.prm.fund_balance("acme", requester=ACME)
    assert (balance.committed, balance.available) == (Money.read("4000", "EUR"), Money.read("6000", "EUR"))
    with pytest.raises(InvalidRecord) as caught:
        await world.prm.request_funds(replace(ASK, amount=Money.read("6000.01", "EUR")), write=by(ACME, "f2"))
    assert caught.value.problems[0].code == "above_balance"
    with pytest.raises(KeyReused):
        await world.prm.request_funds(replace(ASK, amount=Money.read("1", "EUR")), write=by(ACME, "f1"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": Money.read("-1", "EUR")}, "amount.amount"),
        ({"amount": Money.read("100", "USD")}, "amount.currency"),
        ({"starts": date(2027, 1, 1), "ends": date(2027, 1, 2)}, "starts"),
    ],
    ids=["negative", "wrong currency", "outside the year"],
)
async def test_a_fund_request_that_cannot_be_names_its_field(
    world: World, change: dict[str, Money], field: str
) -> None:
    with pytest.raises(InvalidRecord) as caught:
        await world.prm.request_funds(replace(ASK, **change), write=by(ACME, "f1"))  # type: ignore[arg-type]
    assert field in {problem.field for problem in caught.value.problems}
    assert (await world.prm.fund_requests(requester=ACME)).items == ()


async def test_another_partners_money_cannot_be_seen_or_asked_for(world: World) -> None:
    with pytest.raises(RecordNotFound):
        await world.prm.request_funds(replace(ASK, allocation_id="mdf-beta"), write=by(ACME, "f1"))
    await world.prm.request_funds(ASK, write=by(ACME, "f2"))
    assert (await world.prm.fund_requests(requester=BETA)).items == ()
    assert len((await world.prm.fund_requests(requester=MANAGER)).items) == 1


async def test_opportunities_are_seen_by_who_worked_on_them(world: World) -> None:
    assert len((await world.prm.opportunities(requester=BETA)).items) == 1
    assert (await world.prm.opportunities(requester=GAMMA)).items == ()
    assert len((await world.prm.opportunities(requester=MANAGER)).items) == 1
