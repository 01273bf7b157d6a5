"""What the mock of Slack keeps."""

from __future__ import annotations

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
