from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from assistant.deals.conflicts import Candidate, conflicts_with, disclosed
from assistant.deals.identity import identity_of
from assistant.deals.policy import RULES, Facts, decide
from assistant.deals.rules import CertifiedLevel, read_rules
from assistant.domain.accounts import Customer
from assistant.domain.deals import DealSource, DealState
from assistant.domain.deals_check import Verdict
from assistant.domain.money import Money
from assistant.domain.partners import (
    Certification,
    MembershipStatus,
    Partner,
    PartnerKind,
    Territory,
    Tier,
    territory_of,
)
from assistant.errors import SettingsError
from tests.unit.deals.example import DRAFT, NOW, a_customer, a_draft

BOOKS = read_rules()
BOOK = BOOKS.on(NOW.date())
TIERS = (Tier(name="registered", rank=1, open_deals=5), Tier(name="gold", rank=2, open_deals=25))
PARTNER = Partner(
    id="acme",
    legal_name="Acme GmbH",
    display_name="Acme",
    kind=PartnerKind.RESELLER,
    country="DE",
    countries=frozenset({"DE", "AT"}),
    program_id="standard",
    tier="gold",
    status=MembershipStatus.ACTIVE,
    since=date(2024, 1, 1),
)
FACTS = Facts(draft=DRAFT, partner=PARTNER, tiers=TIERS)
HOLDER = Certification(
    id="c1",
    partner_id="acme",
    name="Sentinel Security Specialist",
    product="sentinel",
    holder="A. Meyer",
    issued=date(2025, 1, 1),
    expires=NOW.date(),
)
OTHERS = tuple(
    Candidate("deal-9", "rival", state, "vault", identity_of(DRAFT.customer))
    for state in (DealState.ACTIVE, DealState.SUBMITTED)
)


def about(facts: Facts, *, now: datetime = NOW) -> dict[str, Verdict]:
    return {finding.rule: finding.verdict for finding in decide(BOOK, facts, now=now).reasons}


CASES: list[tuple[str, Facts, Verdict]] = [
    ("active-member", replace(FACTS, partner=replace(PARTNER, status=MembershipStatus.SUSPENDED)), Verdict.REFUSE),
    ("may-sell-there", replace(FACTS, draft=a_customer(country="FR")), Verdict.REFUSE),
    ("accepted-currency", replace(FACTS, draft=a_draft(value=Money.read("9000000", "KRW"))), Verdict.REFUSE),
    ("minimum-value", replace(FACTS, draft=a_draft(value=Money.read("4999.99", "EUR"))), Verdict.REFUSE),
    ("no-tenders", replace(FACTS, draft=a_draft(source=DealSource.TENDER)), Verdict.REFUSE),
    ("named-account", replace(FACTS, named_account=True), Verdict.REFUSE),
    ("direct-engagement", replace(FACTS, direct_contact=NOW - timedelta(days=60)), Verdict.REFUSE),
    ("identify-customer", replace(FACTS, draft=a_customer(website="")), Verdict.ASK),
    ("product-certified", replace(FACTS, draft=a_draft(product="sentinel")), Verdict.REFUSE),
    ("open-deals", replace(FACTS, open_deals=25), Verdict.REVIEW),
    ("close-window", replace(FACTS, draft=a_draft(target_close=NOW.date() + timedelta(days=541))), Verdict.REFUSE),
    ("territory", replace(FACTS, territories=(Territory("t", "DE", "*", "dach", frozenset({"x"})),)), Verdict.REVIEW),
    ("large-deal", replace(FACTS, draft=a_draft(value=Money.read("1000000.01", "EUR"))), Verdict.REVIEW),
    ("several-partners", replace(FACTS, draft=a_draft(partner_count=2)), Verdict.REVIEW),
    ("consumption", replace(FACTS, draft=a_draft(consumption=True)), Verdict.REVIEW),
]


@pytest.mark.parametrize(("rule", "facts", "verdict"), CASES, ids=[case[0] for case in CASES])
def test_a_rule_that_does_not_hold_is_named_with_its_verdict(rule: str, facts: Facts, verdict: Verdict) -> None:
    assert about(facts) == {rule: verdict}
    assert decide(BOOK, facts, now=NOW).rules == "standard@2026.2"


def test_every_rule_of_the_shipped_book_has_a_case_that_breaks_it() -> None:
    covered = {case[0] for case in CASES} | {"first-approved-wins", "likely-duplicate"}
    assert covered == {rule.id for rule in BOOK.rules}
    assert {rule.kind for rule in BOOK.rules} == set(RULES) - {"certified_level"}


def test_a_level_may_be_asked_for_instead_of_one_certificate() -> None:
    rule = CertifiedLevel(id="associate", kind="certified_level", verdict=Verdict.REFUSE, level="sales_associate")
    book = BOOK.model_copy(update={"rules": (rule,)})
    facts = replace(
        FACTS, draft=a_draft(product="sentinel"), certifications=(replace(HOLDER, level="sales_associate"),)
    )
    assert decide(book, facts, now=NOW).verdict is Verdict.PASS
    assert decide(book, replace(facts, draft=DRAFT), now=NOW).verdict is Verdict.REFUSE
    assert decide(book, facts, now=NOW + timedelta(days=1)).verdict is Verdict.REFUSE


