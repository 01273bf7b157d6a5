"""Invite a partner into a deal, as a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from assistant.domain.cosell import CoSellRole, InvitationDraft
from assistant.domain.deals_lifecycle import TERMINAL
from assistant.domain.people import Requester, Role
from assistant.domain.written import country_told
from assistant.errors import Forbidden, InvalidRecord, NotAllowedInState
from assistant.ports.prm import Prm
from assistant.tools.finding_deals import deal_meant, deal_origin
from assistant.tools.origin import BY_RULE, origin_of, unsaid
from assistant.tools.partner_meant import partner_named, partner_origin
from assistant.tools.proposing import Wanted, proposed
from assistant.tools.tool import LONGEST_NAME, Inputs, ToolCall, ToolResult
from assistant.tools.writes import InvitePartner
from prompts.messages import message


class InviteInputs(Inputs):
    """Whom, into which deal, as what."""

    deal: str = Field(min_length=1, max_length=LONGEST_NAME, description="Id of the deal, or its customer's name.")
    partner: str = Field(min_length=1, max_length=LONGEST_NAME, description="Name or id, as the requester said.")
    role: Literal["delivery", "technical", "referral"] = Field(
        "delivery", description="What they would do on the deal."
    )
    message: str = Field(
        "", max_length=255, description="What they read, only in the requester's own words; empty takes a neutral text."
    )


@dataclass(frozen=True, slots=True)
class InvitePartnerTool:
    """Proposes an invitation. It goes to another company, so nothing in it may be a model's own."""

    prm: Prm
    name: ClassVar[str] = "invite_partner"
    purpose: ClassVar[str] = (
        "Propose to invite a partner the requester named into one of their deals. A person approves it first; the "
        "invited partner learns the customer only after accepting."
    )
    inputs: ClassVar[type[InviteInputs]] = InviteInputs
    writes: ClassVar[bool] = True

    def offered_to(self, requester: Requester) -> bool:
        """Partners: whoever owns a deal decides who learns of its customer."""
        return requester.known and requester.role is Role.PARTNER

    async def run(self, inputs: InviteInputs, call: ToolCall) -> ToolResult:
        """A proposal.

        Raises RecordNotFound, Forbidden, NotAllowedInState, and InvalidRecord for whom or what nobody said.
        """
        deal = await deal_meant(self.prm, inputs.deal, call)
        if deal.partner_id != call.requester.partner_id:
            raise Forbidden("Only the partner who owns the deal invites others.", hint="Tell the requester.")
        if deal.state in TERMINAL:
            raise NotAllowedInState(f"Deal {deal.id} ended: {deal.state}.", hint="Tell the requester.")
        partner = await partner_named(self.prm, inputs.partner, call, field="partner")
        invitee = partner_origin(partner, call)
        told = inputs.message.strip()
        worded = origin_of(told, call.words) if told else BY_RULE
        if problems := unsaid((("partner", invitee), ("message", worded))):
            raise InvalidRecord.of(*problems)
        read_in = (partner.locales or ("en",))[0]
        market = {"product": deal.draft.product, "country": country_told(deal.draft.customer.country, read_in)}
        told = told or message("invitation_text", read_in, **market)
        draft = InvitationDraft(deal_id=deal.id, invitee=partner.id, role=CoSellRole(inputs.role), message=told)
        origins = {"deal_id": await deal_origin(self.prm, deal, call), "invitee": invitee, "message": worded}
        note = message("card_about", call.told_in, title=deal.draft.title, customer=deal.draft.customer.name)
        return proposed(Wanted(InvitePartner(draft), origins, notes=(note,)), call)
