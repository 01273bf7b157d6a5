"""Whatever happens to a stream, the whole text is there at the end, once, and nobody is left waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from integrations.surfaces.slack.manifest import BOT_SCOPES
from integrations.surfaces.slack.outgoing import Governor, SlackCalls
from integrations.surfaces.slack.progress import STATUS, working
from integrations.surfaces.slack.streaming import BUFFER, Place, StreamedReply
from tests.slack.mock import Message, MockSlack, serving
from tests.slack.spec import web_api
from tests.unit.slack.workspace import Minutes

SENTENCES = [f"Sentence number {n} tells what the programme guide says about deals. " for n in range(12)]
TEXT = "".join(SENTENCES)
PLACE = Place("C1", thread="1.0", team="TACME", user="ULENA")
BELOW = [{"type": "context", "elements": [{"type": "mrkdwn", "text": "[1] Guide"}]}]


@pytest.fixture
def clock() -> Minutes:
    return Minutes()


@pytest.fixture
async def slack(shared: Path, clock: Minutes) -> AsyncIterator[MockSlack]:
    async with serving(MockSlack(web_api(shared), now=clock)) as made:
        yield made
        assert made.faults == []


@pytest.fixture
async def calls(slack: MockSlack, clock: Minutes) -> AsyncIterator[SlackCalls]:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient("xoxb-1", base_url=slack.url, session=session, retry_handlers=[])
        yield SlackCalls(client, Governor(clock))


@pytest.fixture
def waited(clock: Minutes, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept each time; it only takes time on the clock."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        clock.seconds += seconds

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return waited


def methods(slack: MockSlack) -> list[str]:
    return [call.method for call in slack.calls]


def read(message: Message) -> str:
    """What a reader sees of a message: its blocks' text where it has any, else its own."""
    told = "".join(block["text"] for block in message.blocks if block["type"] == "markdown")
    return told or message.text


async def stream(calls: SlackCalls, clock: Minutes, *, seconds: float = 0.0) -> None:
    reply = StreamedReply(calls, PLACE, now=clock)
    for sentence in SENTENCES:
        await reply.say(sentence)
        clock.seconds += seconds
    await reply.finish(TEXT, BELOW)


async def test_an_answer_appears_while_it_is_made(calls: SlackCalls, slack: MockSlack, clock: Minutes) -> None:
    await stream(calls, clock)
    (message,) = slack.messages.values()
    assert (message.text, message.blocks, message.streaming_since) == (TEXT, BELOW, None)
    assert methods(slack)[0] == "chat.startStream"
    assert methods(slack)[-1] == "chat.stopStream"
    assert methods(slack).count("chat.appendStream") <= len(TEXT) // BUFFER


def a_step(status: str) -> dict[str, str]:
    return {"type": "task_update", "id": "search", "title": "Search", "status": status}


def steps_told(slack: MockSlack) -> list[tuple[str, str]]:
    chunks = [(call.method, chunk) for call in slack.calls for chunk in call.arguments.get("chunks", [])]
    return [(method, chunk["status"]) for method, chunk in chunks if chunk["type"] == "task_update"]


async def test_steps_are_shown_as_they_are_taken(calls: SlackCalls, slack: MockSlack, clock: Minutes) -> None:
    reply = StreamedReply(calls, PLACE, now=clock)
    await reply.does(a_step("in_progress"))
    await reply.does(a_step("complete"))
    await reply.say(TEXT)
    await reply.finish(TEXT, BELOW)
    (message,) = slack.messages.values()
    assert (message.text, message.streaming_since) == (TEXT, None)
    assert steps_told(slack) == [("chat.startStream", "in_progress"), ("chat.appendStream", "complete")]


async def test_a_step_that_is_over_comes_with_the_first_words(
    calls: SlackCalls, slack: MockSlack, clock: Minutes
) -> None:
    reply = StreamedReply(calls, PLACE, now=clock)
    await reply.does(a_step("complete"), at_once=False)
    assert slack.calls == []
    await reply.say(SENTENCES[0])
    assert steps_told(slack) == [("chat.startStream", "complete")]
    await reply.finish(SENTENCES[0], [])
    assert [each.text for each in slack.messages.values()] == [SENTENCES[0]]


async def test_without_room_for_a_stream_steps_cost_no_text(
    calls: SlackCalls, slack: MockSlack, clock: Minutes
) -> None:
    calls.governor.close("chat.startStream", "C1", seconds=60)
    reply = StreamedReply(calls, PLACE, now=clock)
    await reply.does(a_step("in_progress"))
    await reply.say(TEXT)
    await reply.finish(TEXT, BELOW)
    assert ([read(each) for each in slack.messages.values()], steps_told(slack)) == ([TEXT], [])


@pytest.mark.parametrize("trouble", ["none", "full", "500"])
async def test_that_a_reply_is_on_its_way_is_said_before_it_and_never_holds_it_up(
    calls: SlackCalls, slack: MockSlack, clock: Minutes, trouble: str
) -> None:
    if trouble == "full":
        calls.governor.close(STATUS, "C1", seconds=60)
    slack.trouble[STATUS].extend(["500"] * 3 if trouble == "500" else [])
    before = asyncio.create_task(working(calls, "C1", "1.0", "de", seconds=60 if trouble == "none" else 1))
    reply = StreamedReply(calls, PLACE, now=clock, before=before)
    await reply.say(TEXT)
    await reply.finish(TEXT, BELOW)
    assert [read(each) for each in slack.messages.values()] == [TEXT]
    said = [call.arguments for call in slack.calls if call.method == STATUS]
    assert (methods(slack)[0] == STATUS) is bool(said) is (trouble == "none")
    assert all(each["status"].startswith("liest") and each["thread_ts"] == "1.0" for each in said)


