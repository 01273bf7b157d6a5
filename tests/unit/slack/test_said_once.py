"""A process may die at any moment of a turn: whoever asked reads one reply, whole, and the thread keeps one turn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from integrations.bootstrap import Liaison
from integrations.surfaces.slack.actor import actor_of
from integrations.surfaces.slack.delivery import Delivery
from integrations.surfaces.slack.outgoing import SlackCalls
from tests.slack.mock import Message
from tests.slack.people import COUNT, LENA, MAP, Office, a_slack, an_office
from tests.unit.surfaces.world import serving

ASKED = "How long does an approved deal registration protect a partner?"


class Killed(BaseException):
    """The process dies here: nothing handles it."""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Liaison]:
    folder = tmp_path_factory.mktemp("once")
    (folder / "slack.yaml").write_text(MAP)
    tokens: dict[str, Any] = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "s"}
    with serving(folder, slack_organizations=folder / "slack.yaml", **tokens) as service:
        yield service.liaison


@pytest.fixture
async def office(installation: Liaison, shared: Path) -> AsyncIterator[Office]:
    async with an_office(installation, a_slack(shared)) as made:
        yield made


def asked(text: str = ASKED, *, channel: str = "D1", thread: str = "", **more: Any) -> Delivery:
    ts = f"1750000000.{next(COUNT):06d}"
    kind = "im" if channel.startswith("D") else "channel"
    event = {"type": "message", "user": LENA, "user_team": "TACME", "text": text, "channel": channel, "ts": ts}
    whole = {**event, "channel_type": kind, **({"thread_ts": thread} if thread else {}), **more}
    payload = {"type": "event_callback", "team_id": "T1", "event_id": ts, "event": whole}
    return Delivery(whole["type"], payload | {"is_ext_shared_channel": True})


def thread_of(delivery: Delivery) -> str:
    event = delivery.payload["event"]
    return str(event.get("thread_ts") or event["ts"])


def replies(office: Office, delivery: Delivery) -> list[Message]:
    kept = office.slack.messages.values()
    return [each for each in kept if each.thread == thread_of(delivery) and not each.ephemeral_for]


def read(message: Message) -> str:
    told = "".join(block["text"] for block in message.blocks if block["type"] == "markdown")
    return told or message.text


async def died(office: Office, delivery: Delivery, monkeypatch: pytest.MonkeyPatch, *, call: str, after: bool) -> None:
    """Handle a delivery in a process that dies just before or after Slack takes its first call of a method."""
    real = SlackCalls.call

    async def until(self: SlackCalls, method: str, **arguments: Any) -> Any:
        if method == call and not after:
            raise Killed
        made = await real(self, method, **arguments)
        if method == call:
            raise Killed
        return made

    with monkeypatch.context() as patched:
        patched.setattr(SlackCalls, "call", until)
        with pytest.raises(Killed):
            await office.surface.handle(delivery)


def again(delivery: Delivery) -> Delivery:
    """The same, handed out anew after its first worker died."""
    return replace(delivery, again=True)


MOMENTS = [
    ("assistant.threads.setStatus", True),
    ("chat.startStream", False),
    ("chat.startStream", True),
    ("chat.stopStream", False),
    ("chat.stopStream", True),
]


@pytest.mark.parametrize(("call", "after"), MOMENTS)
async def test_a_reply_that_was_broken_off_is_finished_and_said_once(
    office: Office, monkeypatch: pytest.MonkeyPatch, call: str, after: bool
) -> None:
    question, whole = asked(), asked()
    await office.surface.handle(whole)
    await died(office, question, monkeypatch, call=call, after=after)
    await office.surface.handle(again(question))
    await office.surface.handle(again(question))
    (reply,) = replies(office, question)
    assert reply.streaming_since is None
    assert read(reply) == read(replies(office, whole)[0])


async def turns_of(office: Office, delivery: Delivery) -> list[str]:
    """What the thread of a direct message remembers."""
    workspace = await office.surface.handle.workspaces.team("T1")
    assert workspace is not None
    asker = await workspace.app.replier.who.requester(actor_of(delivery))
    name = f"slack:T1:{delivery.payload['event']['channel']}:{thread_of(delivery)}"
    thread = await office.liaison.conversation.threads.open(name, requester=asker)
    return [turn.resolution.asked for turn in thread.turns]


@pytest.mark.parametrize(("call", "after"), [("chat.startStream", True), ("chat.stopStream", False)])
async def test_the_thread_keeps_the_turn_once(
    office: Office, monkeypatch: pytest.MonkeyPatch, call: str, after: bool
) -> None:
    question = asked()
    await died(office, question, monkeypatch, call=call, after=after)
    await office.surface.handle(again(question))
    await office.surface.handle(again(question))
    assert await turns_of(office, question) == [ASKED]


async def test_two_replies_that_broke_off_in_one_thread_each_take_up_their_own(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = asked()
    second = asked("What are market development funds?", thread=thread_of(first))
    for question in (first, second):
        await died(office, question, monkeypatch, call="chat.startStream", after=True)
    await office.surface.handle(again(second))
    await office.surface.handle(again(first))
    told = replies(office, first)
    assert len(told) == 2
    assert {message.streaming_since for message in told} == {None}
    assert sorted("90 days" in read(message) for message in told) == [False, True]


async def test_what_people_and_other_replies_said_in_the_thread_is_left_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = asked()
    await office.surface.handle(whole)
    (before,) = replies(office, whole)
    office.slack.channels["D1"]["thread"] = [{"ts": "1759999999.000001", "user": LENA, "text": "Thanks!"}]
    broken = asked("When are claims for market development funds paid?", thread=thread_of(whole))
    kept = (read(before), before.blocks)
    await died(office, broken, monkeypatch, call="chat.startStream", after=False)
    await office.surface.handle(again(broken))
    assert (read(before), before.blocks) == kept
    assert len(replies(office, whole)) == 2


async def test_a_channel_whose_threads_cannot_be_read_still_gets_its_reply(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = asked(f"<@UBOT> {ASKED}", channel="C1", type="app_mention")
    office.slack.closed.add("C1")
    await died(office, question, monkeypatch, call="chat.startStream", after=False)
    await office.surface.handle(again(question))
    assert any(call.error == "missing_scope" for call in office.slack.calls)
    (reply,) = replies(office, question)
    assert "90 days" in read(reply)


async def test_what_only_the_asker_may_see_is_shown_once(office: Office) -> None:
    question = asked("<@UBOT> What rebate do gold partners get on renewals?", channel="C2", type="app_mention")
    await office.surface.handle(question)
    shown = len(office.private(LENA))
    assert shown == 1
    await office.surface.handle(again(question))
    assert len(office.private(LENA)) == shown
