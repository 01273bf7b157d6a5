from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.verification.dates import dates
from assistant.answering.verification.quantity import quantities, readings
from assistant.answering.verification.reading import read

DAY = 86400
QUANTITIES = [
    ("1,5 %", "de", "percent", "1.5"),
    ("1.5%", "en", "percent", "1.5"),
    ("fifteen percent", "en", "percent", "15"),
    ("15 per cent", "en", "percent", "15"),
    ("fünfzehn Prozent", "de", "percent", "15"),
    ("quinze pour cent", "fr", "percent", "15"),
    ("90 days", "en", "second", str(90 * DAY)),
    ("90日", "ja", "second", str(90 * DAY)),
    ("two weeks", "en", "second", str(14 * DAY)),
    ("3-year", "en", "month", "36"),
    ("€ 2.000,50", "de", "EUR", "2000.5"),
    ("USD 25,000", "en", "USD", "25000"),
    ("$1.5 million", "en", "USD", "1500000"),
    ("two hundred thousand dollars", "en", "USD", "200000"),
    ("1 000 €", "fr", "EUR", "1000"),
    ("100万円", "ja", "JPY", "1000000"),
    ("50GB", "en", "kilobyte", "50000000"),
]


@pytest.mark.parametrize(("text", "language", "family", "value"), QUANTITIES)
def test_a_quantity_is_read_as_it_is_written_anywhere(text: str, language: str, family: str, value: str) -> None:
    found = quantities(f"x {text} y", language)
    assert [(q.family, Decimal(value) in q.values) for q in found] == [(family, True)]


def test_both_ends_of_a_range_have_its_unit() -> None:
    found = quantities("within 10–15 days", "en")
    assert [(q.family, q.values) for q in found] == [
        ("second", frozenset({Decimal(10 * DAY).normalize()})),
        ("second", frozenset({Decimal(15 * DAY).normalize()})),
    ]


@pytest.mark.parametrize("text", ["version 4.2.1", "AZ-900", "E5", "port 10.0.0.1"])
def test_a_name_with_digits_is_no_quantity(text: str) -> None:
    assert quantities(text, "en") == []


@given(st.integers(min_value=1, max_value=10**9))
def test_a_number_reads_the_same_with_english_continental_and_no_separators(number: int) -> None:
    forms = [str(number), f"{number:,}", f"{number:,}".replace(",", "."), f"{number:,}".replace(",", " ")]
    assert all(Decimal(number) in readings(form) for form in forms)


DATES = ["October 1, 2023", "1 October 2023", "1. Oktober 2023", "le 1 octobre 2023", "1 de octubre de 2023"]
DATES += ["1 de outubro de 2023", "2023年10月1日", "2023-10-01", "01.10.2023", "10/1/2023", "Oct 1, 2023"]


@pytest.mark.parametrize("text", DATES)
def test_a_date_is_the_same_however_it_is_written(text: str) -> None:
    found, other = dates(f"until {text}."), dates("until 2023-10-01.")
    assert len(found) == 1
    assert other[0].within(found[0])
    assert not dates("until 2023-10-02.")[0].within(found[0]) or text == "10/1/2023"


def test_less_is_within_more_but_not_the_other_way_round() -> None:
    month, day = dates("in October 2023")[0], dates("on October 1, 2023")[0]
    assert month.within(day)
    assert dates("in 2024-10")[0].within(day) is False
    assert dates("Q3 2024")[0].within(dates("Q3 2024")[0])
    assert not dates("Q3 2024")[0].within(dates("Q4 2024")[0])


def test_names_are_found_but_not_the_first_word_of_a_sentence() -> None:
    names = [
        name.words for name in read("Ask Contoso Ltd. Then open MyPortal, form AZ-900 or a@b.example.", "en").names
    ]
    assert names == ["Contoso", "Ltd", "MyPortal", "AZ-900", "a@b.example"]


def test_phrases_swallow_the_words_inside_them() -> None:
    cues = [(cue.set, cue.group) for cue in read("It is not required, and no more than 5 days.", "en").cues]
    assert cues == [("modality", "permission"), ("bound", "at_most")]
