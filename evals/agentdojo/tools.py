"""AgentDojo's functions as tools of ours: which of them change something, and what their arguments are.

This table is all that is said about AgentDojo. What follows from it (where a value came from, what is refused, what a
person is shown, what is executed) is decided by the code that decides it for the tools of the product.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, cast

from pydantic import BaseModel, JsonValue, create_model

from assistant.domain.approvals import Argument, Proposal, Source
from assistant.domain.people import Requester
from assistant.errors import InvalidRecord, PrmError, Problem
from assistant.ports.prm import Write
from assistant.tools.labels import origin_label
from assistant.tools.origin import ON_RECORD, Origin, foreign_addresses, origin_of, unsaid
from assistant.tools.proposing import FOREIGN, LIFETIME
from assistant.tools.spotlight import LONGEST, spotlit
from assistant.tools.tool import Card, Inputs, Row, ToolCall, ToolResult, Words
from evals.agentdojo.wire import Order, Record, Returned, Signature

SHORTEST = 3  # characters of a name or an id by which somebody means a record


class Kind(Enum):
    """What an argument is, and so what becomes of a value that nobody said."""

    NAMED = "a person, address, amount, name or secret"  # refused
    DAY = "a day, with a time or without"  # refused
    RECORD = "something that is there already"  # shown with a mark; refused where there is no such thing
    GONE = "something that is there already, and is taken away"  # refused, as by withdraw_deal
    TEXT = "free text"  # shown with a mark; refused where it leads to an address that nobody named


NAMED, DAY, RECORD, GONE, TEXT = Kind.NAMED, Kind.DAY, Kind.RECORD, Kind.GONE, Kind.TEXT
EVENT = {"title": TEXT, "description": TEXT, "location": TEXT, "participants": NAMED}
PAYMENT = {"recipient": NAMED, "amount": NAMED, "subject": TEXT, "date": DAY, "recurring": TEXT}
CHANGES: Mapping[str, Mapping[str, Kind]] = {
    "send_email": {
        "recipients": NAMED,
        "cc": NAMED,
        "bcc": NAMED,
        "subject": TEXT,
        "body": TEXT,
        "attachments": RECORD,
    },
    "delete_email": {"email_id": GONE},
    "create_calendar_event": {**EVENT, "start_time": DAY, "end_time": DAY},
    "cancel_calendar_event": {"event_id": GONE},
    "reschedule_calendar_event": {"event_id": RECORD, "new_start_time": DAY, "new_end_time": DAY},
    "add_calendar_event_participants": {"event_id": RECORD, "participants": NAMED},
    "append_to_file": {"file_id": RECORD, "content": TEXT},
    "create_file": {"filename": NAMED, "content": TEXT},
    "delete_file": {"file_id": GONE},
    "share_file": {"file_id": RECORD, "email": NAMED, "permission": TEXT},
    "reserve_hotel": {"hotel": RECORD, "start_day": DAY, "end_day": DAY},
    "reserve_car_rental": {"company": RECORD, "start_time": DAY, "end_time": DAY},
    "reserve_restaurant": {"restaurant": RECORD, "start_time": DAY},
    "send_money": PAYMENT,
    "schedule_transaction": PAYMENT,
    "update_scheduled_transaction": {"id": RECORD, **PAYMENT},
    "update_password": {"password": NAMED},
    "update_user_info": {"first_name": NAMED, "last_name": NAMED, "street": NAMED, "city": NAMED},
    "add_user_to_channel": {"user": RECORD, "channel": RECORD},
    "remove_user_from_slack": {"user": GONE},
    "send_direct_message": {"recipient": RECORD, "body": TEXT},
    "send_channel_message": {"channel": RECORD, "body": TEXT},
    "invite_user_to_slack": {"user": NAMED, "user_email": NAMED},
    "post_webpage": {"url": NAMED, "content": TEXT},
}
# A page that a model chose is not fetched; one whose address the person wrote is read like anything else.
FETCHES: Mapping[str, Mapping[str, Kind]] = {"get_webpage": {"url": NAMED}}


@dataclass(slots=True)
class Hands:
    """What the tools act with. `injected` is set when something with the attacker's text in it came back."""

    call: Callable[[Order], Returned]
    records: Callable[[], list[Record]]
    injected: bool = False
    done: list[Order] = field(default_factory=list)

    def fresh(self) -> Hands:
        """These hands, as if nothing had been done."""
        self.injected, self.done = False, []
        return self

    def do(self, order: Order) -> Returned:
        """Call a function of AgentDojo."""
        returned = self.call(order)
        self.injected = self.injected or returned.injected
        self.done += [] if returned.failed else [order]
        return returned


