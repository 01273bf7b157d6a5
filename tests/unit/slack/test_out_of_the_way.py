"""What goes wrong rarely: nothing of it is lost, shown to others, or stops what comes after it."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest
import structlog

from assistant.errors import ProviderUnavailable
from assistant.ports.event_inbox import Claim
from assistant.testing.event_inbox import MemoryInbox
from integrations.clock import SystemClock
from integrations.surfaces.slack import following, outgoing
from integrations.surfaces.slack.delivery import Delivery
from integrations.surfaces.slack.ingress import Ingress
from integrations.surfaces.slack.organizations import Organizations
from integrations.surfaces.slack.surface import follower
from integrations.surfaces.slack.workers import Workers
from tests.slack.mock import Json, Refused
from tests.slack.people import DANA, LENA, ODD, Office, a_customer, filled, found, shown_in
from tests.unit.slack.signing import FORM, SECRET, headers, interaction, post
from tests.unit.slack.test_workers import SOON, Noting, event, until

ELSEWHERE = "D9"  # between two people; Liaison is not in it


@pytest.fixture
def elsewhere(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office in whose Slack the app cannot write between two people."""
    real = type(office.slack)._chat_postmessage

    def post_message(slack: Any, arguments: Json) -> Json:
        if arguments["channel"] == ELSEWHERE:
            raise Refused("channel_not_found")
        return real(slack, arguments)

    monkeypatch.setattr(type(office.slack), "_chat_postmessage", post_message)
    return office


async def test_a_deal_that_is_told_between_two_people_is_proposed_to_whoever_told_it(elsewhere: Office) -> None:
    customer = a_customer()
    await elsewhere.command("", channel=ELSEWHERE)
    await elsewhere.send(filled(customer))
    await elsewhere.settle()
    (card,) = elsewhere.to(LENA)
    assert customer in shown_in(card)
    assert card.thread == ""
    await elsewhere.click(card, "approval_approve")
    assert f"{customer}: active" in await elsewhere.deals()
    assert found(elsewhere.slack.messages[card.ts].blocks, "approval_approve") is None
    assert not elsewhere.to(DANA)


async def test_a_mention_of_somebody_whose_id_begins_like_the_apps_is_none_of_it(office: Office) -> None:
    for text in ("<@UBOTH> how long is a deal protected?", "<@UBOTTOM|bo> how long is a deal protected?"):
        await office.say(text, by=ODD, channel="C1")
    assert office.said_in("C1") == []
    await office.say("<@UBOT|liaison> how long is a deal protected?", by=ODD, channel="C1")
    assert office.said_in("C1") != []


@pytest.mark.parametrize("status", ["429", "500"])
async def test_a_command_whose_reply_slack_cannot_take_now_is_answered_later(office: Office, status: str) -> None:
    office.slack.trouble["response_url"].append(status)
    with pytest.raises(ProviderUnavailable):
        await office.command("help", name="/partner")
    await office.command("help", name="/partner")
    assert "/partner link" in office.told


@pytest.mark.parametrize(
    ("call", "channel", "private"),
    [
        ("chat.startStream", "D1", 0),
        ("chat.stopStream", "D1", 0),
        ("chat.postMessage", "C2", 1),
        ("chat.postEphemeral", "C2", 1),
    ],
)
async def test_an_answer_that_slack_does_not_take_now_is_told_later_and_not_given_up(
    office: Office, monkeypatch: pytest.MonkeyPatch, call: str, channel: str, private: int
) -> None:
    monkeypatch.setattr(outgoing, "ATTEMPTS", 1)
    office.slack.trouble[call].append("reset")
    said: Json = {"channel": channel, "ts": f"21.{len(call)}"} | ({"type": "app_mention"} if private else {})
    question = "<@UBOT> What rebate do gold partners get on renewals?"
    with pytest.raises(ProviderUnavailable):
        await office.say(question, **said)
    await office.say(question, again=True, **said)
    (told,) = office.said_in(channel)
    assert told.streaming_since is None
    assert "could not answer" not in shown_in(told)
    assert len(office.private(LENA)) == private


async def test_an_inbox_that_fails_as_nobody_thought_is_asked_again() -> None:
    class Odd(MemoryInbox):
        trouble = 1

        async def claim(self, *, limit: int, lease: timedelta) -> tuple[Claim, ...]:
            if self.trouble:
                self.trouble -= 1
                raise RuntimeError("the customer is Quillon")
            return await super().claim(limit=limit, lease=lease)

    inbox, handle = Odd(SystemClock()), Noting()
    await inbox.put([event(1)])
    workers = Workers(inbox, handle, pace=SOON)
    with structlog.testing.capture_logs() as logs:
        workers.start()
        await until(lambda: handle.seen == [1])
        await workers.stop()
    assert "Quillon" not in str(logs)


async def test_news_that_cannot_be_read_as_nobody_thought_do_not_end_the_reading(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.01)
    looks: list[int] = []

    class Odd(following.Follower):
        async def approvals(self) -> int:
            looks.append(1)
            if len(looks) == 1:
                raise RuntimeError("the customer is Quillon")
            return 0

    looking = follower(office.liaison, office.surface.handle, Organizations())
    told = {each.name: getattr(looking, each.name) for each in fields(looking)}
    with structlog.testing.capture_logs() as logs:
        running = asyncio.create_task(Odd(**told).run())
        await until(lambda: len(looks) > 2 or running.done())
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert len(looks) > 2
    assert "Quillon" not in str(logs)


async def test_a_form_that_fails_as_nobody_thought_is_no_server_error_and_nothing_of_it_is_logged() -> None:
    async def inline(_delivery: Delivery) -> Json:
        raise KeyError("the customer is Quillon")

    ingress = Ingress(MemoryInbox(SystemClock()), secret=SECRET, inline=inline)
    body = interaction({"type": "view_submission", "view": {"id": "V1"}, "trigger_id": "t"})
    with structlog.testing.capture_logs() as logs:
        status, _ = await post(ingress, body, headers(body, kind=FORM))
    assert (status, "Quillon" in str(logs), len(logs)) == (503, False, 1)
