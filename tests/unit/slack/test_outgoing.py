"""What is looked up arrives at Slack in a form that it reads, and is read to its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from assistant.errors import ProviderUnavailable
from integrations.surfaces.slack.outgoing import MOST_PAGES, READS, Governor, SlackCalls
from tests.slack.mock import MockSlack, serving
from tests.slack.spec import web_api
from tests.unit.slack.test_manifest import methods_called

PEOPLE = [f"U{number}" for number in range(250)]


@pytest.fixture
async def slack(shared: Path) -> AsyncIterator[MockSlack]:
    channels, members = {"C1": {"id": "C1"}}, {"C1": PEOPLE}
    async with serving(MockSlack(web_api(shared), channels=channels, members=members)) as made:
        yield made


@pytest.fixture
async def calls(slack: MockSlack) -> AsyncIterator[SlackCalls]:
    async with aiohttp.ClientSession() as session:
        yield SlackCalls(AsyncWebClient("xoxb-1", base_url=slack.url, session=session, retry_handlers=[]), Governor())


def test_what_only_reads_is_asked_by_a_query_and_nothing_else_is(shared: Path) -> None:
    known = web_api(shared).methods
    assert {method for method in methods_called() if method in known and known[method].reads} == READS


@pytest.mark.parametrize(("page", "limit"), [(1000, 101), (100, 101), (30, 101), (1000, 300), (99, 300)])
async def test_members_are_counted_to_the_end_however_few_slack_tells_at_once(
    calls: SlackCalls, slack: MockSlack, page: int, limit: int
) -> None:
    slack.page = page
    assert await calls.members("T1", "C1", limit=limit) == PEOPLE[:limit]
    assert slack.faults == []


async def test_members_without_an_end_are_unknown(calls: SlackCalls, slack: MockSlack) -> None:
    slack.page = 1
    with pytest.raises(ProviderUnavailable):
        await calls.members("T1", "C1", limit=MOST_PAGES + 1)
