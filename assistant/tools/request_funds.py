"""Ask for market development funds, as a proposal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from assistant.domain.funds import FundBalance, FundDraft
from assistant.domain.money import Money
from assistant.domain.people import Requester, Role
from assistant.domain.written import money_told
from assistant.errors import InvalidRecord, Problem
from assistant.ports.prm import Prm
from assistant.tools.finding_deals import deal_meant, deal_origin
from assistant.tools.origin import BY_RULE, ON_RECORD, Origin, currency_names, origin_of, unsaid, worded
from assistant.tools.proposing import Wanted, proposed
from assistant.tools.tool import Inputs, ToolCall, ToolResult
from assistant.tools.writes import RequestFunds
from prompts.messages import message

REQUIRED = ("activity", "amount", "currency", "starts")


class FundInputs(Inputs):
    """How much for what, and when. A field nobody told stays empty."""

    amount: Decimal | None = Field(None, gt=0, description="How much is asked for, a plain number.")
    currency: str = Field("", max_length=3, description="ISO 4217 code, only if it was stated.")
    activity: str = Field("", max_length=255, description="What the money is for, as the requester wrote it.")
    outcome: str = Field("", max_length=255, description="What it is expected to bring, as they wrote it.")
    starts: date | None = Field(None, description="Day of the activity, YYYY-MM-DD, only an exact day.")
    ends: date | None = Field(None, description="Its last day; the same day if only one was told.")
    allocation: str = Field("", max_length=80, description="Id of the allocation, if one was named.")
    deal: str = Field("", max_length=120, description="Id or customer of the deal it supports, if one was named.")


@dataclass(frozen=True, slots=True)
class RequestFundsTool:
    """Proposes a fund request."""

    prm: Prm
    name: ClassVar[str] = "request_funds"
    purpose: ClassVar[str] = (
        "Propose to ask for market development funds for an activity. A person approves it before anything is written."
    )
    inputs: ClassVar[type[FundInputs]] = FundInputs
    writes: ClassVar[bool] = True

    def offered_to(self, requester: Requester) -> bool:
        """Partners ask for their own funds."""
        return requester.role is Role.PARTNER

    async def run(self, inputs: FundInputs, call: ToolCall) -> ToolResult:
        """A proposal. Raises InvalidRecord with everything to ask, or when the money or the day does not fit."""
        empty = [name for name in REQUIRED if getattr(inputs, name) in {None, ""}]
        if empty or inputs.amount is None or inputs.starts is None:
            raise InvalidRecord.of(*(Problem(name, "missing", "is missing; ask the requester") for name in empty))
        amount, starts = Money(amount=inputs.amount, currency=inputs.currency), inputs.starts
        balances = await self.prm.fund_balance(call.requester.partner_id, requester=call.requester)
        chosen = _allocation(balances, named=inputs.allocation, amount=amount, day=starts)
        origins = _origins(inputs, call)
        asked = replace(call.words, said=tuple(sorted(call.words.said, key=len)))  # the fullest message tells most
        outcome, origins["outcome"] = worded(inputs.outcome, asked, field="outcome", longest=255)
        deal_id = ""
        if inputs.deal:
            deal = await deal_meant(self.prm, inputs.deal, call)
            deal_id, origins["deal_id"] = deal.id, await deal_origin(self.prm, deal, call)
        draft = FundDraft(
            chosen.allocation.id, amount, inputs.activity, outcome, starts, inputs.ends or starts, deal_id
        )
        left = money_told(chosen.available.minus(amount), call.told_in)
        note = message("fund_after", call.told_in, left=left, name=chosen.allocation.name)
        return proposed(Wanted(RequestFunds(draft), origins, notes=(note,)), call)


def _origins(inputs: FundInputs, call: ToolCall) -> dict[str, Origin]:
    """Where each value came from. Raises InvalidRecord for money and days that nobody said."""
    found = {
        "amount.amount": origin_of(inputs.amount, call.words),
        "amount.currency": origin_of(inputs.currency, call.words, also=currency_names(inputs.currency)),
        "starts": origin_of(inputs.starts, call.words),
        "ends": origin_of(inputs.ends, call.words) if inputs.ends else BY_RULE,
    }
    if problems := unsaid(found.items()):
        raise InvalidRecord.of(*problems)
    told = {"activity": origin_of(inputs.activity, call.words)}
    return {
        **found,
        **told,
        "allocation_id": origin_of(inputs.allocation, call.words) if inputs.allocation else ON_RECORD,
    }


def _allocation(balances: tuple[FundBalance, ...], *, named: str, amount: Money, day: date) -> FundBalance:
    """The allocation that was named, or the one that is open on the day in the currency with enough left."""
    fitting = [
        item
        for item in balances
        if named in {"", item.allocation.id}
        and item.allocation.open_on(day)
        and item.allocation.amount.currency == amount.currency
    ]
    enough = [item for item in fitting if item.available.amount >= amount.amount]
    if enough:
        return enough[0]
    left = ", ".join(f"{item.allocation.id}: {item.available} until {item.allocation.ends}" for item in balances)
    told = f"no allocation covers {amount} on {day}; there is {left or 'none'}"
    raise InvalidRecord.of(Problem("amount", "above_balance", told))
