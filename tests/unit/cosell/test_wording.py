"""What a channel manager reads of a recommendation: days, countries and shares as people of their language say them."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.cosell.eligibility import Circumstances, Exclusion, Policy, uncertified
from assistant.cosell.reasons import Fact, Reason
from assistant.cosell.wording import excluded, exclusions
from assistant.domain.partners import Certification, MembershipStatus, Partner, PartnerKind

ACME = Partner(
    id="acme",
    legal_name="Acme GmbH",
    display_name="Acme GmbH",
    kind=PartnerKind.RESELLER,
    country="DE",
    countries=frozenset({"DE"}),
    program_id="skerrow",
    tier="gold",
    status=MembershipStatus.ACTIVE,
    since=date(2021, 5, 1),
)
CASE = Circumstances(date(2026, 3, 2), "DE", "keep", "", frozenset(), ())
CERTIFICATE = Certification("c-1", "acme", "Keep", "keep", "h-1", date(2024, 12, 1), date(2025, 12, 1))


def test_a_reason_says_when_and_where_in_words() -> None:
    facts = (Fact("count", "3", "r"), Fact("of", "5", "r"), Fact("last", "2025-12-01", "r"))
    assert "1. Dezember 2025" in Reason("account", 0.4, "account", facts).told("de")
    where = (Fact("count", "3", "r"), Fact("total", "9", "r"), Fact("value", "DE", "r"))
    assert Reason("country", 0.4, "country", where).told("de") == "3 der 9 früheren Deals waren in Deutschland."


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (Exclusion("acme", "territory", "AT, CH"), "verkauft in Österreich, Schweiz"),
        (Exclusion("acme", "membership", "suspended"), "nicht aktiv (ausgesetzt)"),
        (uncertified("acme", [CERTIFICATE], CASE, Policy()), "Das letzte lief am 1. Dezember 2025 ab."),
        (uncertified("acme", [], CASE, Policy()), "Zertifikat für das Produkt."),
        (Exclusion("acme", "capacity", "4"), "4 geschützte Deals"),
    ],
)
def test_why_a_partner_is_excluded_holds_no_code(item: Exclusion, told: str) -> None:
    assert told in excluded(item, ACME, "de")


def test_the_list_of_those_excluded_holds_none_either() -> None:
    found = exclusions([Exclusion("acme", "territory", "AT, CH")], {"acme": ACME}, "fr")
    assert found == (("ne vend pas dans le pays du client", ("Acme GmbH (Autriche, Suisse)",)),)
