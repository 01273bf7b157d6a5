"""Deal registrations: what a partner asks the vendor to protect, and where that stands."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum

from assistant.domain.accounts import NOBODY, Contact, Customer
from assistant.domain.money import Money


class DealKind(StrEnum):
    """What is sold to the customer."""

    NEW = "new"
    EXPANSION = "expansion"
    RENEWAL = "renewal"


class DealSource(StrEnum):
    """Where the deal came from."""

    PARTNER = "partner"
    MARKETING = "marketing"
    TENDER = "tender"
    VENDOR = "vendor"


class Period(StrEnum):
    """What the value is counted over."""

    ONCE = "once"
    MONTHLY = "monthly"
    ANNUAL = "annual"


class SalesStage(StrEnum):
    """How far the sale is, as every adapter maps it."""

    PROSPECT = "prospect"
    QUALIFIED = "qualified"
    TECHNICAL_VALIDATION = "technical_validation"
    BUSINESS_VALIDATION = "business_validation"
    COMMITTED = "committed"
    LAUNCHED = "launched"
    CLOSED_LOST = "closed_lost"


class DealState(StrEnum):
    """Where a registration stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    ACTION_REQUIRED = "action_required"
    APPROVED = "approved"
    ACTIVE = "active"
    WON = "won"
    LOST = "lost"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    VOID = "void"


class LostReason(StrEnum):
    """Why a deal was lost."""

    PRICE = "price"
    PRODUCT_GAP = "product_gap"
    COMPETITOR = "competitor"
    NO_BUDGET = "no_budget"
    NO_DECISION = "no_decision"
    TIMING = "timing"
    CUSTOMER_UNRESPONSIVE = "customer_unresponsive"
    OTHER = "other"


def product_key(product: str) -> str:
    """What two spellings of one product have in common: "Keep" and "keep" are registered as the same."""
    return product.strip().casefold()


@dataclass(frozen=True, slots=True)
class DealDraft:
    """What a partner tells about a deal. `partner_ref` is the partner's own id for it, unique per partner.

    `value` is what the customer is expected to pay per `period`; `target_close` is a day in the customer's country;
    `mdf_used` says whether vendor marketing money paid for the campaign and is asked for when the source is marketing;
    `use_case` is the kind of work and `activities` what was done with the customer so far: some vendors ask for both.
    """

    partner_ref: str
    title: str
    problem: str
    customer: Customer
    product: str
    value: Money
    target_close: date
    kind: DealKind = DealKind.NEW
    period: Period = Period.ONCE
    source: DealSource = DealSource.PARTNER
    stage: SalesStage = SalesStage.PROSPECT
    contact: Contact = NOBODY
    team: tuple[Contact, ...] = ()
    needs: tuple[str, ...] = ()
    next_steps: str = ""
    comments: str = ""
    delivery: str = ""
    campaign: str = ""
    mdf_used: bool | None = None
    consumption: bool = False
    partner_count: int = 1
    lost_reason: LostReason | None = None
    use_case: str = ""
    activities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DealChange:
    """New values for some fields of a deal; a field left None stays as it is. Nothing is ever cleared by omission."""

    title: str | None = None
    problem: str | None = None
    customer: Customer | None = None
    product: str | None = None
    value: Money | None = None
    target_close: date | None = None
    kind: DealKind | None = None
    period: Period | None = None
    source: DealSource | None = None
    stage: SalesStage | None = None
    contact: Contact | None = None
    team: tuple[Contact, ...] | None = None
    needs: tuple[str, ...] | None = None
    next_steps: str | None = None
    comments: str | None = None
    delivery: str | None = None
    campaign: str | None = None
    mdf_used: bool | None = None
    consumption: bool | None = None
    partner_count: int | None = None
    lost_reason: LostReason | None = None
    use_case: str | None = None
    activities: tuple[str, ...] | None = None

    @property
    def names(self) -> frozenset[str]:
        """The fields this change sets."""
        return frozenset(field.name for field in fields(self) if getattr(self, field.name) is not None)

    def applied_to(self, draft: DealDraft) -> DealDraft:
        """The draft with these values; every other field as it was."""
        return replace(draft, **{name: getattr(self, name) for name in self.names})


@dataclass(frozen=True, slots=True)
class DealRegistration:
    """A registration in the PRM. `version` changes with every write and must be sent back with the next one.

    `protected_until` is the moment the protection ends; `due_at` the moment the current state runs out by itself.
    """

    id: str
    partner_id: str
    draft: DealDraft
    state: DealState
    created_at: datetime
    updated_at: datetime
    account_id: str = ""
    submitted_at: datetime | None = None
    decided_at: datetime | None = None
    protected_until: datetime | None = None
    due_at: datetime | None = None
    comment: str = ""
    decided_by: str = ""
    rules: str = ""
    extensions: int = 0
    appeals: int = 0
    version: str = ""
