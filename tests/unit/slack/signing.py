"""Requests as Slack signs them, and an ASGI application asked in process."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlencode

from integrations.surfaces.slack.signature import SIGNATURE, STAMP, signature

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
JSON = b"application/json"
FORM = b"application/x-www-form-urlencoded"
Pairs = list[tuple[bytes, bytes]]


def event(number: int = 1, **more: Any) -> bytes:
    said = {"type": "message", "channel": "C1", "user": "U1", "text": "hi", "ts": f"17.{number:06d}", **more}
    return json.dumps({"type": "event_callback", "team_id": "T1", "event_id": f"Ev{number}", "event": said}).encode()


def interaction(payload: dict[str, Any]) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


def headers(body: bytes, *, kind: bytes = JSON, at: float | None = None, secret: str = SECRET) -> Pairs:
    stamp = str(int(time.time() if at is None else at)).encode()
    return [(b"content-type", kind), (STAMP, stamp), (SIGNATURE, signature(secret.encode(), stamp, body))]


async def post(app: Any, body: bytes, given: Pairs, *, method: str = "POST", size: int = 0) -> tuple[int, bytes]:
    """Status and body of the reply; `size` cuts the body into chunks."""
    step = size or max(1, len(body))
    chunks = [body[at : at + step] for at in range(0, len(body), step)] or [b""]
    sent: list[dict[str, Any]] = []
    messages = iter(
        {"type": "http.request", "body": chunk, "more_body": place < len(chunks) - 1}
        for place, chunk in enumerate(chunks)
    )

    async def receive() -> dict[str, Any]:
        return next(messages, {"type": "http.disconnect"})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app({"type": "http", "method": method, "headers": given}, receive, send)
    return sent[0]["status"], sent[1]["body"]
