"""What is left of a partner's market development funds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from assistant.domain.people import Requester
from assistant.domain.written import day_told, money_told
from assistant.ports.prm import Prm
from assistant.tools.partner_meant import PartnerInputs, partner_meant
from assistant.tools.tool import Card, Row, ToolCall, ToolResult
from prompts.messages import message


@dataclass(frozen=True, slots=True)
class FundBalanceTool:
    """Shows each allocation with what is granted, committed and left."""

    prm: Prm
    name: ClassVar[str] = "fund_balance"
    purpose: ClassVar[str] = "Show how much market development money a partner has left, by allocation, and until when."
    inputs: ClassVar[type[PartnerInputs]] = PartnerInputs
    writes: ClassVar[bool] = False

    def offered_to(self, requester: Requester) -> bool:
        """Everybody known."""
        return requester.known

    async def run(self, inputs: PartnerInputs, call: ToolCall) -> ToolResult:
        """Each allocation of the partner."""
        partner_id = await partner_meant(self.prm, inputs.partner, call)
        balances = await self.prm.fund_balance(partner_id, requester=call.requester)
        rows, lines = [], [f"{partner_id} has {len(balances)} allocations."]
        for item in balances:
            grant = item.allocation
            left, granted = (money_told(each, call.told_in) for each in (item.available, grant.amount))
            told = {"left": left, "granted": granted, "until": day_told(grant.ends, call.told_in)}
            rows.append(Row(f"{grant.name} ({grant.id})", message("fund_left", call.told_in, **told)))
            lines.append(f"- {grant.id}: {item.available} left of {grant.amount}, {grant.starts} to {grant.ends}")
        notes = () if rows else (message("fund_none", call.told_in),)
        return ToolResult("\n".join(lines), card=Card(message("card_funds", call.told_in), tuple(rows), notes))
