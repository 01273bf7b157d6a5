"""Keep what the requester thinks of the last answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from assistant.domain.gap import LONGEST_COMMENT, Complaint, Feedback, Rating
from assistant.domain.people import Requester
from assistant.errors import RecordNotFound
from assistant.gaps.feedback import FeedbackDesk
from assistant.ports.thread_store import ThreadStore
from assistant.tools.tool import Card, Inputs, ToolCall, ToolResult
from prompts.messages import message


class FeedbackInputs(Inputs):
    """How the last answer was. The comment that is kept is the requester's own message."""

    rating: Rating = Field(description="Whether it was good or bad.")
    reason: Complaint | None = Field(None, description="What was wrong with it, if they said so.")


@dataclass(frozen=True, slots=True)
class RecordFeedback:
    """Rates the last answer of this conversation, in the requester's own words: a model names neither."""

    desk: FeedbackDesk
    threads: ThreadStore
    name: ClassVar[str] = "record_feedback"
    purpose: ClassVar[str] = "Record that the requester found the last answer good or bad. Use it when they say so."
    inputs: ClassVar[type[FeedbackInputs]] = FeedbackInputs
    writes: ClassVar[bool] = False

    def offered_to(self, requester: Requester) -> bool:
        """Everybody known."""
        return requester.known

    async def run(self, inputs: FeedbackInputs, call: ToolCall) -> ToolResult:
        """A confirmation. Raises RecordNotFound when nothing was answered in this conversation."""
        thread = await self.threads.open(call.thread, requester=call.requester)
        answers = [turn.answer for turn in thread.turns if turn.answer is not None and turn.answer.id]
        if not answers:
            raise RecordNotFound("Nothing was answered here yet.", hint="Ask the requester which answer they mean.")
        comment = call.words.said[-1][:LONGEST_COMMENT] if call.words.said else ""
        feedback = Feedback(answers[-1].id, inputs.rating, comment=comment, reason=inputs.reason)
        await self.desk.rate(feedback, requester=call.requester)
        told = message(f"feedback_{inputs.rating.value}", call.told_in)
        return ToolResult(f"Kept: {inputs.rating}.", card=Card(told))
