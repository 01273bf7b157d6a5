from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.gaps.redaction import redacted

HIDDEN = [
    ("Write to lena.vogt+mdf@acme-it.example.com today", "Write to [e-mail] today"),
    ("an 山田@例え.jp schreiben", "an [e-mail] schreiben"),
    ("call +49 (0)89 1234567 now", "call [phone] now"),
    ("ring 089/1234 5678.", "ring [phone]."),
    ("US: 415-555-0132 or (415) 555-0132", "US: [phone] or [phone]"),
    ("00442079460018?", "[phone]?"),
    ("電話は03-1234-5678です", "電話は[phone]です"),
]
KEPT = [
    "What is the fee for 10,000 seats in 2026?",
    "Is USD 1,500,000 protected for 90 days until 2026-11-30?",
    "Price of LG-310 with 12 TB at 26.5 %?",
    "Bis zum 31.01.2027 gilt 0,94.",
    "Deal DR-2026-004711 and version 7.2.1",
    "@channel what about #gold?",
]


@pytest.mark.parametrize(("text", "shown"), HIDDEN)
def test_addresses_and_phone_numbers_are_blacked_out(text: str, shown: str) -> None:
    assert redacted(text) == shown


@pytest.mark.parametrize("text", KEPT)
def test_numbers_that_a_question_is_about_stay(text: str) -> None:
    assert redacted(text) == text


@given(
    st.from_regex(r"[a-z0-9._-]{1,20}@[a-z0-9-]{1,12}(\.[a-z]{2,6}){1,2}", fullmatch=True),
    st.text(alphabet=" ,.!?()", max_size=4),
)
def test_no_plain_address_is_left(address: str, around: str) -> None:
    assert "@" not in redacted(f"{around} {address} {around}")


@given(st.text(max_size=300))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redacted(redacted(text)) == redacted(text)
