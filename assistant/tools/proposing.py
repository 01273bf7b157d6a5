"""A command as a proposal: every value of its payload shown with where it came from and what the record says now."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from types import MappingProxyType
from typing import Any, cast

from pydantic import TypeAdapter

from assistant.domain.approvals import Argument, Proposal, Source
from assistant.domain.written import moment_told
from assistant.tools.labels import label, origin_label, value_told
from assistant.tools.origin import BY_RULE, Origin
from assistant.tools.spotlight import spotlit, unlinked
from assistant.tools.tool import Card, Row, ToolCall, ToolResult
from assistant.tools.writes import Command, payload_of, tool_of
from prompts.messages import isolated, message

LIFETIME = timedelta(days=3)  # long enough to be decided after a weekend
ANSWER = "answer_invitation"
FOREIGN = {Source.QUOTED, Source.MODEL}
WRAPPERS = ("draft.", "change.")
NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A command with what an approver must know about it.

    `origins` are those of the values by path, such as "customer.name"; a value without one was set by rule. `record` is
    what is changed, as it stands, and its fields are shown beside the new values. `notes` are read by the approver.
    """

    command: Command
    origins: Mapping[str, Origin]
    target: str = ""
    version: str = ""
    record: object = None
    reviewed: bool = False
    notes: tuple[str, ...] = field(default=())


def proposed(wanted: Wanted, call: ToolCall) -> ToolResult:
    """The result of a tool that wants to write: a proposal, shown as a card, and nothing written."""
    payload = payload_of(wanted.command)
    before = dict(leaves(_plain(wanted.record))) if wanted.record is not None else NOTHING
    proposal = Proposal(
        tool=tool_of(wanted.command),
        payload=payload,
        arguments=tuple(_arguments(json.loads(payload), wanted.origins, before)),
        requester=call.requester,
        thread=call.thread,
        expires_at=call.now + LIFETIME,
        target=wanted.target,
        version=wanted.version,
        reviewed=wanted.reviewed,
        notes=wanted.notes,
    )
    return ToolResult(text=_told(proposal), card=card_of(proposal, call.told_in), proposal=proposal)


def card_of(proposal: Proposal, language: str) -> Card:
    """The proposal as its approver reads it: labels and values as people write them, others' words quoted."""
    rows = []
    now = {each.name: each.value for each in proposal.arguments}
    then = {each.name: each.before for each in proposal.arguments if each.before}
    for each in proposal.arguments:
        before = value_told(each.name, each.before, now | then, language)
        value = value_told(each.name, each.value, now, language)
        value = changed(before, value, language) if before and before != value else value
        origin = origin_label(each.source, each.quote, language)
        kept = unlinked(value) if each.source is Source.RECORD else value
        rows.append(
            Row(label(each.name, language), f"{isolated(kept, language)} ({origin})", foreign=each.source in FOREIGN)
        )
    review = (message("card_reviewed", language),) if proposal.reviewed else ()
    day = moment_told(proposal.expires_at, language)
    told = (*proposal.notes, *review, message("card_yours", language), message("card_expires", language, day=day))
    return Card(message(f"card_{deed_of(proposal)}", language), tuple(rows), told)


def deed_of(proposal: Proposal) -> str:
    """What a proposal would do: its tool, and of an answer to an invitation which of the two."""
    if proposal.tool != ANSWER:
        return proposal.tool
    accepts = any(each.name == "accept" and each.value == "true" for each in proposal.arguments)
    return "accept_invitation" if accepts else "decline_invitation"


def changed(before: str, value: str, language: str) -> str:
    """What it was and will be; each keeps its direction, so that the arrow points to the new one everywhere."""
    return f"{isolated(before, language)} → {isolated(value, language)}"


def leaves(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every value of plain JSON that says something, with its path; empty text, null and empty lists say nothing."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from leaves(part, f"{path}[{place}]")
    elif value not in {None, ""}:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)


def _arguments(payload: object, origins: Mapping[str, Origin], before: Mapping[str, object]) -> Iterator[Argument]:
    for path, value in leaves(payload):
        name = next((path.removeprefix(part) for part in WRAPPERS if path.startswith(part)), path)
        origin = origins.get(name, BY_RULE)
        yield Argument(name, value, origin.source, origin.quote, str(before.get(name, "")))


def _plain(record: object) -> object:
    return json.loads(_wire(cast("Any", type(record))).dump_json(record))


def _told(proposal: Proposal) -> str:
    """For the model: that it waits, for whom, and that it must not claim more."""
    lines = [f"{each.name}: {spotlit(each.value)} ({each.source})" for each in proposal.arguments]
    head = f"Proposed, not written: {proposal.tool} waits for the requester to approve it. Do not say that it is done."
    return "\n".join([head, *lines, *proposal.notes])


@cache
def _wire(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
