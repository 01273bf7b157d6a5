"""Talking to the agent in Slack: what is to be done is done for one person, and decided on a card."""

from __future__ import annotations

from typing import Any

import pytest

from tests.slack.people import DANA, JONAS, LENA, ODD, Office, a_customer, found, shown_in
from tests.unit.surfaces.world import closing_day

QUESTION = "How long does an approved deal registration protect a partner?"


def told(customer: str) -> str:
    domain = customer.split(maxsplit=1)[0].lower()
    return (
        f"Please register {customer}, Gera, Germany, Keep, 85,000 EUR, close {closing_day()}, it@{domain}.example. "
        "They cannot restore deleted data after an attack."
    )


async def test_a_deal_that_is_told_comes_back_as_a_card_that_registers_it(office: Office) -> None:
    customer = a_customer()
    await office.say(told(customer), thread_ts="19.900")
    reply, card = office.said_in("D1")
    assert reply.thread == card.thread == "19.900"
    assert "waits for your decision" in shown_in(reply)
    assert customer in shown_in(card)
    await office.click(card, "approval_approve")
    assert f"{customer}: active" in await office.deals()
    assert "active and protected" in shown_in(office.slack.messages[card.ts])


async def test_what_the_agent_does_is_shown_while_it_does_it(office: Office) -> None:
    await office.say("What is the status of our deals?", thread_ts="19.909")
    chunks = [chunk for call in office.slack.calls for chunk in call.arguments.get("chunks", [])]
    told = [(chunk["title"], chunk["status"]) for chunk in chunks if chunk["type"] == "task_update"]
    assert told[:2] == [("Look into the records", "in_progress"), ("Look into the records", "complete")]


async def test_the_agent_hears_of_what_was_decided_on_the_card(office: Office) -> None:
    customer = a_customer()
    await office.say(told(customer), thread_ts="19.901")
    card = office.said_in("D1")[-1]
    await office.click(card, "approval_approve")
    await office.say("thanks, what is its status?", thread_ts="19.901")
    assert "active and protected" in shown_in(office.said_in("D1")[-1])


async def test_a_yes_in_words_turns_the_card_into_a_receipt(office: Office) -> None:
    customer = a_customer()
    await office.say(told(customer), thread_ts="19.902")
    card = office.said_in("D1")[-1]
    await office.say("yes", thread_ts="19.902")
    await office.follow()
    assert f"{customer}: active" in await office.deals()
    assert found(office.slack.messages[card.ts].blocks, "approval_approve") is None


async def test_what_is_missing_is_asked_for_and_the_answer_goes_on_in_the_thread(office: Office) -> None:
    customer = a_customer()
    whole = told(customer)
    await office.say(whole.partition(" They")[0], thread_ts="19.903")
    assert "problem" in office.said_in("D1")[-1].text
    await office.say("They cannot restore deleted data after an attack.", thread_ts="19.903")
    assert found(office.said_in("D1")[-1].blocks, "approval_approve")


async def test_the_same_message_delivered_again_makes_one_proposal(office: Office) -> None:
    customer = a_customer()
    for _ in range(2):
        await office.say(told(customer), ts="19.904")
    cards = [message for message in office.said_in("D1") if found(message.blocks, "approval_approve")]
    assert len(cards) == 1


async def test_a_deal_told_in_a_channel_is_done_privately(office: Office) -> None:
    customer = a_customer()
    await office.say(f"<@UBOT> {told(customer)}", channel="C2", type="app_mention", ts="19.905")
    (public,) = office.said_in("C2")
    assert "privately" in public.text
    assert customer not in shown_in(public)
    assert office.private(LENA)
    (card,) = office.to(LENA)
    await office.click(card, "approval_approve")
    assert f"{customer}: active" in await office.deals()


@pytest.mark.parametrize("who", [ODD, JONAS])
async def test_who_may_not_register_deals_gets_no_card(office: Office, who: str) -> None:
    await office.say(told(a_customer()), by=who, ts=f"19.906{who}")
    assert all(found(message.blocks, "approval_approve") is None for message in office.slack.messages.values())


