"""Conversations on the wire: events of a turn by name, transcripts, and approvals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, TypeAdapter

from assistant.agents.events import (
    ApprovalAsked,
    CitationGiven,
    SentenceSaid,
    ToolCalled,
    ToolFinished,
    Transcript,
    TurnEvent,
    TurnFinished,
    TurnStarted,
)
from assistant.domain.content import Citation
from integrations.surfaces.http.links import readable

EVENT_STREAM = "text/event-stream"
NAMES: dict[type, str] = {
    TurnStarted: "status",
    ToolCalled: "status",
    ToolFinished: "tool",
    CitationGiven: "citation",
    ApprovalAsked: "approval",
    SentenceSaid: "sentence",
    TurnFinished: "done",
}
WIRE: dict[type, TypeAdapter[object]] = {kind: TypeAdapter(kind) for kind in NAMES}


class ThreadView(BaseModel):
    """A conversation."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "8c6f0e5f9b8f4f0f9c5e1f1f0a7f3c2d", "name": "Orrin registration"}]}
    )

    id: str
    name: str


class MessageView(BaseModel):
    """A message. `by` is "user" or "assistant"; `approval` is the id of what was proposed, empty where nothing was."""

    id: str
    by: str
    text: str
    approval: str = ""


class AskedView(BaseModel):
    """A change that waits for a decision; send `digest` back to decide exactly this."""

    approval_id: str
    digest: str
    tool: str
    reviewed: bool
    text: str

    @classmethod
    def of(cls, asked: ApprovalAsked) -> AskedView:
        """The view of a proposal, with all that its approver reads."""
        return cls(
            approval_id=asked.approval_id,
            digest=asked.digest,
            tool=asked.tool,
            reviewed=asked.reviewed,
            text=asked.text,
        )


class TranscriptView(ThreadView):
    """A conversation with its messages, proposals among them.

    `approval` is what it waits for, as it was shown, and `waits` its id.
    """

    messages: list[MessageView] = []
    waits: str = ""
    approval: AskedView | None = None

    @classmethod
    def of(cls, told: Transcript) -> TranscriptView:
        """The view of a transcript."""
        messages = [
            MessageView(id=each.id, by=each.by, text=each.text, approval=each.approval) for each in told.messages
        ]
        asked = AskedView.of(told.open) if told.open else None
        waits = asked.approval_id if asked else ""
        return cls(id=told.thread.id, name=told.thread.name, messages=messages, waits=waits, approval=asked)


class Conversations(BaseModel):
    """Everything that is kept of a person's conversations."""

    person: str
    threads: list[TranscriptView]


class TurnView(BaseModel):
    """A whole turn. `approval` is what the conversation waits for, if it waits."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "turn": "b2a7c1",
                    "reply": "An approved deal registration protects a partner for 90 days. [1]",
                    "citations": [],
                    "approval": None,
                }
            ]
        }
    )

    turn: str
    reply: str
    citations: list[Citation] = []
    approval: AskedView | None = None

    @classmethod
    def of(cls, turn: str, events: Sequence[TurnEvent]) -> TurnView:
        """The view of a turn that consisted of these events."""
        last = next((event for event in reversed(events) if isinstance(event, TurnFinished)), TurnFinished(""))
        asked = next((event for event in events if isinstance(event, ApprovalAsked)), None)
        return cls(
            turn=turn,
            reply=last.reply,
            citations=[readable(event.citation) for event in events if isinstance(event, CitationGiven)],
            approval=AskedView.of(asked) if asked and asked.approval_id == last.waits else None,
        )


def encoded(event: TurnEvent) -> tuple[str, str]:
    """The name of an event on the wire and its JSON."""
    if isinstance(event, TurnStarted):
        return "status", '{"status":"reading"}'
    if isinstance(event, CitationGiven):
        event = replace(event, citation=readable(event.citation))
    kind = type(event)
    return NAMES[kind], WIRE[kind].dump_json(event).decode()
