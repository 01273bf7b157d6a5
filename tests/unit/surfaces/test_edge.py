"""The outermost layer, around applications that are no more than the case at hand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations.surfaces.http.edge import Bounds, Edge
from integrations.surfaces.http.metrics import Metrics
from integrations.telemetry import open_tracing
from tests.unit.surfaces.world import client, serving_quickly

SCOPE: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "headers": []}
BEGIN: Message = {"type": "http.response.start", "status": 200, "headers": []}
MOST = 100


async def sent(app: ASGIApp, bodies: Iterable[bytes]) -> list[Message]:
    """What a caller gets who sends these pieces of a body, of which MOST bytes are allowed."""
    bounds = Bounds(body_bytes=MOST, upload_bytes=MOST, seconds=60)
    edge = Edge(app, bounds=bounds, metrics=Metrics(), tracing=open_tracing(""), draining=lambda: False)
    pieces = iter(bodies)
    got: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": next(pieces), "more_body": True}

    async def send(message: Message) -> None:
        got.append(message)

    await edge(dict(SCOPE), receive, send)
    return got


async def test_a_caller_who_sends_too_much_after_the_response_began_counts_as_gone() -> None:
    async def streaming(_scope: Scope, receive: Receive, send: Send) -> None:
        await send(BEGIN)
        while (await receive())["type"] != "http.disconnect":
            pass
        await send({"type": "http.response.body", "body": b"whole"})

    got = await sent(streaming, [b"x" * MOST, b"x"])
    assert [message.get("status", 0) for message in got] == [200, 0]
    assert got[-1]["body"] == b"whole"


async def test_static_files_are_sent_whatever_range_is_asked_for(tmp_path: Path) -> None:
    with serving_quickly(tmp_path) as service:
        async with client(service) as caller:
            response = await caller.get("/static/style.css", headers={"range": "99999999999"})
            nothing = await caller.get("/static/other.css")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert len(response.content) == int(response.headers["content-length"]) > 0
    assert json.loads(nothing.content)["status"] in {404, 422}
