"""Take a deal back, as a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from assistant.domain.deals_lifecycle import DealEvent, allowed_events
from assistant.domain.people import Requester
from assistant.errors import InvalidRecord, NotAllowedInState
from assistant.ports.prm import Prm
from assistant.tools.finding_deals import deal_meant, deal_origin
from assistant.tools.origin import unsaid, worded
from assistant.tools.proposing import Wanted, proposed
from assistant.tools.tool import LONGEST_NAME, Inputs, ToolCall, ToolResult
from assistant.tools.writes import WithdrawDeal
from prompts.messages import message


class WithdrawInputs(Inputs):
    """Which deal, and why."""

    deal: str = Field(min_length=1, max_length=LONGEST_NAME, description="Id of the deal, or its customer's name.")
    reason: str = Field("", max_length=500, description="Why, as the requester put it.")


@dataclass(frozen=True, slots=True)
class WithdrawDealTool:
    """Proposes to withdraw a deal."""

    prm: Prm
    name: ClassVar[str] = "withdraw_deal"
    purpose: ClassVar[str] = (
        "Propose to take a registered deal back for good. A person approves it before anything is written."
    )
    inputs: ClassVar[type[WithdrawInputs]] = WithdrawInputs
    writes: ClassVar[bool] = True

    def offered_to(self, requester: Requester) -> bool:
        """Everybody known; the PRM lets partners withdraw their own deals."""
        return requester.known

    async def run(self, inputs: WithdrawInputs, call: ToolCall) -> ToolResult:
        """A proposal. Raises RecordNotFound, NotAllowedInState when it ended already.

        Raises InvalidRecord for a deal that the requester did not name: what is gone for good is not a model's choice.
        """
        deal = await deal_meant(self.prm, inputs.deal, call)
        named = await deal_origin(self.prm, deal, call)
        if problems := unsaid([("deal", named)]):
            raise InvalidRecord.of(*problems)
        if DealEvent.WITHDRAW not in allowed_events(deal):
            raise NotAllowedInState(
                f"Deal {deal.id} is {deal.state} and cannot be withdrawn.", hint="Tell the requester."
            )
        reason, origin = worded(inputs.reason, call.words, field="reason", longest=500)
        origins = {"deal_id": named, "reason": origin}
        note = message("card_about", call.told_in, title=deal.draft.title, customer=deal.draft.customer.name)
        command = WithdrawDeal(deal.id, reason)
        return proposed(Wanted(command, origins, target=deal.id, version=deal.version, notes=(note,)), call)
