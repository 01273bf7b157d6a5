from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.money import Money
from assistant.domain.written import (
    PLAIN,
    amount_told,
    country_told,
    day_told,
    listed,
    moment_told,
    money_told,
    number_told,
    share_told,
)

LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "ja", "pt")
SEPARATORS = dict.fromkeys(("de", "es", "fr", "it", "pt"), ("", ","))


@pytest.mark.parametrize(
    ("amount", "currency", "language", "told"),
    [
        *(("48000", "EUR", "en", "48,000 EUR"), ("48000", "EUR", "de", "48.000 EUR")),
        *(("48000.00", "EUR", "fr", "48\u202f000 EUR"), ("48000.5", "EUR", "de", "48.000,50 EUR")),
        *(("0.125", "KWD", "en", "0.125 KWD"), ("12.3456", "EUR", "ja", "12.3456 EUR")),
        *(("1E+5", "JPY", "ar", "100,000 JPY"), ("1250000", "INR", "en-IN", "12,50,000 INR")),
        *(("48000.50", "EUR", "tlh", "48,000.50 EUR"), ("48000", "EUR", PLAIN, "48,000 EUR")),
    ],
)
def test_an_amount_is_written_as_people_of_the_language_write_it(
    amount: str, currency: str, language: str, told: str
) -> None:
    assert amount_told(Decimal(amount), currency, language) == told


@given(
    st.decimals(min_value=0, max_value=10**12, places=2), st.sampled_from(LANGUAGES), st.sampled_from(["EUR", "USD"])
)
def test_no_amount_is_rounded(amount: Decimal, language: str, currency: str) -> None:
    told = money_told(Money(amount, currency), language).removesuffix(f" {currency}")
    point = "," if language in SEPARATORS else "."
    whole, _, cents = told.partition(point)
    digits = "".join(sign for sign in whole if sign.isdecimal())
    assert Decimal(f"{digits}.{cents or '0'}") == amount


def test_a_day_is_written_with_its_month_as_a_word() -> None:
    day = date(2026, 12, 1)
    assert (day_told(day, "en"), day_told(day, "en-GB")) == ("December 1, 2026", "1 December 2026")
    assert (day_told(day, "de"), day_told(day, "ja")) == ("1. Dezember 2026", "2026年12月1日")
    assert (day_told(day, "ar"), day_told(day, PLAIN)) == ("1 ديسمبر 2026", "2026-12-01")


def test_a_moment_is_told_in_utc_wherever_it_was_measured() -> None:
    at = datetime(2026, 12, 1, 23, 30, tzinfo=timezone(timedelta(hours=-2)))
    assert moment_told(at, "de") == moment_told(at.astimezone(UTC), "de") == "2. Dezember 2026, 01:30 UTC"
    assert moment_told(at, "ja") == "2026年12月2日 1:30 UTC"
    assert moment_told(at, PLAIN) == "2026-12-02, 01:30 UTC"


def test_countries_are_called_by_name_and_numbers_keep_their_digits() -> None:
    assert (country_told("DE", "it"), country_told("XX", "it"), country_told("DE", "tlh")) == ("Germania", "XX", "DE")
    assert (number_told(6000, "de"), number_told(Decimal("0.12345"), "en")) == ("6.000", "0.12345")


@pytest.mark.parametrize(
    ("language", "told"), [("en", "12.5%"), ("de", "12,5\xa0%"), ("pt", "12,5%"), (PLAIN, "12.5%"), ("tlh", "12.5%")]
)
def test_a_share_is_written_in_percent(language: str, told: str) -> None:
    assert share_told(0.1254, language) == told
    assert share_told(0.63, "de", decimals=0) == "63\xa0%"


def test_things_in_a_row_have_the_comma_of_the_language() -> None:
    assert listed(["A", "B"], "de-AT") == "A, B"
    assert listed(["A", "B"], "ar") == "A، B"
    assert listed(["A", "B"], "ja_JP") == "A、B"
