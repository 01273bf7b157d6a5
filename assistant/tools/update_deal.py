"""Change a deal, or answer what a reviewer asked for: as a proposal with what it says now and what it will say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import ClassVar

from pydantic import Field

from assistant.domain.accounts import Contact, Customer
from assistant.domain.deals_lifecycle import change
from assistant.domain.deals_validation import problems_touching
from assistant.domain.people import Requester
from assistant.errors import InvalidRecord, Problem
from assistant.ports.prm import Prm
from assistant.tools.deal_form import DealFields, Products, change_of, origins_of
from assistant.tools.finding_deals import deal_meant, deal_origin
from assistant.tools.origin import ON_RECORD, Origin
from assistant.tools.proposing import Wanted, proposed
from assistant.tools.tool import LONGEST_NAME, ToolCall, ToolResult
from assistant.tools.writes import UpdateDeal
from prompts.messages import message

# Parts of a customer, contact or value that were not told stay as the record says.
KEPT = dict.fromkeys(
    [f"customer.{part.name}" for part in fields(Customer)]
    + [f"contact.{part.name}" for part in fields(Contact)]
    + ["value.amount", "value.currency"],
    ON_RECORD,
)


class UpdateInputs(DealFields):
    """Which deal, and the new values; every field left empty stays as it is."""

    deal: str = Field(min_length=1, max_length=LONGEST_NAME, description="Id of the deal, or its customer's name.")


@dataclass(frozen=True, slots=True)
class UpdateDealTool:
    """Proposes new values for some fields of a deal."""

    prm: Prm
    products: Products = field(default_factory=Products)
    name: ClassVar[str] = "update_deal"
    purpose: ClassVar[str] = (
        "Propose to change a registered deal, also to repair one in action required. Fill in only the new values that "
        "the requester wrote. A person approves it before anything is written."
    )
    inputs: ClassVar[type[UpdateInputs]] = UpdateInputs
    writes: ClassVar[bool] = True

    def offered_to(self, requester: Requester) -> bool:
        """Everybody known; the PRM lets partners change their own deals."""
        return requester.known

    async def run(self, inputs: UpdateInputs, call: ToolCall) -> ToolResult:
        """A proposal. Raises RecordNotFound, NotAllowedInState with the fields that are locked, InvalidRecord."""
        deal = await deal_meant(self.prm, inputs.deal, call)
        if not inputs.told:
            problem = Problem(field="", code="missing", message="no new value was told; ask what should change")
            raise InvalidRecord.of(problem)
        origins = origins_of(inputs, call.words)
        edit = change_of(inputs, self.products, deal.draft.customer, deal.draft.value)
        if edit.contact is not None:
            kept, told = deal.draft.contact, edit.contact
            names = [name for name in ("email", "first_name", "last_name", "title", "phone") if getattr(told, name)]
            edit = replace(edit, contact=replace(kept, **{name: getattr(told, name) for name in names}))
        changed = change(deal, edit, now=call.now)
        if problems := problems_touching(changed.draft, edit.names, today=call.now.date()):
            raise InvalidRecord.of(*problems)
        shown: Mapping[str, Origin] = {"deal_id": await deal_origin(self.prm, deal, call), **KEPT, **origins}
        note = message("card_about", call.told_in, title=deal.draft.title, customer=deal.draft.customer.name)
        wanted = Wanted(
            UpdateDeal(deal.id, edit),
            shown,
            target=deal.id,
            version=deal.version,
            record=deal.draft,
            notes=(note,),
        )
        return proposed(wanted, call)
