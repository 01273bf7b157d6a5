"""Slack's request URL in the server that serves everything else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from integrations.surfaces.http.app import create_app
from integrations.surfaces.http.service import Service
from integrations.surfaces.slack.manifest import PATH
from tests.slack.mock import MockSlack
from tests.slack.mock import serving as slack_serving
from tests.slack.spec import web_api
from tests.unit.slack.signing import SECRET, event, headers
from tests.unit.surfaces.world import serving_quickly


@pytest.fixture
async def slack(shared: Path) -> AsyncIterator[MockSlack]:
    async with slack_serving(MockSlack(web_api(shared))) as made:
        yield made


def request(body: bytes, *, secret: str = SECRET) -> httpx.Request:
    signed = headers(body, secret=secret)
    return httpx.Request("POST", f"http://liaison{PATH}", content=body, headers=signed)


async def statuses(service: Service, requests: list[httpx.Request]) -> list[int]:
    app = create_app(service)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://liaison") as client:
            return [(await client.send(each)).status_code for each in requests]


async def test_signed_events_are_taken_and_others_refused(tmp_path: Path, slack: MockSlack) -> None:
    settings = {"slack_bot_token": "xoxb-1", "slack_signing_secret": SECRET, "slack_url": slack.url}
    with serving_quickly(tmp_path, library={}, **settings) as service:
        sent = [request(event(1, bot_id="B1")), request(event(2), secret="other")]
        assert await statuses(service, sent) == [200, 401]
        counted = service.metrics.page().decode()
    for status in ("200", "401"):
        assert f'liaison_http_requests_total{{method="POST",route="{PATH}",status="{status}"}} 1.0' in counted


async def test_a_server_whose_token_slack_does_not_take_serves_everything_else(
    tmp_path: Path, slack: MockSlack
) -> None:
    settings = {"slack_bot_token": "xoxb-9", "slack_signing_secret": SECRET, "slack_url": slack.url}
    with serving_quickly(tmp_path, library={}, **settings) as service:
        healthy = httpx.Request("GET", "http://liaison/healthz")
        assert await statuses(service, [request(event()), healthy]) == [503, 200]


async def test_without_a_secret_there_is_no_such_address(tmp_path: Path) -> None:
    with serving_quickly(tmp_path, library={}) as service:
        assert await statuses(service, [request(event())]) == [404]
