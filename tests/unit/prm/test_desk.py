from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.domain.deals import DealChange, DealState, SalesStage
from assistant.domain.funds import FundState
from assistant.domain.money import Money
from assistant.errors import Forbidden, InvalidRecord, NotAllowedInState, PolicyRefused, RecordNotFound
from integrations.prm import OpenPrm, opened
from tests.contract.prm_world import ACME, BETA, DRAFT, MANAGER, WORLD, TurnableClock, a_draft, by
from tests.contract.test_prm_cosell_and_funds import ASK

LARGE = replace(DRAFT, value=Money.read("2000000", "EUR"))


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def office(tmp_path: Path, clock: TurnableClock) -> Iterator[OpenPrm]:
    with opened(f"sqlite:///{tmp_path / 'prm.db'}", clock=clock) as found:
        found.load(WORLD, tenant="default")
        yield found


async def test_the_queue_holds_what_waits_and_the_longest_waiting_comes_first(
    office: OpenPrm, clock: TurnableClock
) -> None:
    first = await office.prm.register_deal(LARGE, write=by(ACME, "k1"))
    clock.turn(hours=1)
    other = replace(a_draft("crm-2"), value=Money.read("2000000", "EUR"))
    second = await office.prm.register_deal(other, write=by(BETA, "k2"))
    await office.prm.register_deal(a_draft("crm-3"), write=by(BETA, "k3"))
    assert [deal.id for deal in (await office.desk.queue(requester=MANAGER)).items] == [first.id, second.id]


async def test_the_second_to_be_approved_is_refused_unless_a_person_makes_an_exception(office: OpenPrm) -> None:
    mine = await office.prm.register_deal(LARGE, write=by(ACME, "k1"))
    theirs = await office.prm.register_deal(replace(LARGE, partner_ref="b-1"), write=by(BETA, "k1"))
    assert theirs.state is DealState.SUBMITTED
    await office.desk.approve(mine.id, write=by(MANAGER, "d1", mine.version))
    with pytest.raises(PolicyRefused, match="protected already"):
        await office.desk.approve(theirs.id, write=by(MANAGER, "d2", theirs.version))
    (conflict,) = await office.desk.conflicts(theirs.id, requester=MANAGER)
    assert conflict.deal_id == mine.id
    allowed = await office.desk.approve(
        theirs.id, exception="The customer chose in writing.", write=by(MANAGER, "d3", theirs.version)
    )
    assert allowed.state is DealState.ACTIVE


async def test_a_question_is_answered_by_an_edit_and_decided_again(office: OpenPrm) -> None:
    deal = await office.prm.register_deal(LARGE, write=by(ACME, "k1"))
    asked = await office.desk.ask(deal.id, "Is the value per year?", write=by(MANAGER, "d1", deal.version))
    assert (asked.state, asked.comment) == (DealState.ACTION_REQUIRED, "Is the value per year?")
    edit = DealChange(value=Money.read("90000", "EUR"))
    answered = await office.prm.update_deal(deal.id, edit, write=by(ACME, "k2", asked.version))
    assert answered.state is DealState.ACTIVE


async def test_a_duplicate_is_closed_without_naming_the_original_to_the_partner(office: OpenPrm) -> None:
    mine = await office.prm.register_deal(LARGE, write=by(ACME, "k1"))
    theirs = await office.prm.register_deal(replace(LARGE, partner_ref="b-1"), write=by(BETA, "k1"))
    closed = await office.desk.mark_duplicate(theirs.id, mine.id, write=by(MANAGER, "d1", theirs.version))
    assert closed.state is DealState.DUPLICATE
    seen = await office.prm.get_deal(theirs.id, requester=BETA)
    assert mine.id not in repr(seen)
    assert "acme" not in repr(seen)


async def test_a_rejected_deal_is_appealed_once(office: OpenPrm) -> None:
    deal = await office.prm.register_deal(LARGE, write=by(ACME, "k1"))
    with pytest.raises(InvalidRecord):
        await office.desk.reject(deal.id, " ", write=by(MANAGER, "d0", deal.version))
    rejected = await office.desk.reject(deal.id, "No contact.", write=by(MANAGER, "d1", deal.version))
    again = await office.prm.appeal_deal(deal.id, "New contact.", write=by(ACME, "k2", rejected.version))
    assert again.state is DealState.IN_REVIEW
    rejected = await office.desk.reject(deal.id, "Still none.", write=by(MANAGER, "d2", again.version))
    with pytest.raises(NotAllowedInState, match="already appealed"):
        await office.prm.appeal_deal(deal.id, "Please.", write=by(ACME, "k3", rejected.version))


