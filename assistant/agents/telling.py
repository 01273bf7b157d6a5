"""The events of a turn from its messages: the same ones when it runs and when it is told again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from assistant.agents.artifact import Artifact, artifact_of, proposes
from assistant.agents.events import (
    ApprovalAsked,
    CitationGiven,
    Said,
    SentenceSaid,
    ToolCalled,
    ToolFinished,
    TurnEvent,
    TurnFinished,
    TurnStarted,
)
from assistant.agents.situation import own_words, waiting
from assistant.agents.wording import proposal_text, shown_text

PIECE = regex.compile(r".+?(?:[.!?](?=\s)\s*|[。！？]\s*|\n+|$)", regex.DOTALL)


def told_of(said: AnyMessage, language: str) -> Iterator[TurnEvent]:
    """The events of one message of a turn."""
    if isinstance(said, AIMessage):
        gap = "\n\n" if said.text and said.tool_calls else ""  # more is said when the tools have run
        yield from (SentenceSaid(piece) for piece in PIECE.findall(f"{said.text}{gap}"))
        yield from (ToolCalled(str(call["name"])) for call in said.tool_calls)
    found = artifact_of(said) if isinstance(said, ToolMessage) else None
    if found is None:
        return
    yield ToolFinished(found.tool, found.card, found.failed, found.answer_id)
    yield from (CitationGiven(number, cited) for number, cited in enumerate(found.citations, start=1))
    if found.approval_id:
        yield _asked(found, language)


def _asked(found: Artifact, language: str) -> ApprovalAsked:
    text = proposal_text(found, language)
    return ApprovalAsked(found.approval_id, found.digest, found.tool, found.reviewed, text, found.card)


def open_in(messages: Sequence[AnyMessage], language: str) -> ApprovalAsked | None:
    """The proposal that the conversation waits for, as it was shown; None when it waits for none."""
    found = waiting(messages)
    return _asked(found[1], language) if found and found[1].undecided else None


def turn_of(messages: Sequence[AnyMessage], turn: str) -> list[AnyMessage]:
    """The messages that followed the person's message of this id, up to their next one."""
    found: list[AnyMessage] = []
    inside = False
    for said in messages:
        if isinstance(said, HumanMessage):
            inside = said.id == turn
        elif inside:
            found.append(said)
    return found


def replayed(messages: Sequence[AnyMessage], language: str, *, waits: str) -> Iterator[TurnEvent]:
    """The events of a finished turn, as they were told when it ran."""
    events = [event for said in messages for event in told_of(said, language)]
    yield TurnStarted()
    yield from events
    yield finished(events, waits=waits)


def finished(events: Sequence[TurnEvent], *, waits: str) -> TurnFinished:
    """The last event of a turn that consisted of these."""
    said = "".join(event.text for event in events if isinstance(event, SentenceSaid)).strip()
    asked = next((event.text for event in reversed(events) if isinstance(event, ApprovalAsked)), "") if waits else ""
    return TurnFinished("\n\n".join(part for part in (said, asked) if part), waits)


def said_in(messages: Sequence[AnyMessage], language: str) -> Iterator[Said]:
    """The messages that people see; a proposal with its question for as long as somebody is still to decide it."""
    for said in messages:
        if words := own_words(said):
            yield Said(str(said.id), "user", words)
        elif isinstance(said, AIMessage) and said.text:
            yield Said(str(said.id), "assistant", str(said.text))
        elif proposes(said) and (found := artifact_of(said)):
            shown = proposal_text(found, language) if found.undecided else shown_text(found)
            yield Said(str(said.id), "assistant", shown, found.approval_id)