async def test_a_question_is_answered_from_the_content_as_before(office: Office) -> None:
    await office.say(QUESTION, ts="19.907")
    (reply,) = office.said_in("D1")
    assert reply.blocks[-1]["type"] == "context_actions"


OWN = {
    "Do we have any co-sell invitations?": "Invitations",
    "Which of our certificates expire soon?": "Certificates",
    "What are we missing for the next tier?": "Tier",
}


@pytest.mark.parametrize("question", OWN)
async def test_what_stands_in_ones_own_records_is_looked_up_there(office: Office, question: str) -> None:
    await office.say(question, ts=f"20.{list(OWN).index(question):03}")
    (reply,) = office.said_in("D1")
    assert shown_in(reply).startswith(OWN[question])


async def test_a_question_about_the_rules_for_certificates_is_one_to_the_content(office: Office) -> None:
    await office.say("Which certificates does the Gold tier require?", ts="19.918")
    chunks = [chunk for call in office.slack.calls for chunk in call.arguments.get("chunks", [])]
    assert "Look into the records" not in [chunk.get("title") for chunk in chunks]


async def test_an_answer_of_the_agent_can_be_rated(office: Office) -> None:
    await office.say("What is the status of our deals?", thread_ts="19.908")
    await office.say(QUESTION, thread_ts="19.908")
    reply = office.said_in("D1")[-1]
    buttons = found(reply.blocks, "feedback")
    assert buttons is not None
    await office.act(
        {"type": "feedback_buttons", "action_id": "feedback", "value": buttons["negative_button"]["value"]}
    )
    rated = await office.liaison.feedback.ratings(requester=(await manager(office)))
    assert any(each.feedback.answer_id in buttons["negative_button"]["value"] for each in rated)


async def manager(office: Office):  # type: ignore[no-untyped-def]  # noqa: ANN201
    return office.liaison.directory.requester("channel_manager:jonas")


async def follow_up(office: Office, text: str, **more: Any) -> int:
    """How many replies a channel hears to a message without a mention in a thread where Liaison was asked."""
    await office.say(f"<@UBOT> {QUESTION}", channel="C1", type="app_mention", ts="19.950")
    before = len(office.said_in("C1"))
    await office.say(text, channel="C1", **({"thread_ts": "19.950"} | more))
    return len(office.said_in("C1")) - before


def following(office: Office, allowed: bool) -> None:
    workspace = office.surface.handle.workspaces.workspace  # type: ignore[attr-defined]
    object.__setattr__(workspace.app, "follow_ups", allowed)


@pytest.mark.parametrize("allowed", [True, False])
async def test_a_follow_up_needs_no_mention_where_that_is_allowed(office: Office, allowed: bool) -> None:
    following(office, allowed)
    assert await follow_up(office, "Can the protection of a deal be extended?") == int(allowed)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Can a deal be extended?", {"thread_ts": "19.123"}),
        ("Can a deal be extended?", {"thread_ts": ""}),
        ("<@UJONAS> can a deal be extended?", {}),
        ("lunch at twelve then", {}),
    ],
)
async def test_what_is_said_among_people_is_left_to_them(office: Office, text: str, more: dict[str, Any]) -> None:
    following(office, True)
    assert await follow_up(office, text, **more) == 0


async def test_co_selling_is_for_channel_managers_and_partners_see_their_invitations(office: Office) -> None:
    await office.command("deal-1", name="/cosell", by=ODD)
    assert "cannot do this for you" in office.told
    await office.command("deal-1", name="/cosell", by=LENA)
    assert office.told == "Invitations"
    await office.command("deal-that-is-not", name="/cosell", by=JONAS)
    assert "Ich konnte nicht antworten" in office.told
    await office.command("", name="/cosell", by=DANA)
    assert office.slack.responses[-1]["blocks"]
