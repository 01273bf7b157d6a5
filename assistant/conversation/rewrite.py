"""A question made whole by its thread with a language model: one call, and the rule's reading when that fails."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from assistant.answering.breaker import DOWN, Breaker
from assistant.answering.budget import Budget
from assistant.answering.generate import Writer
from assistant.answering.model_call import ModelFailed, Tally, spoken
from assistant.domain.conversation import Resolution, Turn, Understanding
from assistant.domain.people import Requester
from assistant.errors import StorageError
from prompts.conversation import rewrite_instruction

SHOWN = 6  # earlier questions that the model reads
LONGEST = 600  # characters of a question, read or written
INCOMPLETE = {Understanding.CONTINUED, Understanding.SUBSTITUTED}


@dataclass(frozen=True, slots=True)
class Rewriter:
    """Rewrites follow-ups with a chat model, within the budget of who asks.

    Earlier answers are not shown to it: only what the person themself asked. A question that the rules find whole
    costs no call. `timeout` is in seconds, `patience` how many the model may take until it begins to speak; one that
    does not answer is left alone for a while (`breaker`, which whoever writes the answers shares).
    """

    model: BaseChatModel
    name: str = ""
    budget: Budget | None = None
    timeout: float = 10.0
    patience: float = 10.0
    breaker: Breaker = field(default_factory=Breaker)

    @classmethod
    def beside(cls, writer: Writer, *, budget: Budget) -> Self:
        """One that asks the model of a writer of answers, and shares with it what is known of how the model does."""
        return cls(writer.model, writer.name, budget=budget, patience=writer.patience, breaker=writer.breaker)

    async def rewrite(self, resolution: Resolution, turns: Sequence[Turn], *, requester: Requester) -> Resolution:
        """The resolution with the model's wording; the resolution as it is when the model fails, strays or is spent."""
        if resolution.understanding not in INCOMPLETE:
            return resolution
        if self.budget and not await self.budget.left(requester):
            return replace(resolution, because=f"{resolution.because}; the budget for the model is spent")
        if not self.breaker.lets_through():
            return replace(resolution, because=f"{resolution.because}; the model is down")
        resolution = replace(resolution, calls=1)  # also one that fails is one of the two that a question may take
        try:
            written = await self._written(_messages(resolution.asked, turns), requester=requester)
        except ModelFailed as failed:
            self.breaker.note(failed.reason)
            because = f"{resolution.because}; the model failed: {failed.reason}"
            return replace(resolution, because=because, silent=failed.reason if failed.reason in DOWN else None)
        self.breaker.note(None)
        if not _sound(written):
            return replace(resolution, because=f"{resolution.because}; the model did not write one question")
        return replace(
            resolution,
            text=written,
            understanding=Understanding.REWRITTEN,
            sought="",
            background=(),
            because="written out by the model",
        )

    async def _written(self, messages: list[BaseMessage], *, requester: Requester) -> str:
        """What the model makes of it. Raises ModelFailed."""
        tally, deadline = Tally(), time.monotonic() + self.timeout
        try:
            speech = spoken(self.model, messages, deadline=deadline, tally=tally, patience=self.patience)
            said = [text async for text in speech]
        finally:
            await self._record(requester, tally)
        return " ".join("".join(said).split()).strip("\"'«»„“”「」 ")

    async def _record(self, requester: Requester, tally: Tally) -> None:
        if self.budget is None:
            return
        try:
            await self.budget.record(requester, self.name, tally)
        except StorageError:
            return  # the question is understood; the ledger's own health check tells of it


def _messages(asked: str, turns: Sequence[Turn]) -> list[BaseMessage]:
    earlier = [f"<earlier>{_inert(turn.resolution.asked)}</earlier>" for turn in turns[-SHOWN:]]
    shown = "\n".join([*earlier, f"<last>{_inert(asked)}</last>"])
    return [SystemMessage(rewrite_instruction()), HumanMessage(shown)]


def _inert(text: str) -> str:
    """A question that cannot close its tag."""
    return text[:LONGEST].replace("<", "‹").replace(">", "›")


def _sound(written: str) -> bool:
    return 0 < len(written) <= LONGEST and "<" not in written
