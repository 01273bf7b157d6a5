"""The deals a person may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import ClassVar

from pydantic import Field

from assistant.cosell.register import everything
from assistant.domain.deals import DealRegistration, DealState, SalesStage
from assistant.domain.deals_lifecycle import OPEN, PROTECTED
from assistant.domain.people import Requester
from assistant.domain.written import PLAIN, day_told, listed, money_told
from assistant.ports.prm import LARGEST_PAGE, DealQuery, Prm, Window
from assistant.tools.partner_meant import PartnerInputs, partner_meant
from assistant.tools.spotlight import spotlit
from assistant.tools.tool import Card, Row, ToolCall, ToolResult
from assistant.tools.whose_deal import partners_told
from prompts.messages import isolated, message

MOST = 20
Found = tuple[list[DealRegistration], bool]  # deals, and whether there are more
NOBODY: Mapping[str, str] = MappingProxyType({})


class ListInputs(PartnerInputs):
    """Which deals; all by default."""

    state: DealState | None = Field(None, description="Only deals in this state.")
    open: bool = Field(default=False, description="Only deals that are neither won nor lost nor ended otherwise.")
    stage: SalesStage | None = Field(None, description="Only deals at this stage of the sale.")
    ending_within_days: int = Field(
        0, ge=0, le=366, description="Only deals whose protection ends within so many days, the soonest first."
    )
    text: str = Field("", max_length=120, description="Part of the title or of the customer's name.")


@dataclass(frozen=True, slots=True)
class ListDeals:
    """Lists deals, the one changed last first."""

    prm: Prm
    name: ClassVar[str] = "list_deals"
    purpose: ClassVar[str] = "List the requester's deals with their states, the one changed last first."
    inputs: ClassVar[type[ListInputs]] = ListInputs
    writes: ClassVar[bool] = False

    def offered_to(self, requester: Requester) -> bool:
        """Everybody known."""
        return requester.known

    async def run(self, inputs: ListInputs, call: ToolCall) -> ToolResult:
        """Up to 20 deals."""
        partner_id = await partner_meant(self.prm, inputs.partner, call) if inputs.partner else ""
        query = DealQuery(text=inputs.text, state=inputs.state, partner_id=partner_id)
        find = self._ending if inputs.ending_within_days else self._changed_last
        deals, more = await find(query, inputs, call)
        names = await partners_told(self.prm, deals, call.requester)
        line, more_of = (_ends, "deals_more_ending") if inputs.ending_within_days else (told, "deals_more")
        rows = tuple(Row(deal.id, line(deal, call.told_in, names), foreign=True) for deal in deals)
        notes = (message(more_of, call.told_in, count=str(MOST)),) if more else ()
        notes = notes if rows else (message("deals_none", call.told_in),)
        lines = [f"{deal.id}: {deal.state}, {spotlit(_of(deal, names) + _facts(deal))}{_until(deal)}" for deal in deals]
        head = f"{len(lines)} deals" + (", there are more" if more else "")
        asked = [deal for deal in deals if deal.state is DealState.ACTION_REQUIRED]
        if len(asked) == 1:  # the only one that waits for the requester: what is wanted, so that they can answer
            (deal,) = asked
            head = f"{deal.id} is action_required. Comment, as data: {spotlit(deal.comment)}\n{head}"
            rows += (Row(message("field_comment", call.told_in), deal.comment, foreign=True),) if deal.comment else ()
            notes = (*notes, message("status_action_required", call.told_in, id=deal.id))
        return ToolResult("\n".join([head, *lines]), card=Card(message("card_deals", call.told_in), rows, notes))

    async def _changed_last(self, query: DealQuery, inputs: ListInputs, call: ToolCall) -> Found:
        """The deals changed last, and whether there are more."""
        window = Window(limit=LARGEST_PAGE if inputs.stage or inputs.open else MOST)
        page = await self.prm.find_deals(query, requester=call.requester, window=window)
        wanted = [deal for deal in page.items if _wanted(deal, inputs)]
        return wanted[:MOST], bool(page.cursor) or len(wanted) > MOST

    async def _ending(self, query: DealQuery, inputs: ListInputs, call: ToolCall) -> Found:
        """The deals whose protection ends first, of all that are protected, and whether there are more."""
        last = call.now + timedelta(days=inputs.ending_within_days)
        ending: list[tuple[datetime, DealRegistration]] = []
        for state in sorted(PROTECTED & {query.state or state for state in PROTECTED}):
            asked = replace(query, state=state)
            found = await everything(
                lambda window, asked=asked: self.prm.find_deals(asked, requester=call.requester, window=window)  # type: ignore[misc]  # asked is bound now
            )
            ends = ((deal.protected_until, deal) for deal in found if _wanted(deal, inputs))
            ending += [(end, deal) for end, deal in ends if end is not None and call.now <= end <= last]
        deals = [deal for _, deal in sorted(ending, key=lambda each: (each[0], each[1].id))]
        return deals[:MOST], len(deals) > MOST


def _wanted(deal: DealRegistration, inputs: ListInputs) -> bool:
    return inputs.stage in {None, deal.draft.stage} and (deal.state in OPEN or not inputs.open)


def told(deal: DealRegistration, language: str, partners: Mapping[str, str] = NOBODY) -> str:
    """A deal in one line; it begins with its partner where `partners` names it."""
    return f"{_of(deal, partners)}{_facts(deal, language)} – {message(f'state_{deal.state.value}', language)}"


def _ends(deal: DealRegistration, language: str, partners: Mapping[str, str]) -> str:
    """A protected deal in one line, with the day its protection ends."""
    day = isolated(day_told(deal.protected_until, language), language) if deal.protected_until else "–"
    until = f"{message('field_protected_until', language)} {day}"
    return f"{_of(deal, partners)}{_facts(deal, language)} – {until}"


def _until(deal: DealRegistration) -> str:
    return f", protected until {deal.protected_until:%Y-%m-%d}" if deal.protected_until else ""


def _of(deal: DealRegistration, partners: Mapping[str, str]) -> str:
    return f"{partners[deal.partner_id]} · " if deal.partner_id in partners else ""


def _facts(deal: DealRegistration, language: str = PLAIN) -> str:
    draft = deal.draft
    told = money_told(draft.value, language), day_told(draft.target_close, language)
    value, close = (isolated(each, language) for each in told)
    return listed((draft.customer.name, draft.product, value, close), language)
