"""Counting as the channels count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.campaigns.counters import characters, clusters, emoji, is_gsm, parts, weight, width

FAMILY = "👨‍👩‍👧‍👦"
WEIGHTS = [
    ("Recover in minutes", 18),
    ("See https://skerrow.example", 4 + 23),
    ("See http://a.co and http://b.co", 4 + 23 + 5 + 23),
    ("skerrow.com has it", 23 + 7),
    ("write to me@skerrow.com", 23),
    ("案件登録で20%還元！", 19),
    ("復旧" * 80, 320),
    (FAMILY, 2),
    ("👍🏽", 2),
    ("🇩🇪🇫🇷", 4),
    ("1️⃣", 2),
    ("☕️", 2),
    ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", 2),
    ("10 €", 5),
    ("−25 %", 6),
    ("A\u0301", 1),
    ("ﾃｽﾄ", 6),
    ("استرداد", 7),
    ("बैकअप", 5),
    (f"https://{'long' * 20}.com", len(f"https://{'long' * 20}.com")),
    ("http://" + "あ" * 60 + ".com", len("http://.com") + 120),
]


@pytest.mark.parametrize(("text", "expected"), WEIGHTS)
def test_a_post_weighs_what_x_says(text: str, expected: int) -> None:
    assert weight(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Backup", 6),
        ("案件登録で20%還元！", 19),
        ("ﾃｽﾄ", 3),
        ("テスト", 6),
        ("한국어", 6),
        ("e\u0301", 1),
        ("Ｋｅｅｐ", 8),
        ("نسخ", 3),
    ],
)
def test_google_counts_wide_characters_twice(text: str, expected: int) -> None:
    assert width(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("é" * 160, 1),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # the euro sign does not fit into the first part
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("復" * 134, 2),
        ("復" * 66 + "😀" + "復" * 66, 3),  # a surrogate pair is not split
        ("", 1),
    ],
)
def test_an_sms_has_as_many_parts_as_the_networks_make(text: str, expected: int) -> None:
    assert parts(text) == expected


def test_a_curly_apostrophe_costs_ninety_characters() -> None:
    assert is_gsm("l'offre")
    assert not is_gsm("l’offre")


def test_a_reader_sees_a_family_as_one_character() -> None:
    assert (clusters(FAMILY), characters(FAMILY), emoji(f"{FAMILY} ok 👍🏽 © 7")) == (1, 7, 2)


@given(st.text(max_size=80), st.text(max_size=80))
def test_more_text_never_takes_fewer_parts(first: str, second: str) -> None:
    assert parts(first + second) >= max(parts(first), 1)
