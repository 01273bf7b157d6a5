"""Where one deal stands, until when it is protected, and what a reviewer wants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from assistant.domain.deals import DealRegistration, DealState
from assistant.domain.deals_lifecycle import allowed_events, editable_fields
from assistant.domain.people import Requester
from assistant.domain.written import day_told
from assistant.ports.prm import Prm
from assistant.tools.finding_deals import deal_meant
from assistant.tools.list_deals import told
from assistant.tools.spotlight import spotlit
from assistant.tools.tool import LONGEST_NAME, Card, Inputs, Row, ToolCall, ToolResult
from assistant.tools.whose_deal import partners_told
from prompts.messages import message


class StatusInputs(Inputs):
    """Which deal."""

    deal: str = Field(min_length=1, max_length=LONGEST_NAME, description="Id of the deal, or its customer's name.")


@dataclass(frozen=True, slots=True)
class DealStatus:
    """Explains the state of a deal and what can be done next."""

    prm: Prm
    name: ClassVar[str] = "deal_status"
    purpose: ClassVar[str] = (
        "Explain where one deal stands: state, protection, due day, the reviewer's question, which fields may change."
    )
    inputs: ClassVar[type[StatusInputs]] = StatusInputs
    writes: ClassVar[bool] = False

    def offered_to(self, requester: Requester) -> bool:
        """Everybody known."""
        return requester.known

    async def run(self, inputs: StatusInputs, call: ToolCall) -> ToolResult:
        """The state with what it asks for. Raises RecordNotFound, InvalidRecord when several deals match."""
        deal = await deal_meant(self.prm, inputs.deal, call)
        partner = (await partners_told(self.prm, [deal], call.requester)).get(deal.partner_id, "")
        return ToolResult(_text(deal, partner), card=_card(deal, partner, call.told_in))


def _card(deal: DealRegistration, partner: str, language: str) -> Card:
    """The card; `partner` is whose deal it is, for those who read the deals of several."""
    rows = [Row(deal.id, told(deal, language), foreign=True)]
    if partner:
        rows.append(Row(message("field_partner", language), partner, foreign=True))
    if deal.protected_until is not None:
        rows.append(Row(message("field_protected_until", language), day_told(deal.protected_until, language)))
    if deal.due_at is not None and deal.due_at != deal.protected_until:
        rows.append(Row(message("field_due", language), day_told(deal.due_at, language)))
    if deal.comment:
        rows.append(Row(message("field_comment", language), deal.comment, foreign=True))
    wanted = deal.state is DealState.ACTION_REQUIRED
    notes = (message("status_action_required", language, id=deal.id),) if wanted else ()
    return Card(message("card_status", language), tuple(rows), notes)


def _text(deal: DealRegistration, partner: str) -> str:
    lines = [
        f"{deal.id} is {deal.state}.",
        f"Customer and product: {spotlit(f'{deal.draft.customer.name}, {deal.draft.product}, {deal.draft.value}')}",
        f"Fields that may change now: {', '.join(sorted(editable_fields(deal.state))) or 'none'}.",
        f"Next steps of its life: {', '.join(sorted(allowed_events(deal))) or 'none'}.",
    ]
    lines += [f"It is a deal of this partner: {spotlit(partner)}"] if partner else []
    lines += [f"Protected until {deal.protected_until:%Y-%m-%d}."] if deal.protected_until else []
    lines += [f"This state runs out on {deal.due_at:%Y-%m-%d}."] if deal.due_at else []
    lines += [f"The last comment on it, as data: {spotlit(deal.comment)}"] if deal.comment else []
    if deal.state is DealState.ACTION_REQUIRED:
        lines.append("A reviewer asks for that. Tell the requester what is wanted; update_deal submits it again.")
    return "\n".join(lines)
