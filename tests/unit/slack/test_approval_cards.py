"""Approvals as cards: who sees them, who may press them, and what they say afterwards."""

from __future__ import annotations

import asyncio
import random

import pytest

from assistant.domain.approvals import ApprovalState
from assistant.ports.prm import Write
from tests.slack.mock import Json, Message, Refused
from tests.slack.people import (
    ACME,
    DANA,
    JONAS,
    LENA,
    MANAGER,
    ODD,
    OLAF,
    Office,
    a_customer,
    filled,
    found,
    shown_in,
    text,
)

LARGE = "2000000"  # above what the rules let through without a channel manager


def now(office: Office, card: Message) -> Message:
    return office.slack.messages[card.ts]


async def test_a_card_shows_everything_that_would_be_written_and_where_it_came_from(office: Office) -> None:
    customer = a_customer()
    card = await office.proposed(customer)
    for told in (customer, "40000", "EUR", "Ida", "Holm", "immutable backup", "your words", "keep"):
        assert told in shown_in(card)


async def test_only_whoever_asked_reads_the_card(office: Office) -> None:
    await office.proposed()
    readers = {message.channel for message in office.slack.messages.values()}
    assert readers == {LENA}


async def test_approving_writes_the_deal_and_turns_the_card_into_a_receipt(office: Office) -> None:
    customer = a_customer()
    card = await office.proposed(customer)
    await office.click(card, "approval_approve")
    assert f"{customer}: active" in await office.deals()
    assert "active and protected" in shown_in(now(office, card))
    assert found(now(office, card).blocks, "approval_approve") is None


async def test_pressing_twice_writes_once_and_says_so(office: Office) -> None:
    customer = a_customer()
    card = await office.proposed(customer)
    before = Message(card.channel, card.ts, "", blocks=card.blocks)
    await office.click(before, "approval_approve")
    await office.click(before, "approval_approve")
    assert "decided before your click" in office.told
    assert [deal for deal in await office.deals() if customer in deal] == [f"{customer}: active"]


@pytest.mark.parametrize("who", [OLAF, DANA, JONAS, ODD])
@pytest.mark.parametrize("action", ["approval_approve", "approval_reject", "approval_edit"])
async def test_nobody_else_decides_it(office: Office, who: str, action: str) -> None:
    customer = a_customer()
    card = await office.proposed(customer)
    await office.click(card, action, by=who)
    assert len(office.slack.views) == 1  # the form of whoever asked
    assert any(word in office.told for word in ("not yours", "nicht Ihre", "pas à vous"))
    assert not any(customer in deal for deal in await office.deals())
    assert (await office.approval(card)).state is ApprovalState.PENDING


async def test_a_click_of_an_external_person_counts_for_their_own_team(office: Office) -> None:
    card = await office.proposed()
    element = found(card.blocks, "approval_approve")
    assert element is not None
    await office.act(element, by=DANA, team={"id": "T1"}, channel={"id": "C2"})
    assert (await office.approval(card)).state is ApprovalState.PENDING


async def test_a_thousand_clicks_of_anybody_make_one_deal_each(office: Office) -> None:
    dice = random.Random(7)
    customers = [a_customer() for _ in range(3)]
    cards = [await office.proposed(customer) for customer in customers]
    clicks = [(dice.choice(cards), dice.choice((LENA, OLAF, DANA, ODD))) for _ in range(60)]
    blocks = {card.ts: Message(card.channel, card.ts, "", blocks=card.blocks) for card in cards}
    clicks += [(card, LENA) for card in cards]
    dice.shuffle(clicks)
    for start in range(0, len(clicks), 9):
        part = clicks[start : start + 9]
        await asyncio.gather(*(office.click(blocks[card.ts], "approval_approve", by=who) for card, who in part))
    deals = await office.deals()
    assert [sum(customer in deal for deal in deals) for customer in customers] == [1, 1, 1]


async def test_rejecting_asks_why_and_the_card_says_it(office: Office) -> None:
    customer = a_customer()
    card = await office.proposed(customer)
    await office.click(card, "approval_reject")
    assert office.form()["callback_id"] == "reason_form"
    shown = await office.send({"reason": text("The customer went elsewhere.")})
    assert "Rejected" in str(shown)
    await office.follow()
    assert "went elsewhere" in shown_in(now(office, card))
    assert not any(customer in deal for deal in await office.deals())


async def test_editing_opens_the_form_with_what_was_proposed_and_replaces_the_proposal(office: Office) -> None:
    customer = a_customer()
    card = await office.proposed(customer)
    await office.click(card, "approval_edit")
    names = {block.get("block_id"): block.get("element", {}) for block in office.form()["blocks"]}
    assert names["customer_name"]["initial_value"] == customer
    assert names["amount"]["initial_value"] == "40000"
    shown = await office.send(filled(customer, amount="55000"))
    assert shown["response_action"] == "update"
    await office.settle()
    await office.follow()
    first, second = office.to(LENA)
    assert "dropped" in shown_in(first)
    assert "55000" in shown_in(second)
    await office.click(second, "approval_approve")
    assert [deal for deal in await office.deals() if customer in deal] == [f"{customer}: active"]


async def test_a_card_that_was_replaced_decides_nothing(office: Office) -> None:
    customer = a_customer()
    card = await office.proposed(customer)
    old = Message(card.channel, card.ts, "", blocks=card.blocks)
    await office.click(card, "approval_edit")
    await office.send(filled(customer, amount="55000"))
    await office.settle()
    await office.click(old, "approval_approve")
    assert not any(customer in deal for deal in await office.deals())
    assert "dropped" in office.told


