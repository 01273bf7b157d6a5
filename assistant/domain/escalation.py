"""Matters handed to a channel manager: who needs help, in their own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LONGEST_WORDS = 2_000


class Topic(StrEnum):
    """What somebody needs a person for."""

    DEAL = "deal"
    CO_SELL = "co_sell"
    FUNDS = "funds"
    TIER = "tier"
    CONTENT = "content"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Escalation:
    """A matter that waits for a channel manager. `words` are the requester's own; no model wrote any of them.

    `requester` is the name of who asked, such as "partner:acme", and `user` the person; `thread` is their conversation.
    A closed one keeps who closed it, and when.
    """

    id: str
    tenant: str
    requester: str
    user: str
    thread: str
    topic: Topic
    words: str
    at: datetime
    closed_at: datetime | None = None
    closed_by: str = ""
