"""What passes by everything that other requests go through, and what proxies in front may say of callers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from integrations.surfaces.http.app import create_app
from integrations.surfaces.http.bypass import Bypass
from integrations.surfaces.http.metrics import Metrics
from tests.unit.surfaces.world import serving_quickly


async def answering(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


@contextmanager
def bypassed(*, draining: bool = False) -> Iterator[tuple[httpx.AsyncClient, Metrics]]:
    metrics, app = Metrics(), FastAPI()
    app.add_middleware(Bypass, path="/past", target=answering, metrics=metrics, draining=lambda: draining)
    yield httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://liaison"), metrics


async def test_one_path_is_served_by_its_own_application_and_counted() -> None:
    with bypassed() as (client, metrics):
        statuses = [(await client.post(path)).status_code for path in ("/past", "/past", "/past/on", "/other")]
    assert statuses == [202, 202, 404, 404]
    page = metrics.page().decode()
    assert 'liaison_http_requests_total{method="POST",route="/past",status="202"} 2.0' in page
    assert 'liaison_http_request_seconds_count{route="/past"} 2.0' in page


@pytest.mark.parametrize(("draining", "connection"), [(True, "close"), (False, None)])
async def test_connections_end_with_the_response_while_the_server_is_stopping(
    *, draining: bool, connection: str | None
) -> None:
    with bypassed(draining=draining) as (client, _):
        assert (await client.post("/past")).headers.get("connection") == connection


@pytest.mark.parametrize(
    ("proxies", "from_where", "statuses"),
    [
        ("127.0.0.1", "10.0.0.9", [200, 429]),  # from elsewhere: whoever says so is nobody's proxy
        ("10.0.0.0/8", "10.0.0.9", [200, 200]),
    ],
)
async def test_only_a_proxy_that_is_named_may_say_for_whom_it_calls(
    tmp_path: Path, proxies: str, from_where: str, statuses: list[int]
) -> None:
    """People without a key are counted by their address."""
    with serving_quickly(tmp_path, api_proxies=proxies, api_rate=1, api_anonymous=True) as service:
        transport = httpx.ASGITransport(app=create_app(service), client=(from_where, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://liaison") as client:
            got = [
                (await client.post("/v1/ask", json={"question": "Hi"}, headers=told(number))).status_code
                for number in range(2)
            ]
    assert got == statuses


def told(number: int) -> dict[str, str]:
    return {"x-forwarded-for": f"192.0.2.{number}"}