def test_a_product_is_the_same_however_it_is_written() -> None:
    rule = CertifiedLevel(id="associate", kind="certified_level", verdict=Verdict.REFUSE, level="sales_associate")
    book = BOOK.model_copy(update={"rules": (rule,)})
    facts = replace(FACTS, certifications=(replace(HOLDER, level="sales_associate"),))
    for written in ("sentinel", "Sentinel", " SENTINEL "):
        draft = a_draft(product=written)
        assert decide(book, replace(facts, draft=draft), now=NOW).verdict is Verdict.PASS
        assert "product-certified" in about(replace(FACTS, draft=draft)), "no capital letter gets around a certificate"
    shouted = replace(DRAFT, product=DRAFT.product.upper())
    assert conflicts_with(shouted, OTHERS, partner_id="acme") == conflicts_with(DRAFT, OTHERS, partner_id="acme")


def test_a_plain_deal_passes_every_rule() -> None:
    assert decide(BOOK, FACTS, now=NOW).verdict is Verdict.PASS
    held = replace(FACTS, draft=a_draft(product="sentinel"), certifications=(HOLDER,))
    assert about(held) == {}
    assert "product-certified" in about(held, now=NOW + timedelta(days=1))


def test_first_approved_wins_and_a_waiting_one_only_makes_a_person_look() -> None:
    active, waiting = (conflicts_with(DRAFT, (other,), partner_id="acme") for other in OTHERS)
    assert about(replace(FACTS, conflicts=active))["first-approved-wins"] is Verdict.REFUSE
    assert about(replace(FACTS, conflicts=waiting)) == {"likely-duplicate": Verdict.REVIEW}


def test_what_a_partner_is_told_about_a_conflict_names_nobody_and_counts_nothing() -> None:
    found = conflicts_with(DRAFT, (*OTHERS, replace(OTHERS[0], deal_id="deal-10")), partner_id="acme")
    shown = disclosed(found)
    assert len(shown) == 1
    assert shown[0].deal_id == ""
    assert "rival" not in repr(shown)
    decision = decide(BOOK, replace(FACTS, conflicts=found), now=NOW)
    assert not any(secret in repr(decision) for secret in ("rival", "deal-9", "deal-10"))


def test_ones_own_earlier_registration_is_named() -> None:
    mine = conflicts_with(DRAFT, (replace(OTHERS[0], partner_id="acme"),), partner_id="acme")
    assert "deal-9" in disclosed(mine)[0].explanation


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(1, 2_000_000), st.booleans())
def test_a_decision_made_again_from_kept_facts_is_the_same(open_deals: int, amount: int, named: bool) -> None:
    value = Money(amount=Decimal(amount), currency="EUR")
    facts = replace(FACTS, open_deals=open_deals, named_account=named, draft=a_draft(value=value))
    adapter = TypeAdapter(Facts)
    kept = adapter.validate_json(adapter.dump_json(facts))
    assert decide(BOOK, kept, now=NOW) == decide(BOOK, facts, now=NOW)


def test_the_version_in_force_is_the_newest_that_has_started() -> None:
    assert BOOKS.on(date(2025, 1, 1)).version == "2026.1"
    assert BOOKS.on(date(2026, 6, 30)).version == "2026.1"
    assert BOOKS.on(date(2026, 7, 1)).version == "2026.2"
    assert {rule.id for rule in BOOKS.books[0].rules} == {rule.id for rule in BOOKS.books[1].rules}


def test_a_promised_decision_skips_the_weekend() -> None:
    friday = datetime(2026, 9, 4, 12, tzinfo=UTC)
    assert BOOK.periods.decision_due(friday) == datetime(2026, 9, 8, 12, tzinfo=UTC)


def test_the_more_exact_territory_decides() -> None:
    table = tuple(
        Territory(f"{market}{solution}", market, solution, "owner")
        for market, solution in (("*", "*"), ("DE", "*"), ("*", "vault"), ("DE", "vault"))
    )
    expected = ["DEvault", "*vault", "DE*", "**"]
    for size in range(4):
        left = tuple(rule for rule in table if rule.id not in expected[:size])
        found = territory_of(left, market="DE", solution="vault")
        assert found is not None
        assert found.id == expected[size]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("books: []", "at least 1"),
        ("books: [{id: a", "cannot be read"),
        ("books: [{id: a, version: '1', effective_from: 2026-01-01, periods: {}, rules: []}]", "protection_days"),
    ],
)
def test_a_rule_file_that_is_off_says_where(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=complaint):
        read_rules(path)


def test_a_customer_without_a_country_match_has_no_conflict() -> None:
    elsewhere = Candidate("d", "rival", DealState.ACTIVE, "vault", identity_of(Customer(name="Other", country="AT")))
    assert conflicts_with(DRAFT, (elsewhere,), partner_id="acme") == ()
