"""What a step of the conversation is decided from, and what a step is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AnyMessage

from assistant.agents.situation import TurnContext, as_read, own_words, subject, understood
from assistant.agents.understanding.reading import Intent, Slot, Understanding
from assistant.agents.wording import question
from prompts.messages import message

FREE_TEXT = {"reason", "outcome", "fund_activity", "needed_capability", "problem"}
Args = dict[str, Any]  # the arguments of a tool call, as LangChain takes them


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool."""

    tool: str
    args: Args


@dataclass(frozen=True, slots=True)
class Open:
    """What a question left open: the intent, the slots that were asked for, and the deal it is about."""

    intent: Intent
    asks: tuple[str, ...] = ()
    deal: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One message of the assistant. `opens` is what it asks; `closes` ends the subject."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    opens: Open | None = None
    closes: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """What a step is decided from."""

    messages: Sequence[AnyMessage]
    given: TurnContext
    offered: frozenset[str]
    read: Understanding
    language: str
    open: Open | None = None

    @property
    def said(self) -> str:
        """The person's newest words."""
        return next((words for each in reversed(self.messages) if (words := own_words(each))), "")

    @property
    def asked(self) -> str:
        """The person's newest words, as rules read them."""
        return as_read(self.said, self.language)

    @property
    def all_said(self) -> str:
        """All their words on the open subject."""
        return "\n".join(words for each in subject(self.messages) if (words := own_words(each)))

    def reading_of(self, said: AnyMessage) -> Understanding | None:
        """What one message says by itself; None for what the person did not write."""
        return understood([said], self.given) if own_words(said) else None

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The slots that were read, with a free answer to the one thing that was asked."""
        asked = self.open.asks if self.open else ()
        known = {slot.name for slot in self.read.slots}
        if len(asked) == 1 and asked[0] in FREE_TEXT - known and self.open and self.read.intent is self.open.intent:
            return (*self.read.slots, Slot(asked[0], (self.said.strip(),), self.said.strip()))
        return self.read.slots

    def get(self, name: str) -> str:
        """The value of a slot, or nothing."""
        return next((slot.value for slot in self.slots if slot.name == name), "")

    @property
    def deal(self) -> str:
        """The deal that is meant: its id, its customer, or the one that was just asked about."""
        return self.get("deal_id") or self.get("customer_name") or (self.open.deal if self.open else "")


def ask(scene: Scene, slots: Sequence[str], *, deal: str = "") -> Step:
    """One question for everything that is missing, with the deal it is about."""
    text = question(slots, scene.language)
    about = deal or scene.deal
    shown = f"{about}: {text}" if about else text
    return Step(shown, opens=Open(scene.read.intent, tuple(slots), about))


def call(scene: Scene, tool: str, args: Args) -> Step:
    """A call of a tool, where it is offered to the person."""
    if tool not in scene.offered:
        return not_for_you(scene)
    return Step(calls=(Call(tool, {name: value for name, value in args.items() if value not in ("", None, ())}),))


def not_for_you(scene: Scene) -> Step:
    """Saying that the person may not do this."""
    return Step(message("agent_not_for_you", scene.language), closes=True)
