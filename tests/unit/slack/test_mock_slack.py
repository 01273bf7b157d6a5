"""The stand-in for Slack refuses what Slack refuses; a lenient one would let every other test pass for nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.mock import MockSlack, serving
from tests.slack.spec import web_api
from tests.unit.slack.blocks import modal, section


class Hours:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Hours:
    return Hours()


@pytest.fixture
async def slack(shared: Path, clock: Hours) -> AsyncIterator[MockSlack]:
    async with serving(MockSlack(web_api(shared), now=clock)) as made:
        yield made


@pytest.fixture
async def client(slack: MockSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient("xoxb-1", base_url=slack.url, session=session, retry_handlers=[])


async def refusal(call: Any) -> tuple[int, str]:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response.status_code, str(caught.value.response["error"])


async def test_a_message_is_kept(client: AsyncWebClient, slack: MockSlack) -> None:
    posted = await client.chat_postMessage(channel="C1", text="hi", blocks=[section()], thread_ts="1.0")
    kept = slack.messages[posted["ts"]]
    assert (kept.channel, kept.thread, kept.text, kept.blocks) == ("C1", "1.0", "hi", [section()])
    assert slack.faults == []


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("chat.shout", {"channel": "C1"}, "unknown_method"),
        ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C1", "text": "x", "colour": "red"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C1", "text": ["x"]}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C1", "text": "x", "unfurl_links": "perhaps"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C1"}, "invalid_blocks"),
        ("chat.postMessage", {"channel": "C1", "text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks"),
        ("chat.startStream", {"channel": "C1", "chunks": [{"type": "x"}]}, "invalid_chunks"),
        ("assistant.threads.setStatus", {"status": "x", "loading_messages": ["x" * 51]}, "invalid_arguments"),
        ("assistant.threads.setStatus", {"status": "x", "loading_messages": ["x"] * 11}, "invalid_arguments"),
        ("views.publish", {"user_id": "U1", "view": {"type": "home"}}, "invalid_arguments"),
    ],
)
async def test_a_wrong_call_is_refused_and_noted(
    client: AsyncWebClient, slack: MockSlack, method: str, arguments: dict[str, Any], error: str
) -> None:
    assert (await refusal(client.api_call(method, json=arguments)))[1] == error
    assert slack.faults


async def test_a_token_of_nobody_is_refused(client: AsyncWebClient) -> None:
    client.token = "xoxb-2"
    assert await refusal(client.auth_test()) == (200, "invalid_auth")


@pytest.mark.parametrize(
    "limit",
    [
        ("chat.startStream", {"channel": "C1", "thread_ts": "1.0"}, 20),
        ("conversations.info", {"channel": "C1"}, 50),
        ("users.info", {"user": "U1"}, 100),
    ],
)
async def test_each_method_has_its_tier(
    client: AsyncWebClient, slack: MockSlack, clock: Hours, limit: tuple[str, dict[str, str], int]
) -> None:
    method, arguments, most = limit
    slack.people, slack.channels, slack.tokens["xoxb-9"] = {"U1": {"id": "U1"}}, {"C1": {"id": "C1"}}, "T9"
    verb = "GET" if slack.api.methods[method].reads else "POST"
    for _ in range(most):
        await client.api_call(method, http_verb=verb, params=arguments)
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, http_verb=verb, params=arguments)
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "60")
    other = AsyncWebClient("xoxb-9", base_url=slack.url, session=client.session, retry_handlers=[])
    assert (await other.api_call(method, http_verb=verb, params=arguments))["ok"]
    clock.seconds += 60
    assert (await client.api_call(method, http_verb=verb, params=arguments))["ok"]


async def test_what_only_reads_overlooks_a_body_of_json(client: AsyncWebClient, slack: MockSlack) -> None:
    slack.people = {"U1": {"id": "U1"}}
    assert (await refusal(client.api_call("users.info", json={"user": "U1"})))[1] == "invalid_arguments"
    assert (await client.users_info(user="U1"))["user"] == {"id": "U1"}


async def test_a_channel_takes_about_a_message_a_second(client: AsyncWebClient, clock: Hours) -> None:
    for _ in range(4):
        await client.chat_postMessage(channel="C1", text="x")
    assert (await refusal(client.chat_postMessage(channel="C1", text="x")))[0] == 429
    await client.chat_postMessage(channel="C2", text="x")
    clock.seconds += 4
    await client.chat_postMessage(channel="C1", text="x")


async def test_a_streamed_message_grows_until_it_is_stopped(client: AsyncWebClient, slack: MockSlack) -> None:
    started = await client.chat_startStream(channel="C1", thread_ts="1.0", markdown_text="a")
    await client.chat_appendStream(channel="C1", ts=started["ts"], markdown_text="b")
    await client.chat_stopStream(channel="C1", ts=started["ts"], markdown_text="c", blocks=[section()])
    assert (slack.messages[started["ts"]].text, slack.faults) == ("abc", [])
    late = client.chat_appendStream(channel="C1", ts=started["ts"], markdown_text="d")
    assert (await refusal(late))[1] == "message_not_in_streaming_state"


async def test_a_stream_ends_by_itself_after_five_minutes(client: AsyncWebClient, clock: Hours) -> None:
    started = await client.chat_startStream(channel="C1", thread_ts="1.0")
    clock.seconds += 301
    late = client.chat_stopStream(channel="C1", ts=started["ts"], markdown_text="d")
    assert (await refusal(late))[1] == "message_not_in_streaming_state"
    await client.chat_update(channel="C1", ts=started["ts"], text="whole")


async def test_a_trigger_is_good_once_and_for_three_seconds(
    client: AsyncWebClient, slack: MockSlack, clock: Hours
) -> None:
    trigger = slack.trigger()
    await client.views_open(trigger_id=trigger, view=modal(section()))
    assert (await refusal(client.views_open(trigger_id=trigger, view=modal(section()))))[1] == "exchanged_trigger_id"
    late = slack.trigger()
    clock.seconds += 3.1
    assert (await refusal(client.views_open(trigger_id=late, view=modal(section()))))[1] == "expired_trigger_id"


async def test_a_view_that_changed_meanwhile_is_not_overwritten(client: AsyncWebClient, slack: MockSlack) -> None:
    opened = (await client.views_open(trigger_id=slack.trigger(), view=modal(section())))["view"]
    update = {"view_id": opened["id"], "hash": opened["hash"], "view": modal(section("new"))}
    await client.api_call("views.update", json=update)
    assert (await refusal(client.api_call("views.update", json=update)))[1] == "hash_conflict"


async def test_trouble_comes_when_it_is_asked_for(client: AsyncWebClient, slack: MockSlack) -> None:
    slack.trouble["auth.test"].extend(["503", "reset"])
    assert (await refusal(client.auth_test()))[0] == 503
    with pytest.raises(aiohttp.ClientError):
        await client.auth_test()
    assert (await client.auth_test())["ok"]
