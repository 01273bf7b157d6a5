from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.deals.identity import identity_of, registrable_domain, strong_keys, weak_keys
from assistant.deals.matching import match, name_likeness
from assistant.deals.names import normalised
from assistant.domain.accounts import Customer
from assistant.domain.deals_check import Likeness

SAME = [
    ("Nordwind Logistik GmbH", "NORDWIND LOGISTIK Gesellschaft mit beschränkter Haftung"),
    ("Südzucker AG", "SUEDZUCKER AKTIENGESELLSCHAFT"),
    ("Leonardo SpA", "LEONARDO S.P.A."),
    ("D'Ieteren Group SA", "Dieteren Group SA/NV"),
    ("Bang & Olufsen A/S", "Bang and Olufsen AS"),
    ("Ångström Verkstad AB", "AB Angstrom Verkstad"),
    ("A.P. Møller - Mærsk A/S", "A P MOLLER-MAERSK AS"),
    ("株式会社アクメ", "アクメ 株式会社"),
    ("ООО Ромашка", "Romashka OOO"),
]
DIFFERENT = [
    ("GK Software SE", "Software AG"),
    ("Deutsche Bank AG", "Deutsche Post AG"),
    ("Nordwind Logistik GmbH", "Südwind Logistik GmbH"),
    ("International Holding Group", "Global Holding Group"),
    ("Subsea 7 SA", "Subsea 8 SA"),
    ("Alpha Capital Partners", "Beta Capital Partners"),
]


def a(name: str, country: str = "DE", **more: str) -> Customer:
    return Customer(name=name, country=country, **more)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_one_name_match_whatever_the_script_or_legal_form(one: str, other: str) -> None:
    found = match(identity_of(a(one)), identity_of(a(other)))
    assert found is not None
    assert found.likeness in {Likeness.CERTAIN, Likeness.LIKELY}


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_companies_that_share_only_common_words_do_not_match(one: str, other: str) -> None:
    found = match(identity_of(a(one)), identity_of(a(other)))
    assert found is None or found.likeness is Likeness.POSSIBLE


@given(st.text(max_size=60))
def test_any_text_becomes_plain_latin_words_and_never_loses_all_of_them(text: str) -> None:
    words = normalised(text).words
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in words)
    assert words or not any(char.isascii() and char.isalnum() for char in text)


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_likeness_is_between_nothing_and_one_and_does_not_depend_on_the_order(one: str, other: str) -> None:
    first, second = normalised(one), normalised(other)
    if first.words and second.words:
        likeness = name_likeness(first, second)
        assert 0 <= likeness <= 1
        assert likeness == pytest.approx(name_likeness(second, first))


@given(st.text(max_size=40), st.sampled_from(["DE", "US", "JP"]))
def test_records_that_match_certainly_by_name_share_a_key_to_find_each_other(name: str, country: str) -> None:
    one, other = identity_of(a(name, country)), identity_of(a(name.upper(), country))
    found = match(one, other)
    if found is not None and found.likeness is Likeness.CERTAIN:
        mine, theirs = ({*strong_keys(item), *weak_keys(item)} for item in (one, other))
        assert mine & theirs


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://shop.acme.co.uk/path?q=1", "acme.co.uk"),
        ("ACME.com", "acme.com"),
        ("www.bücher.de", "xn--bcher-kva.de"),
        ("acme.github.io", "acme.github.io"),
        ("https://facebook.com/acme", ""),
        ("http://192.168.0.1/", ""),
        ("localhost", ""),
        ("http://[bad", ""),
        ("", ""),
    ],
)
def test_the_domain_is_the_one_somebody_registered(website: str, domain: str) -> None:
    assert registrable_domain(website) == domain


def test_a_number_that_both_have_decides_before_names_do() -> None:
    one = a("Nordwind GmbH", duns="123456789")
    assert match(identity_of(one), identity_of(a("Quite Another AG", duns="123456789"))) is not None
    assert match(identity_of(one), identity_of(a("Nordwind GmbH", duns="987654321"))) is None


def test_the_same_name_with_another_domain_is_left_to_a_person() -> None:
    one, other = a("Nordwind GmbH", website="nordwind.de"), a("Nordwind AG", website="nordwind-energie.de")
    found = match(identity_of(one), identity_of(other))
    assert found is not None
    assert found.likeness is Likeness.LIKELY


def test_the_same_name_in_another_country_is_another_company() -> None:
    assert match(identity_of(a("Nordwind GmbH", "DE")), identity_of(a("Nordwind GmbH", "AT"))) is None


def test_evidence_quotes_only_what_the_requester_wrote() -> None:
    found = match(
        identity_of(a("Nordwind Logistik", city="Hamburg")), identity_of(a("Nordwind Logistic GmbH", city="HAMBURG"))
    )
    assert found is not None
    assert {item.value for item in found.evidence} <= {"nordwind logistics", "hamburg"}
