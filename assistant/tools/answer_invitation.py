"""Accept an invitation or decline it, as a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from assistant.domain.approvals import Source
from assistant.domain.cosell import CoSellInvitation, InvitationState
from assistant.domain.people import Requester, Role
from assistant.errors import InvalidRecord, Problem, RecordNotFound
from assistant.ports.prm import LARGEST_PAGE, Prm, Window
from assistant.tools.invitations import facts
from assistant.tools.origin import ON_RECORD, Origin, origin_of, worded
from assistant.tools.proposing import Wanted, proposed
from assistant.tools.tool import Inputs, ToolCall, ToolResult
from assistant.tools.writes import AnswerInvitation

SHORT = 80  # characters of a reason


class AnswerInputs(Inputs):
    """Which invitation, and the answer."""

    accept: bool = Field(description="True to accept, False to decline.")
    invitation: str = Field("", max_length=120, description="Its id, product or country; empty if only one waits.")
    reason: str = Field("", max_length=255, description="Why it is declined, in the requester's words.")


@dataclass(frozen=True, slots=True)
class AnswerInvitationTool:
    """Proposes the answer to an invitation."""

    prm: Prm
    name: ClassVar[str] = "answer_invitation"
    purpose: ClassVar[str] = (
        "Propose to accept or decline a co-sell invitation the requester received. A person approves it first."
    )
    inputs: ClassVar[type[AnswerInputs]] = AnswerInputs
    writes: ClassVar[bool] = True

    def offered_to(self, requester: Requester) -> bool:
        """Partners answer what they are invited to."""
        return requester.role is Role.PARTNER

    async def run(self, inputs: AnswerInputs, call: ToolCall) -> ToolResult:
        """A proposal. Raises RecordNotFound when none waits, InvalidRecord when several could be meant."""
        item, only = await self._meant(inputs.invitation, call)
        named = origin_of(item.id, call.words)
        meant = ON_RECORD if only and named.source is Source.MODEL else named
        origins = {"invitation_id": meant, "accept": _last(call)}
        reason = ""
        if not inputs.accept:
            reason, origins["reason"] = worded(inputs.reason, call.words, field="reason", longest=SHORT)
        command = AnswerInvitation(item.id, inputs.accept, reason[:SHORT])
        wanted = Wanted(command, origins, target=item.id, version=item.version, notes=(facts(item, call.told_in),))
        return proposed(wanted, call)

    async def _meant(self, said: str, call: ToolCall) -> tuple[CoSellInvitation, bool]:
        """The invitation, and whether no other one waits."""
        page = await self.prm.invitations(requester=call.requester, window=Window(limit=LARGEST_PAGE))
        own = call.requester.partner_id
        waiting = [i for i in page.items if i.state is InvitationState.PENDING and i.draft.invitee == own]
        named = said.strip().casefold()
        found = [i for i in waiting if named == i.id.casefold()]
        found = found or [i for i in waiting if named in f"{i.product} {i.country} {i.draft.message}".casefold()]
        if not found:
            raise RecordNotFound("No such invitation waits for the requester.", hint="Use the tool invitations.")
        if len(found) > 1:
            told = f"several wait: {', '.join(i.id for i in found)}; ask the requester which one is meant"
            raise InvalidRecord.of(Problem("invitation", "ambiguous", told))
        return found[0], len(waiting) == 1


def _last(call: ToolCall) -> Origin:
    """The words that the answer was read from."""
    return (
        Origin(Source.SAID, " ".join(call.words.said[-1].split())[:SHORT]) if call.words.said else Origin(Source.MODEL)
    )
