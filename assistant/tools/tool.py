"""What a tool is: one thing the agent can do for the person it talks with, and nothing for anybody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from assistant.domain.answer import Answer
from assistant.domain.approvals import Proposal
from assistant.domain.content import Citation
from assistant.domain.people import Requester

LONGEST_NAME = 400  # characters in which a model may name a deal or a partner; a person's message may do so too


class Inputs(BaseModel):
    """What a model fills in to call a tool. It never says who asks, and no field may be added to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Reading:
    """A value that rules read from a conversation, normalised, with the words it was read from.

    "2027-05-31" for "Ende Mai". `passed_on` says that the words stand in quoted or forwarded text.
    """

    value: str
    quote: str
    passed_on: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in a conversation, newest last: `said` by the requester, `passed_on` by them but written by others.

    Origins of arguments are looked up in both, and in `readings` of them. What tools returned and what the assistant
    said is in none.
    """

    said: tuple[str, ...] = ()
    passed_on: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()

    def stand(self, text: str) -> bool:
        """Whether the requester wrote exactly this, as a message or in one."""
        return any(text in said for said in self.said)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The circumstances of a call, none of which a model has a say in: who asks, where, when, in what words.

    `language` is what the person reads; empty means the requester's locale.
    """

    requester: Requester
    thread: str
    now: datetime
    words: Words = Words()
    language: str = ""

    @property
    def told_in(self) -> str:
        """The language of cards and notices."""
        return self.language or self.requester.locale


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a card. A `foreign` value was written by somebody else: a surface shows it as a quotation.

    `record` is the id of the partner or deal that the line is about, for a surface that offers to do something with it.
    """

    label: str
    value: str
    foreign: bool = False
    record: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What a surface shows of a result, in the person's language, made by code from records and never by a model."""

    title: str
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came of a call.

    `text` is for the model: what others wrote stands in it between spotlights, as data. `proposal` is a write that
    waits for a person; the tool has not written anything. `answer` is the cited answer where the tool found one.
    `failed` is the code of the error that `text` explains; empty when all went well.
    """

    text: str
    card: Card | None = None
    citations: tuple[Citation, ...] = ()
    proposal: Proposal | None = None
    answer: Answer | None = None
    failed: str = ""


I = TypeVar("I", bound=BaseModel)  # noqa: E741 - the inputs of one tool


class Tool(Protocol[I]):
    """One thing the agent can do.

    Promises: acts for `call.requester` alone and sees what they may see; a tool that `writes` returns a proposal and
    changes nothing. Raises LiaisonError, whose message and hint say to a model what to do next.
    """

    @property
    def name(self) -> str:
        """What a model calls it by: lower case and underscores."""
        ...

    @property
    def purpose(self) -> str:
        """When to use it, for the model."""
        ...

    @property
    def inputs(self) -> type[I]:
        """What it must be called with."""
        ...

    @property
    def writes(self) -> bool:
        """Whether it proposes changes."""
        ...

    def offered_to(self, requester: Requester) -> bool:
        """Whether this person may use it; one that is not offered does not exist for them."""
        ...

    async def run(self, inputs: I, call: ToolCall) -> ToolResult:
        """The result for the requester of this call."""
        ...


AnyTool = Tool[Any]