async def test_without_room_for_a_stream_it_comes_as_one_message(
    calls: SlackCalls, slack: MockSlack, clock: Minutes
) -> None:
    for _ in range(20):
        assert calls.governor.take(("chat.startStream", "C9"), ("chat.stopStream", "C9")) == 0
    await stream(calls, clock)
    (message,) = slack.messages.values()
    assert (read(message), methods(slack)) == (TEXT, ["chat.postMessage"])


async def test_without_room_to_append_the_rest_comes_at_the_end(
    calls: SlackCalls, slack: MockSlack, clock: Minutes
) -> None:
    for _ in range(100):
        calls.governor.take(("chat.appendStream", "C9"))
    await stream(calls, clock)
    assert [read(message) for message in slack.messages.values()] == [TEXT]
    assert methods(slack) == ["chat.startStream", "chat.stopStream"]


@pytest.mark.parametrize("seconds", [25.0, 120.0])
async def test_a_stream_that_grows_old_is_completed_as_a_message(
    calls: SlackCalls, slack: MockSlack, clock: Minutes, seconds: float
) -> None:
    await stream(calls, clock, seconds=seconds)
    (message,) = slack.messages.values()
    assert (read(message), message.streaming_since) == (TEXT, None)
    assert methods(slack)[-1] == "chat.update"


async def test_a_stream_that_somebody_stopped_is_completed_all_the_same(
    calls: SlackCalls, slack: MockSlack, clock: Minutes
) -> None:
    reply = StreamedReply(calls, PLACE, now=clock)
    await reply.say(SENTENCES[0])
    next(iter(slack.messages.values())).streaming_since = None
    for sentence in SENTENCES[1:]:
        await reply.say(sentence)
    await reply.finish(TEXT, BELOW)
    assert [read(message) for message in slack.messages.values()] == [TEXT]


async def test_a_message_that_was_deleted_is_said_anew(calls: SlackCalls, slack: MockSlack, clock: Minutes) -> None:
    reply = StreamedReply(calls, PLACE, now=clock)
    await reply.say(SENTENCES[0])
    slack.messages.clear()
    await reply.finish(TEXT, BELOW)
    assert [read(message) for message in slack.messages.values()] == [TEXT]


async def test_an_answer_that_ends_otherwise_than_it_began_is_replaced(
    calls: SlackCalls, slack: MockSlack, clock: Minutes
) -> None:
    reply = StreamedReply(calls, PLACE, now=clock)
    await reply.say("This turned out to be unsupported.")
    await reply.finish("The content does not say.", [])
    assert [read(message) for message in slack.messages.values()] == ["The content does not say."]


async def test_an_answer_that_is_too_long_for_a_message_comes_in_parts(
    calls: SlackCalls, slack: MockSlack, clock: Minutes
) -> None:
    text = "\n\n".join(TEXT for _ in range(40))
    reply = StreamedReply(calls, PLACE, now=clock)
    await reply.say(text)
    await reply.finish(text, BELOW)
    assert "".join(read(message) for message in slack.messages.values()) == text
    assert [message.blocks[-1]["type"] for message in slack.messages.values()] == ["markdown"] * 2 + ["context"]


async def test_a_busy_slack_is_waited_for_and_a_broken_line_tried_again(
    calls: SlackCalls, slack: MockSlack, waited: list[float]
) -> None:
    slack.trouble["chat.postMessage"].extend(["500", "503"])
    assert (await calls.call("chat.postMessage", channel="C1", text="x"))["ok"]
    for _ in range(6):
        await calls.call("chat.postMessage", channel="C2", text="x")
    assert len(slack.messages) == 7
    assert waited


async def test_slacks_own_count_is_believed(calls: SlackCalls, slack: MockSlack, waited: list[float]) -> None:
    for _ in range(100):
        slack.answer("users.info", "xoxb-1", {"user": "U1"})
    with pytest.raises(SlackApiError, match="user_not_found"):
        await calls.call("users.info", user="U1")
    assert [seconds for seconds in waited if seconds > 55] == [60.0]


def test_the_governor_counts_posts_by_channel_and_the_rest_by_method() -> None:
    clock = Minutes()
    governor = Governor(clock)
    for _ in range(4):
        assert governor.take(("chat.postMessage", "C1")) == 0
    assert governor.take(("chat.postMessage", "C1")) > 0
    assert governor.take(("chat.postMessage", "C2")) == 0
    clock.seconds += 4
    assert governor.take(("chat.postMessage", "C1")) == 0


def test_room_for_several_calls_is_given_for_all_or_none() -> None:
    governor = Governor(Minutes())
    for _ in range(20):
        governor.take(("chat.stopStream", ""))
    assert governor.take(("chat.startStream", ""), ("chat.stopStream", "")) > 0
    assert [governor.take(("chat.startStream", "")) for _ in range(20)] == [0] * 20


async def test_every_call_the_app_makes_is_within_its_scopes(shared: Path) -> None:
    known = web_api(shared).methods
    called = ["chat.postMessage", "chat.postEphemeral", "chat.update", "chat.startStream", "chat.appendStream"]
    called += [
        "chat.stopStream",
        "views.publish",
        "users.info",
        "conversations.info",
        "conversations.members",
        "auth.test",
    ]
    for method in called:
        wanted = known[method].bot_scopes
        assert not wanted or wanted & BOT_SCOPES.keys(), method
