"""Every change that a tool may propose: its payload, and the one call of the PRM that carries it out."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from assistant.deals.draft import invalid
from assistant.domain.approvals import Proposal
from assistant.domain.cosell import InvitationDraft
from assistant.domain.deals import DealChange, DealDraft
from assistant.domain.funds import FundDraft
from assistant.errors import UsageError
from assistant.ports.deal_desk import Reviews
from assistant.ports.prm import Prm, Write
from assistant.tools.partner_meant import acting_for


@dataclass(frozen=True, slots=True)
class RegisterDeal:
    """Register and submit a deal; for `partner_id` when one of the vendor's people files it."""

    draft: DealDraft
    partner_id: str = ""


@dataclass(frozen=True, slots=True)
class UpdateDeal:
    """Change some fields of a deal."""

    deal_id: str
    change: DealChange


@dataclass(frozen=True, slots=True)
class WithdrawDeal:
    """Take a deal back."""

    deal_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExtendDeal:
    """Lengthen the protection of a deal; `until` is what the partner asks for, which its rules may not give."""

    deal_id: str
    evidence: str
    until: date | None = None

    @property
    def reasons(self) -> str:
        """What the reviewer reads."""
        return f"{self.evidence} (asked for until {self.until})" if self.until else self.evidence


@dataclass(frozen=True, slots=True)
class RequestFunds:
    """Ask for market development funds."""

    draft: FundDraft


@dataclass(frozen=True, slots=True)
class InvitePartner:
    """Invite a partner into a deal."""

    draft: InvitationDraft


@dataclass(frozen=True, slots=True)
class AnswerInvitation:
    """Accept an invitation, or decline it with a reason."""

    invitation_id: str
    accept: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ApproveReview:
    """Approve a registration that is in review."""

    deal_id: str


@dataclass(frozen=True, slots=True)
class RejectReview:
    """Refuse a registration that is in review, with the reason that the partner reads."""

    deal_id: str
    reason: str


# The marks of unicode.org/reports/tr9; joiners are not among them, which belong to the spelling of words.
OF_A_DISPLAY = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
Deciding = ApproveReview | RejectReview
Command = (
    RegisterDeal | UpdateDeal | WithdrawDeal | ExtendDeal | RequestFunds | InvitePartner | AnswerInvitation | Deciding
)
COMMANDS: dict[str, type[Any]] = {
    "register_deal": RegisterDeal,
    "update_deal": UpdateDeal,
    "withdraw_deal": WithdrawDeal,
    "extend_deal": ExtendDeal,
    "request_funds": RequestFunds,
    "invite_partner": InvitePartner,
    "answer_invitation": AnswerInvitation,
    "approve_review": ApproveReview,
    "reject_review": RejectReview,
}


@cache
def _wire(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def payload_of(command: Command) -> str:
    """The JSON that is stored, shown, hashed and executed, without marks of direction: those are for a display."""
    told: str = _wire(cast("Any", type(command))).dump_json(command).decode()
    return told.translate(OF_A_DISPLAY)


def tool_of(command: Command) -> str:
    """The name of the tool that proposes this."""
    return next(name for name, kind in COMMANDS.items() if isinstance(command, kind))


def command_of(tool: str, payload: str) -> Command:
    """The command in a payload. Raises UsageError for an unknown tool, InvalidRecord for a wrong payload."""
    if tool not in COMMANDS:
        raise UsageError(f"There is no tool {tool!r} that writes.", hint=f"Tools that write: {', '.join(COMMANDS)}.")
    try:
        command: Command = _wire(cast("Any", COMMANDS[tool])).validate_json(payload)
    except ValidationError as error:
        raise invalid(error) from error
    return command


class PrmExecutor:
    """Carries out stored proposals on a PRM, and decisions at its desk."""

    def __init__(self, prm: Prm, desk: Reviews) -> None:
        self._prm = prm
        self._desk = desk

    async def execute(self, proposal: Proposal, *, write: Write) -> str:
        """See Executor: the id and state of the record that was written."""
        record = await self._call(command_of(proposal.tool, proposal.payload), write)
        return f"{record.id} {record.state.value}"

    def _call(self, command: Command, write: Write) -> Awaitable[Any]:
        """The one call of the PRM, not yet made."""
        prm = self._prm
        call: Awaitable[Any]
        match command:
            case RegisterDeal(draft, partner_id):
                acting = acting_for(write.requester, partner_id)
                call = prm.register_deal(draft, write=replace(write, requester=acting))
            case UpdateDeal(deal_id, change):
                call = prm.update_deal(deal_id, change, write=write)
            case WithdrawDeal(deal_id, reason):
                call = prm.withdraw_deal(deal_id, reason, write=write)
            case ExtendDeal(deal_id):
                call = prm.extend_deal(deal_id, command.reasons, write=write)
            case RequestFunds(funds):
                call = prm.request_funds(funds, write=write)
            case InvitePartner(invitation):
                call = prm.invite(invitation, write=write)
            case AnswerInvitation(invitation_id, True, _):
                call = prm.accept_invitation(invitation_id, write=write)
            case AnswerInvitation(invitation_id, _, reason):
                call = prm.decline_invitation(invitation_id, reason, write=write)
            case ApproveReview() | RejectReview():
                call = self._decided(command, write)
        return call

    def _decided(self, command: Deciding, write: Write) -> Awaitable[Any]:
        match command:
            case ApproveReview(deal_id):
                return self._desk.approve(deal_id, write=write)
            case RejectReview(deal_id, reason):
                return self._desk.reject(deal_id, reason, write=write)
