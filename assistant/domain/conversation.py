"""A thread of turns: what was asked, what it was taken to mean, and what came back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from assistant.domain.answer import Answer, Fallback
from assistant.domain.people import Requester
from assistant.errors import UsageError

LONGEST_NAME = 200


class Understanding(StrEnum):
    """How a question was read in its thread."""

    OPENING = "opening"  # nothing was asked before it
    STANDALONE = "standalone"  # it says all it needs
    NEW_TOPIC = "new_topic"  # it says all it needs and is about something else: the history is dropped
    SUBSTITUTED = "substituted"  # an earlier question with one thing in the place of another
    CONTINUED = "continued"  # an earlier question said together with it
    REWRITTEN = "rewritten"  # a language model wrote it out
    REPEATED = "repeated"  # it was asked before in this thread, and is read as it was then


@dataclass(frozen=True, slots=True)
class Background:
    """Something said earlier that is searched for with the question. `weight` 1.0 counts as much as the question."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Resolution:
    """A question made whole by its thread.

    `text` can be understood alone and is what is answered. `sought` are the words to search passages for, with
    `background` beside them; it is empty when `text` is. `used` are the positions of the turns it rests on; `because`
    names the rule, for people who wonder why. `calls` counts the calls of a language model that it took, and `silent`
    is why the model could not be reached when it was asked.
    """

    asked: str
    text: str
    understanding: Understanding
    language: str = ""
    sought: str = ""
    background: tuple[Background, ...] = ()
    used: tuple[int, ...] = ()
    because: str = ""
    calls: int = 0
    silent: Fallback | None = None


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A question and its answer, about to join a thread. `view` is `view_of` the person who asked.

    `key` names the message it answers, where that can come twice; a thread takes each once.
    """

    resolution: Resolution
    answer: Answer
    at: datetime
    view: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a thread with what it was taken to mean. `position` counts from 1.

    `answer` is None when the reader may not see what the asker could, or when a document it quotes was erased.
    """

    position: int
    resolution: Resolution
    answer: Answer | None
    at: datetime
    view: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """The turns of a conversation, oldest first; long threads come without their oldest turns.

    `id` is opaque and unique; `name` is what its owner calls it, and other people's threads may have the same name.
    """

    id: str
    name: str
    shared: bool = False
    turns: tuple[Turn, ...] = ()


def identity_of(requester: Requester) -> str:
    """A digest that tells one person of one tenant from every other; empty when nobody in particular asks.

    An unknown person counts as somebody when the surface gave them a name of their own, such as a browser session's.
    """
    if not requester.user:
        return ""
    return _digest(requester.tenant, str(requester.role or ""), requester.partner_id, requester.user)


def organisation_of(requester: Requester) -> str:
    """A digest that people of one partner, or of the vendor in one role, have in common; empty for unknown people."""
    if not requester.known:
        return ""
    return _digest(requester.tenant, str(requester.role), requester.partner_id)


def view_of(requester: Requester) -> str:
    """A digest of everything that decides which content a person may see: equal views see the same answers."""
    rights = (requester.tier, requester.locale, *sorted(requester.regions))
    return _digest(requester.tenant, str(requester.role or ""), requester.partner_id, *rights)


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:32]


def seen_by(turn: Turn, requester: Requester) -> Turn:
    """A turn as a requester may see it: without the answer unless they see the same content as who asked."""
    return turn if turn.view == view_of(requester) else replace(turn, answer=None)


def checked_name(name: str) -> str:
    """A thread's name without spaces around it. Raises UsageError for an empty or very long one."""
    label = " ".join(name.split())
    if not label or len(label) > LONGEST_NAME or label.startswith("id:"):
        raise UsageError(
            f"{name!r} is no name of a conversation.",
            hint=f"Use 1 to {LONGEST_NAME} characters that do not begin with 'id:'.",
        )
    return label