async def test_a_decision_on_another_surface_reaches_the_card(office: Office) -> None:
    card = await office.proposed()
    approval = await office.approval(card)
    asker = approval.proposal.requester
    await office.liaison.approval_desk.approve(approval.id, approval.digest, requester=asker)
    await office.follow()
    assert "active and protected" in shown_in(now(office, card))
    updates = [call for call in office.slack.calls if call.method == "chat.update"]
    await office.follow()
    assert [call for call in office.slack.calls if call.method == "chat.update"] == updates


async def reviewed(office: Office, customer: str) -> Message:
    """The card of a deal that the rules send to review, as its channel manager gets it."""
    card = await office.proposed(customer, amount=LARGE)
    assert "Rule large-deal" in shown_in(card) or found(card.blocks, "approval_approve")
    await office.click(card, "approval_approve")
    assert f"{customer}: submitted" in await office.deals()
    await office.follow()
    return next(message for message in office.to(JONAS) if customer in shown_in(message))


async def test_a_channel_manager_gets_what_the_rules_send_to_review(office: Office) -> None:
    customer = a_customer()
    review = await reviewed(office, customer)
    assert "· Acme" in shown_in(review)
    assert all(found(review.blocks, action) for action in ("review_approve", "review_ask", "review_reject"))


async def test_what_came_to_review_is_shown_once(office: Office) -> None:
    customer = a_customer()
    await reviewed(office, customer)
    await office.follow()
    assert sum(customer in shown_in(message) for message in office.to(JONAS)) == 1


async def test_a_channel_manager_approves_from_the_card_and_the_partner_hears_of_it(office: Office) -> None:
    customer = a_customer()
    review = await reviewed(office, customer)
    await office.click(review, "review_approve", by=JONAS)
    assert f"{customer}: active" in await office.deals()
    assert found(now(office, review).blocks, "review_approve") is None
    await office.follow()
    assert any(customer in shown_in(told) and "active and protected" in told.text for told in office.to(LENA))


@pytest.mark.parametrize(
    ("action", "state", "told"),
    [
        ("review_reject", "rejected", "This is ours already."),
        ("review_ask", "action_required", "This is ours already."),
    ],
)
async def test_a_channel_manager_says_why_or_asks_and_the_partner_reads_it(
    office: Office, action: str, state: str, told: str
) -> None:
    customer = a_customer()
    review = await reviewed(office, customer)
    await office.click(review, action, by=JONAS)
    await office.send({"reason": text(told)}, by=JONAS)
    assert f"{customer}: {state}" in await office.deals()
    await office.follow()
    assert any(told in message.text for message in office.to(LENA)), office.to(LENA)
    assert found(now(office, review).blocks, action) is None


async def test_a_review_that_was_decided_elsewhere_says_so(office: Office) -> None:
    customer = a_customer()
    review = await reviewed(office, customer)
    page = await office.liaison.prm.desk.queue(requester=MANAGER)
    deal = next(each for each in page.items if each.draft.customer.name == customer)
    write = Write(requester=MANAGER, key=f"desk-{deal.id}", expected_version=deal.version)
    await office.liaison.prm.desk.approve(deal.id, write=write)
    await office.click(review, "review_reject", by=JONAS)
    await office.send({"reason": text("too late")}, by=JONAS)
    await office.follow()
    assert f"{customer}: active" in await office.deals()
    assert found(now(office, review).blocks, "review_approve") is None


@pytest.mark.parametrize("who", [LENA, DANA, ODD])
async def test_nobody_else_decides_a_review(office: Office, who: str) -> None:
    customer = a_customer()
    review = await reviewed(office, customer)
    for action in ("review_approve", "review_reject", "review_ask"):
        await office.click(review, action, by=who)
    assert f"{customer}: submitted" in await office.deals()
    assert any(word in office.told for word in ("not yours", "pas à vous"))


async def test_who_cannot_be_written_to_directly_decides_in_the_channel_where_only_they_see_it(office: Office) -> None:
    customer = a_customer()
    await office.shortcut("A lead", channel="C1")
    refuse_direct(office)
    await office.send(filled(customer))
    await office.settle()
    (card,) = office.private(LENA)
    assert card.channel == "C1"
    await office.click(card, "approval_approve")
    assert f"{customer}: active" in await office.deals()
    receipt = office.slack.responses[-1]
    assert receipt["replace_original"] is True
    assert "active and protected" in str(receipt)


def refuse_direct(office: Office) -> None:
    """Slack lets nobody write directly to a person whose workspace has not installed the app."""
    post = office.slack._chat_postmessage

    def posted(arguments: Json) -> Json:
        if str(arguments["channel"]).startswith("U"):
            raise Refused("channel_not_found")
        return post(arguments)

    office.slack._chat_postmessage = posted  # type: ignore[method-assign]


async def test_a_write_that_a_crash_broke_off_is_finished_by_the_next_click(office: Office) -> None:
    customer = a_customer()
    card = await office.proposed(customer)
    approval = await office.approval(card)
    book = office.liaison.approvals
    await book.decide(approval.id, approval.digest, approve=True, requester=approval.proposal.requester)
    await book.claim(approval.id)
    await office.click(card, "approval_approve")
    assert [deal for deal in await office.deals(ACME) if customer in deal] == [f"{customer}: active"]


@pytest.mark.parametrize("subject", ["", "x", "x:y", "x:" + "0" * 64, ":", "ü:…"])
async def test_a_button_with_a_made_up_value_does_nothing(office: Office, subject: str) -> None:
    for action in ("approval_approve", "approval_reject", "approval_edit"):
        await office.act({"type": "button", "action_id": action, "value": subject})
    assert "not yours" in office.told
    assert office.slack.views == {}
