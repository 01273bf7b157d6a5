"""A complete deal, and how tests vary it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from assistant.domain.accounts import Customer
from assistant.domain.deals import DealDraft, DealRegistration, DealState
from assistant.domain.deals_lifecycle import Periods
from assistant.domain.money import Money

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
PERIODS = Periods(
    protection=timedelta(days=90), extension=timedelta(days=60), answer=timedelta(days=14), appeal=timedelta(days=60)
)
DRAFT = DealDraft(
    partner_ref="crm-1",
    title="Storage renewal at Nordwind",
    problem="The customer needs backup storage in two regions before its lease ends.",
    customer=Customer(name="Nordwind Logistik GmbH", country="DE", website="https://www.nordwind-logistik.de"),
    product="vault",
    value=Money(amount=Decimal(40000), currency="EUR"),
    target_close=date(2026, 12, 1),
)


def a_draft(**changes: object) -> DealDraft:
    return replace(DRAFT, **changes)  # type: ignore[arg-type]


def a_customer(**changes: object) -> DealDraft:
    return replace(DRAFT, customer=replace(DRAFT.customer, **changes))  # type: ignore[arg-type]


def a_deal(state: DealState = DealState.SUBMITTED, **changes: object) -> DealRegistration:
    deal = DealRegistration(
        id="deal-1", partner_id="acme", draft=DRAFT, state=state, created_at=NOW, updated_at=NOW, version="1"
    )
    return replace(deal, **changes)  # type: ignore[arg-type]
