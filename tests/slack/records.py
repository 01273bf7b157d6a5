"""What the mock of Slack keeps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

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
