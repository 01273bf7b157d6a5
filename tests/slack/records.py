"""What the mock of Slack keeps."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Json = dict[str, Any]


class Refused(Exception):
    """An error of the Web API."""


@dataclass
class Call:
    """A call that arrived."""

    method: str
    team: str
    arguments: Json
    at: float
    error: str = ""


@dataclass
class Message:
    """A message as people see it."""

    channel: str
    ts: str
    thread: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    streaming_since: float | None = None
    ephemeral_for: str = ""
    metadata: Json | None = None


def thread_of(messages: Iterable[Message], arguments: Json) -> list[Json]:
    """What an app reads of its own messages in a thread; messages that only one person sees are in none."""
    here = (arguments["channel"], arguments["ts"])
    told = [each for each in messages if (each.channel, each.thread) == here and not each.ephemeral_for]
    own = {"user": "UBOT", "bot_id": "B1"}
    shown = arguments.get("include_all_metadata")
    more = [{"metadata": each.metadata} if each.metadata and shown else {} for each in told]
    return [{"ts": each.ts, "text": each.text, **own, **known} for each, known in zip(told, more, strict=True)]


async def decoded(request: web.Request, *, reads: bool) -> Json:
    """The arguments of a call. A method that `reads` knows queries and forms, and overlooks a body of JSON."""
    if request.content_type == "application/json" and not reads:
        sent: Json = await request.json()
        return sent
    sent = {**request.query, **{key: str(value) for key, value in (await request.post()).items()}}
    for name in ("blocks", "view", "attachments", "chunks", "metadata", "prompts"):
        if isinstance(sent.get(name), str) and sent[name][:1] in {"[", "{"}:
            sent[name] = json.loads(sent[name])
    return sent