@dataclass(frozen=True, slots=True)
class DojoTool:
    """One function of AgentDojo as a Tool."""

    name: str
    purpose: str
    inputs: type[BaseModel]
    hands: Hands = field(repr=False)

    @property
    def writes(self) -> bool:
        """Whether it proposes changes."""
        return self.name in CHANGES

    def offered_to(self, requester: Requester) -> bool:
        """Everybody known."""
        return requester.known

    async def run(self, inputs: BaseModel, call: ToolCall) -> ToolResult:
        """What was read, or a proposal. Raises InvalidRecord for values that nobody said."""
        args = inputs.model_dump(exclude_unset=True)
        if self.name in FETCHES:
            origins_of(FETCHES[self.name], args, call.words, self.hands.records())
        if not self.writes:
            returned = self.hands.do(Order(function=self.name, args=args))
            return ToolResult("\n".join(map(spotlit, _pieces(returned.text))), failed="refused" * returned.failed)
        origins = origins_of(CHANGES[self.name], args, call.words, self.hands.records())
        arguments = tuple(
            Argument(name, str(value), origins[name].source, origins[name].quote) for name, value in args.items()
        )
        payload = json.dumps(args, ensure_ascii=False)
        proposal = Proposal(self.name, payload, arguments, call.requester, call.thread, call.now + LIFETIME)
        return ToolResult(f"Proposed, not written: {self.name} waits.", _card(proposal, call.told_in), (), proposal)


def tool_of(signature: Signature, hands: Hands) -> DojoTool:
    """The tool of a function."""
    fields: dict[str, Any] = dict.fromkeys(signature.arguments, (JsonValue | None, None))
    inputs = create_model(f"{signature.name}_inputs", __base__=Inputs, **fields)
    return DojoTool(signature.name, signature.about, cast("type[BaseModel]", inputs), hands)


def origins_of(
    kinds: Mapping[str, Kind], args: Mapping[str, Any], words: Words, kept: list[Record]
) -> dict[str, Origin]:
    """Where every argument came from. Raises InvalidRecord for what is refused when nobody said it."""
    found = {name: _origin(value, kinds[name], words, kept) for name, value in args.items()}
    problems = [*unsaid((name, each) for name, each in found.items() if kinds[name] in {NAMED, DAY, GONE})]
    for name, each in found.items():
        if kinds[name] is TEXT and each.source is Source.MODEL:
            problems += foreign_addresses(name, str(args[name]), words)
        if kinds[name] is RECORD:
            there = {value for record in kept for value in record.values}
            missing = [value for value in _values(args[name]) if value not in there]
            problems += [Problem(name, "no_such_record", f"there is no {value}") for value in missing]
    if problems:
        raise InvalidRecord.of(*problems)
    return found


def _origin(value: object, kind: Kind, words: Words, kept: list[Record]) -> Origin:
    """The least trustworthy origin of the parts of a value."""
    parts = [_part(part, kind, words, kept) for part in _values(value)]
    return max(parts, key=lambda origin: ORDER.index(origin.source), default=ON_RECORD)


ORDER = (Source.SAID, Source.RULE, Source.RECORD, Source.QUOTED, Source.MODEL)


def _part(part: str, kind: Kind, words: Words, kept: list[Record]) -> Origin:
    by_chance = kind in {RECORD, GONE} and len(part) < SHORTEST  # "1 hour" names no file
    found = Origin(Source.MODEL) if by_chance else origin_of(_typed(part, kind), words)
    if found.source is not Source.MODEL:
        return found
    named = {_naming(record, words) for record in kept if part in record.values}
    return ON_RECORD if Source.SAID in named else Origin(Source.QUOTED) if Source.QUOTED in named else found


def _naming(record: Record, words: Words) -> Source:
    """Where a name of this record stands: in the person's own words, in what they passed on, or nowhere."""
    names = (name for name in record.names if len(name) >= SHORTEST)
    return min((origin_of(name, words).source for name in names), key=ORDER.index, default=Source.MODEL)


def _typed(part: str, kind: Kind) -> object:
    if kind is DAY:
        return date.fromisoformat(part[:10])
    return Decimal(part) if kind is NAMED and part.replace(".", "", 1).isdigit() else part


def _values(value: object) -> Iterator[str]:
    """The values to look for: of lists each one, of an attached file its id."""
    if isinstance(value, list):
        for part in value:
            yield from _values(part)
    elif isinstance(value, dict):
        yield str(value.get("file_id", value))
    elif value is not None:
        yield str(value)


def _card(proposal: Proposal, language: str) -> Card:
    rows = [
        Row(each.name, f"{each.value} ({origin_label(each.source, each.quote, language)})", each.source in FOREIGN)
        for each in proposal.arguments
    ]
    return Card(proposal.tool, tuple(rows))


def _pieces(text: str) -> list[str]:
    return [text[start : start + LONGEST] for start in range(0, len(text), LONGEST)] or [""]


@dataclass(frozen=True, slots=True)
class DojoExecutor:
    """Carries out what was approved, from the stored payload."""

    hands: Hands

    async def execute(self, proposal: Proposal, *, write: Write) -> str:  # noqa: ARG002 - AgentDojo has no keys
        """See Executor."""
        returned = self.hands.do(Order(function=proposal.tool, args=json.loads(proposal.payload)))
        if returned.failed:
            raise PrmError(returned.text[:200], hint="Tell the requester.")
        return returned.text[:200]
