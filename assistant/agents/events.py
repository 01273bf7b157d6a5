"""What a turn of a conversation consists of, in the order it comes, and a conversation as people see it."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.domain.content import Citation
from assistant.domain.conversation import Thread
from assistant.tools.tool import Card

LONGEST = 20_000  # characters of one message


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """The message arrived and is being read."""


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """A tool is at work."""

    tool: str


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """What a tool found or proposes. `failed` is the code of the error; empty when all went well.

    `answer_id` is what a rating names; empty where there is no answer to rate.
    """

    tool: str
    card: Card | None = None
    failed: str = ""
    answer_id: str = ""


@dataclass(frozen=True, slots=True)
class CitationGiven:
    """A source, with the number (from 1) that `[n]` in the sentences refers to it by."""

    number: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class ApprovalAsked:
    """A change that waits for a person. `digest` is what must be sent back to approve exactly this.

    `reviewed` says that the rules send what is approved to a channel manager's queue.
    """

    approval_id: str
    digest: str
    tool: str
    reviewed: bool
    text: str
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class SentenceSaid:
    """A piece of the reply; all of them joined are the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class TurnFinished:
    """The end of a turn. `reply` is all that was said; `waits` names the approval that the conversation waits for."""

    reply: str
    waits: str = ""


TurnEvent = TurnStarted | ToolCalled | ToolFinished | CitationGiven | ApprovalAsked | SentenceSaid | TurnFinished


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a conversation as people see it. `by` is "user" or "assistant".

    `approval` names the approval that a proposal was shown for; empty for every other message.
    """

    id: str
    by: str
    text: str
    approval: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation. A proposal is a message of the assistant; `open` is the one that it waits for, None for none."""

    thread: Thread
    messages: tuple[Said, ...]
    open: ApprovalAsked | None = None
