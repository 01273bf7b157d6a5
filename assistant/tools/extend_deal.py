"""Lengthen the protection of a deal, as a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from pydantic import Field

from assistant.domain.deals_lifecycle import DealEvent, allowed_events
from assistant.domain.people import Requester
from assistant.domain.written import day_told
from assistant.errors import InvalidRecord, NotAllowedInState
from assistant.ports.prm import Prm
from assistant.tools.finding_deals import deal_meant, deal_origin
from assistant.tools.origin import origin_of, unsaid, worded
from assistant.tools.proposing import Wanted, proposed
from assistant.tools.tool import LONGEST_NAME, Inputs, ToolCall, ToolResult
from assistant.tools.writes import ExtendDeal
from prompts.messages import message


class ExtendInputs(Inputs):
    """Which deal, and what was done with the customer."""

    deal: str = Field(min_length=1, max_length=LONGEST_NAME, description="Id of the deal, or its customer's name.")
    evidence: str = Field(
        "", max_length=1000, description="What was done with the customer and why it needs more time, as they wrote it."
    )
    until: date | None = Field(None, description="Day until which they ask for it, YYYY-MM-DD; ask if none was named.")


@dataclass(frozen=True, slots=True)
class ExtendDealTool:
    """Proposes to extend a deal."""

    prm: Prm
    name: ClassVar[str] = "extend_deal"
    purpose: ClassVar[str] = (
        "Propose to lengthen the protection of an active deal; the programme's rules set by how much. "
        "A person approves it before anything is written."
    )
    inputs: ClassVar[type[ExtendInputs]] = ExtendInputs
    writes: ClassVar[bool] = True

    def offered_to(self, requester: Requester) -> bool:
        """Everybody known; the PRM lets partners extend their own deals."""
        return requester.known

    async def run(self, inputs: ExtendInputs, call: ToolCall) -> ToolResult:
        """A proposal. Raises RecordNotFound, NotAllowedInState for a deal that is not active, InvalidRecord."""
        deal = await deal_meant(self.prm, inputs.deal, call)
        if DealEvent.EXTEND not in allowed_events(deal):
            raise NotAllowedInState(
                f"Deal {deal.id} is {deal.state}; only an active deal is extended.", hint="Tell the requester."
            )
        evidence, origin = worded(inputs.evidence, call.words, field="evidence", longest=1000)
        origins = {"deal_id": await deal_origin(self.prm, deal, call), "evidence": origin}
        if inputs.until:
            origins["until"] = origin_of(inputs.until, call.words)
        if problems := unsaid(each for each in origins.items() if each[0] == "until"):
            raise InvalidRecord.of(*problems)
        until = day_told(deal.protected_until, call.told_in) if deal.protected_until else "–"
        note = message("card_protected", call.told_in, customer=deal.draft.customer.name, day=until)
        command = ExtendDeal(deal.id, evidence, inputs.until)
        by_rule = (message("card_extension", call.told_in),) if inputs.until else ()
        return proposed(Wanted(command, origins, target=deal.id, version=deal.version, notes=(note, *by_rule)), call)