async def test_an_approval_can_be_reopened_and_a_deal_won(office: OpenPrm) -> None:
    deal = await office.prm.register_deal(DRAFT, write=by(ACME, "k1"))
    reopened = await office.desk.reopen(deal.id, "Audit.", write=by(MANAGER, "d1", deal.version))
    approved = await office.desk.approve(deal.id, write=by(MANAGER, "d2", reopened.version))
    won = await office.desk.close(deal.id, won=True, write=by(MANAGER, "d3", approved.version))
    assert won.state is DealState.WON
    assert (await office.prm.tier_progress("acme", requester=ACME)).measures[1].have == 1


async def test_a_launched_stage_wins_the_deal(office: OpenPrm) -> None:
    deal = await office.prm.register_deal(DRAFT, write=by(ACME, "k1"))
    edit = DealChange(stage=SalesStage.LAUNCHED)
    assert (await office.prm.update_deal(deal.id, edit, write=by(ACME, "k2", deal.version))).state is DealState.WON
    other = await office.prm.register_deal(a_draft("crm-2"), write=by(ACME, "k3"))
    lost = DealChange(stage=SalesStage.CLOSED_LOST)
    with pytest.raises(InvalidRecord) as caught:
        await office.prm.update_deal(other.id, lost, write=by(ACME, "k4", other.version))
    assert caught.value.problems[0].field == "lost_reason"


async def test_without_reported_progress_protection_lapses_and_with_it_it_lasts(
    office: OpenPrm, clock: TurnableClock
) -> None:
    idle = await office.prm.register_deal(DRAFT, write=by(ACME, "k1"))
    busy = await office.prm.register_deal(a_draft("crm-2"), write=by(ACME, "k2"))
    await office.prm.update_deal(busy.id, DealChange(next_steps="Demo"), write=by(ACME, "k3", busy.version))
    clock.turn(days=30)
    assert await office.desk.tick() == 1
    assert (await office.prm.get_deal(idle.id, requester=ACME)).state is DealState.EXPIRED
    assert (await office.prm.get_deal(busy.id, requester=ACME)).state is DealState.ACTIVE
    clock.turn(days=60)
    assert await office.desk.tick() == 1
    assert await office.desk.tick() == 0


async def test_every_decision_is_kept_with_its_rules_and_can_be_made_again(
    office: OpenPrm, clock: TurnableClock
) -> None:
    deal = await office.prm.register_deal(LARGE, write=by(ACME, "k1"))
    clock.turn(days=1)
    await office.desk.approve(deal.id, write=by(MANAGER, "d1", deal.version))
    clock.turn(days=300)
    kept = await office.desk.decisions(deal.id, requester=MANAGER)
    assert [(item.rules, [reason.rule for reason in item.reasons]) for item in kept] == [
        ("standard@2026.2", ["large-deal"])
    ] * 2
    assert await office.desk.replay(deal.id, requester=MANAGER) == kept


async def test_funds_are_decided_step_by_step(office: OpenPrm) -> None:
    request = await office.prm.request_funds(ASK, write=by(ACME, "f1"))
    with pytest.raises(NotAllowedInState):
        await office.desk.decide_funds(request.id, FundState.PAID, write=by(MANAGER, "d1", request.version))
    rejected = await office.desk.decide_funds(
        request.id, FundState.REJECTED, write=by(MANAGER, "d2", request.version), comment="Too late."
    )
    assert rejected.comment == "Too late."
    assert (await office.prm.fund_balance("acme", requester=ACME))[0].committed.amount == 0


async def test_only_the_vendors_people_sit_at_the_desk(office: OpenPrm) -> None:
    deal = await office.prm.register_deal(LARGE, write=by(ACME, "k1"))
    with pytest.raises(Forbidden):
        await office.desk.approve(deal.id, write=by(ACME, "d1", deal.version))
    with pytest.raises(Forbidden):
        await office.desk.queue(requester=ACME)
    elsewhere = replace(MANAGER, tenant="elsewhere")
    with pytest.raises(RecordNotFound):
        await office.desk.approve(deal.id, write=by(elsewhere, "d1", deal.version))
