from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from assistant.cosell.outcomes import AS_DRAWN, BEST, EVENLY, FEWEST, RIPE, outcomes, reported
from assistant.domain.cosell import (
    CoSellInvitation,
    CoSellRole,
    InvitationDraft,
    InvitationState,
    Member,
    Opportunity,
    Outcome,
)
from assistant.domain.exposure import Choice, Exposure, Placed
from assistant.domain.money import Money

SHOWN_AT = datetime(2026, 8, 1, 12, tzinfo=UTC)
NOW = SHOWN_AT + RIPE + timedelta(days=5)
OPTIONS = (Choice("fresh", 0.9, 0.2), Choice("newer", 0.1, 0.2))


def exposure(number: int, *, drawn: str = "fresh") -> Exposure:
    placed = Placed(drawn, 9, 0.2, 0.9 if drawn == "fresh" else 0.1, kept=True)
    return Exposure(
        id=str(number),
        tenant="default",
        who="channel_manager:jonas",
        at=SHOWN_AT,
        deal_id=f"deal-{number}",
        model="m",
        shown=(Placed("acme", 1, 0.4), placed),
        choices=OPTIONS,
    )


def invitation(deal: str, partner: str, *, accepted: bool, at: datetime = SHOWN_AT) -> CoSellInvitation:
    state = InvitationState.ACCEPTED if accepted else InvitationState.PENDING
    draft = InvitationDraft(deal, partner, CoSellRole.DELIVERY, "Join us?")
    return CoSellInvitation(
        id=f"{deal}-{partner}",
        draft=draft,
        inviter="owner",
        state=state,
        created_at=at + timedelta(days=2),
        expires_at=at + timedelta(days=30),
        country="DE",
        industry="",
        product="keep",
        customer_name="",
    )


def won(deal: str, partner: str) -> Opportunity:
    team = (Member(partner, CoSellRole.DELIVERY),)
    value = Money(amount=Decimal(1), currency="EUR")
    return Opportunity(
        "o", "a", "keep", value, "launched", Outcome.WON, date(2026, 8, 2), date(2026, 8, 9), team, deal_id=deal
    )


def test_outcomes_come_back_from_the_prm_step_by_step() -> None:
    invited = [invitation("deal-1", "acme", accepted=True), invitation("deal-2", "acme", accepted=False)]
    found = outcomes(invited, [won("deal-1", "acme")])
    report = reported([exposure(1), exposure(2), exposure(3)], found, now=NOW)
    acme = next(item for item in report.partners if item.partner_id == "acme")
    assert (acme.shown, acme.invited, acme.accepted, acme.won) == (3, 2, 1, 1)
    assert (report.lists, report.of_deals, report.drawn) == (3, 3, 3)


def test_what_was_there_before_a_list_is_not_its_outcome() -> None:
    early = invitation("deal-1", "acme", accepted=True, at=SHOWN_AT - timedelta(days=9))
    report = reported([exposure(1)], outcomes([early], []), now=NOW)
    assert all(item.invited == 0 for item in report.partners)


def test_nothing_is_estimated_from_few_or_fresh_lists() -> None:
    few = reported([exposure(1)], {}, now=NOW)
    assert (few.policies, few.needed) == ((), FEWEST - 1)
    fresh = reported([exposure(number) for number in range(50)], {}, now=SHOWN_AT + timedelta(days=3))
    assert (fresh.policies, fresh.needed) == ((), FEWEST)
    described = [replace(exposure(number), deal_id="") for number in range(50)]
    assert reported(described, {}, now=NOW).needed == FEWEST


def test_policies_are_estimated_from_what_was_drawn() -> None:
    lists = [exposure(number, drawn="newer" if number % 10 == 0 else "fresh") for number in range(200)]
    joined = [invitation(f"deal-{number}", "newer", accepted=True) for number in range(0, 200, 20)]
    report = reported(lists, outcomes(joined, []), now=NOW)
    told = {item.policy: item for item in report.policies}
    assert set(told) == {BEST, EVENLY, AS_DRAWN}
    best, evenly = told[BEST].snips, told[EVENLY].snips
    assert best is not None
    assert evenly is not None
    assert best.value == 0.0  # no partner joined that the best-first policy would have shown
    assert evenly.value == pytest.approx(0.25, abs=0.01)  # half of "newer" joined, and it would be shown half the time
    assert evenly.low < 0.25 < evenly.high
