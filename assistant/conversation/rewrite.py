"""A question made whole by its thread with a language model: one call, and the rule's reading when that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from assistant.domain.conversation import Resolution, Turn, Understanding
from prompts.conversation import rewrite_instruction

SHOWN = 6  # earlier questions that the model reads
LONGEST = 600  # characters of a question, read or written


@dataclass(frozen=True, slots=True)
class Rewriter:
    """Rewrites follow-ups with a chat model. Earlier answers are not shown to it: only what the person themself said.

    A question that the rules already find whole costs no call.
    """

    model: BaseChatModel
    timeout: float = 10.0

    async def rewrite(self, resolution: Resolution, turns: Sequence[Turn]) -> Resolution:
        """The resolution with the model's wording; the resolution as it is when the model fails or strays."""
        if resolution.understanding not in {Understanding.CONTINUED, Understanding.SUBSTITUTED}:
            return resolution
        try:
            said = await asyncio.wait_for(self.model.ainvoke(_messages(resolution.asked, turns)), self.timeout)
        except Exception as error:  # noqa: BLE001 - providers raise anything; the rule's reading stands
            return replace(resolution, because=f"{resolution.because}; the model failed: {type(error).__name__}")
        written = " ".join(str(said.text).split()).strip("\"'«»„“”「」 ")
        if not _sound(written):
            return replace(resolution, because=f"{resolution.because}; the model did not write one question")
        return replace(
            resolution,
            text=written,
            understanding=Understanding.REWRITTEN,
            background=(),
            because="written out by the model",
        )


def _messages(asked: str, turns: Sequence[Turn]) -> list[BaseMessage]:
    earlier = [f"<earlier>{_inert(turn.resolution.asked)}</earlier>" for turn in turns[-SHOWN:]]
    shown = "\n".join([*earlier, f"<last>{_inert(asked)}</last>"])
    return [SystemMessage(rewrite_instruction()), HumanMessage(shown)]


def _inert(text: str) -> str:
    """A question that cannot close its tag."""
    return text[:LONGEST].replace("<", "‹").replace(">", "›")


def _sound(written: str) -> bool:
    return 0 < len(written) <= LONGEST and "<" not in written
