from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.accounts import Contact
from assistant.domain.deals import DealDraft, DealKind, DealSource, SalesStage
from assistant.domain.deals_validation import problems_of
from assistant.domain.money import Money, currencies
from assistant.errors import InvalidRecord
from tests.unit.deals.example import DRAFT, NOW, a_customer, a_draft

BAD: list[tuple[DealDraft, str, str]] = [
    (a_draft(target_close=date(2026, 8, 31)), "target_close", "past_date"),
    (a_draft(value=Money(amount=Decimal(-5), currency="EUR")), "value.amount", "not_positive"),
    (a_draft(value=Money(amount=Decimal(0), currency="EUR")), "value.amount", "not_positive"),
    (a_draft(problem="too short"), "problem", "too_short"),
    (a_draft(problem="x" * 2001), "problem", "too_long"),
    (a_draft(title=" "), "title", "required"),
    (a_draft(title="a\x00b"), "title", "control_character"),
    (a_draft(team=tuple(Contact(email=f"p{n}@acme.com") for n in range(20))), "team", "too_many"),
    (a_draft(team=(Contact(first_name="No", last_name="Mail"),)), "team[0].email", "required"),
    (a_draft(contact=Contact(email="Upper@Case.com")), "contact.email", "malformed"),
    (a_draft(contact=Contact(email="a@b.co", phone="030 123")), "contact.phone", "malformed"),
    (a_draft(source=DealSource.MARKETING), "mdf_used", "required"),
    (a_draft(mdf_used=False), "mdf_used", "not_allowed"),
    (a_draft(stage=SalesStage.CLOSED_LOST), "lost_reason", "required"),
    (a_draft(kind=DealKind.RENEWAL), "customer.vendor_account_id", "required"),
    (a_customer(duns="abc"), "customer.duns", "malformed"),
    (a_customer(duns="१२३४५६७८९"), "customer.duns", "malformed"),
    (a_customer(country="XX"), "customer.country", "unknown_country"),
    (a_customer(country="US"), "customer.state", "required"),
    (a_customer(country="US", state="Bavaria"), "customer.state", "unknown_state"),
    (a_customer(website="not a site"), "customer.website", "malformed"),
]


@pytest.mark.parametrize(("draft", "field", "code"), BAD, ids=lambda value: str(value)[:40])
def test_a_field_that_is_off_is_named_with_its_rule(draft: DealDraft, field: str, code: str) -> None:
    found = [(problem.field, problem.code) for problem in problems_of(draft, today=NOW.date())]
    assert found == [(field, code)]


def test_a_complete_draft_has_no_problems_and_several_problems_come_together() -> None:
    assert problems_of(DRAFT, today=NOW.date()) == ()
    assert len(problems_of(a_customer(duns="1", country="", website="x"), today=NOW.date())) == 3


@given(st.text(max_size=12))
def test_text_is_money_only_when_it_is_an_exact_amount(text: str) -> None:
    with suppress(InvalidRecord):
        money = Money.read(text, "EUR")
        assert money.amount == Decimal(text) == round(money.amount, 2)


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        ("1.001", "EUR", "too_many_decimals"),
        ("1.5", "JPY", "too_many_decimals"),
        ("NaN", "USD", "out_of_range"),
        ("Infinity", "USD", "out_of_range"),
        ("1e15", "USD", "out_of_range"),
        ("1", "DEM", "unknown_currency"),
        ("1", "usd", "unknown_currency"),
        ("1,000", "USD", "not_a_number"),
    ],
)
def test_money_that_cannot_be_is_refused(amount: str, currency: str, code: str) -> None:
    with pytest.raises(InvalidRecord) as caught:
        Money.read(amount, currency)
    assert caught.value.problems[0].code == code


@given(st.sampled_from(sorted(currencies())), st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_adding_and_taking_away_again_gives_the_same_amount(currency: str, a: int, b: int) -> None:
    first, second = (Money(amount=Decimal(n), currency=currency) for n in (a, b))
    assert first.plus(second).minus(second) == first


def test_amounts_of_two_currencies_do_not_add() -> None:
    with pytest.raises(InvalidRecord, match="cannot add USD to EUR"):
        Money.read("1", "EUR").plus(Money.read("1", "USD"))
