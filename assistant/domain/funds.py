"""Market development funds: allocations, requests against them, and what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from assistant.domain.money import Money


class FundState(StrEnum):
    """Where a fund request stands."""

    IN_REVIEW = "in_review"
    ACTION_REQUIRED = "action_required"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELED = "canceled"
    PAID = "paid"


COMMITTED = frozenset({FundState.IN_REVIEW, FundState.ACTION_REQUIRED, FundState.APPROVED, FundState.PAID})


@dataclass(frozen=True, slots=True)
class FundAllocation:
    """Money a partner may ask for between two days (inclusive)."""

    id: str
    partner_id: str
    name: str
    amount: Money
    starts: date
    ends: date

    def open_on(self, day: date) -> bool:
        """Whether it can be asked for on this day."""
        return self.starts <= day <= self.ends


@dataclass(frozen=True, slots=True)
class FundDraft:
    """What a partner asks for: money for an activity with the outcome it expects."""

    allocation_id: str
    amount: Money
    activity: str
    outcome: str
    starts: date
    ends: date
    deal_id: str = ""


@dataclass(frozen=True, slots=True)
class FundRequest:
    """A fund request in the PRM."""

    id: str
    partner_id: str
    draft: FundDraft
    state: FundState
    created_at: datetime
    updated_at: datetime
    comment: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class FundBalance:
    """What is left of one allocation: granted minus everything asked for that was not refused."""

    allocation: FundAllocation
    committed: Money
    available: Money


def balance_of(allocation: FundAllocation, requests: tuple[FundRequest, ...]) -> FundBalance:
    """The balance of an allocation after these requests; those of other allocations do not count."""
    zero = Money(amount=allocation.amount.amount * 0, currency=allocation.amount.currency)
    committed = zero
    for request in requests:
        if request.draft.allocation_id == allocation.id and request.state in COMMITTED:
            committed = committed.plus(request.draft.amount)
    return FundBalance(allocation=allocation, committed=committed, available=allocation.amount.minus(committed))
