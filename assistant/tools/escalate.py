"""Hand a matter to a channel manager."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from assistant.domain.approvals import fingerprint
from assistant.domain.escalation import LONGEST_WORDS, Escalation, Topic
from assistant.domain.people import Requester
from assistant.ports.escalations import Escalations
from assistant.tools.origin import worded
from assistant.tools.tool import Card, Inputs, Row, ToolCall, ToolResult
from prompts.messages import message


class EscalateInputs(Inputs):
    """What it is about. What the channel manager reads are the requester's own words."""

    topic: Topic = Field(Topic.OTHER, description="What the matter is about.")


@dataclass(frozen=True, slots=True)
class Escalate:
    """Keeps the requester's last message for a channel manager; a model writes nothing of it."""

    book: Escalations
    name: ClassVar[str] = "escalate"
    purpose: ClassVar[str] = (
        "Hand the matter to a channel manager when the requester asks for a person, or nothing else can help."
    )
    inputs: ClassVar[type[EscalateInputs]] = EscalateInputs
    writes: ClassVar[bool] = False

    def offered_to(self, requester: Requester) -> bool:
        """Everybody known."""
        return requester.known

    async def run(self, inputs: EscalateInputs, call: ToolCall) -> ToolResult:
        """A confirmation with the number of the matter; the same words in the same conversation are kept once."""
        kept = await handed_over(self.book, call, topic=inputs.topic)
        told = message("escalated", call.told_in, id=kept.id)
        return ToolResult(
            f"Kept as {kept.id}; a channel manager sees it.", card=Card(told, (Row(kept.id, kept.words),))
        )


async def handed_over(book: Escalations, call: ToolCall, *, topic: Topic, messages: int = 1) -> Escalation:
    """The matter as it is kept: the requester's own last messages, and nothing that a model wrote."""
    last, _ = worded("", call.words, field="words", longest=LONGEST_WORDS)
    earlier = [" ".join(said.split()) for said in call.words.said[-messages:-1]]
    words = "\n".join([*earlier, last])[-LONGEST_WORDS:]
    who = call.requester
    made = fingerprint([who.tenant, who.name, who.user, call.thread, words])
    return await book.add(
        Escalation(
            id=f"case-{made[:10]}",
            tenant=who.tenant,
            requester=who.name,
            user=who.user,
            thread=call.thread,
            topic=topic,
            words=words,
            at=call.now,
        )
    )
