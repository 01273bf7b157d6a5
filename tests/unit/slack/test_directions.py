"""In Arabic every line begins at the right; in other languages, and in what people copy, nothing is added."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from unicodedata import bidirectional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.surfaces.slack.directions import LONGEST, MARK, directed
from integrations.surfaces.slack.home import LANGUAGES
from integrations.surfaces.slack.rendering import section
from integrations.surfaces.slack.samples import SAMPLES

OTHERS = sorted(set(LANGUAGES) - {"ar"})
WORDS = st.sampled_from(
    [
        "Müller",
        "الصفحة",
        "4",
        "[1]",
        "·",
        "*bold*",
        "`/deal`",
        "<https://x.example/ar|Guide>",
        "&gt;",
        "\u2068D-1\u2069",
        "\u200f",
        "✅",
    ]
)
LINES = st.lists(st.lists(WORDS, max_size=6).map(" ".join), min_size=1, max_size=5).map("\n".join)


def told(text: str, language: str = "ar") -> str:
    (block,) = directed([section(text)], language)
    return str(block["text"]["text"])


def first(line: str) -> str:
    """The direction that a reader's program finds in a line: that of its first letter that has one."""
    seen = html.unescape(re.sub(r"<[^|>]*\|", "", line))
    return next((kind for kind in map(bidirectional, seen) if kind in {"L", "R", "AL"}), "")


@settings(deadline=None, max_examples=400)
@given(LINES)
def test_without_the_marks_the_text_is_what_it_was_and_lines_with_arabic_begin_at_the_right(text: str) -> None:
    marked = told(text)
    assert marked.replace(MARK, "") == text.replace(MARK, "")
    for before, line in zip(text.split("\n"), marked.split("\n"), strict=True):
        assert line.count(MARK) - before.count(MARK) in {0, 1}
        arabic = any(bidirectional(letter) in {"R", "AL"} for letter in before)
        assert (first(line) in {"R", "AL"}) if arabic else (line == before)
    assert told(marked) == marked


@settings(deadline=None)
@given(LINES, st.sampled_from([*OTHERS, "pt-BR", "xx", ""]))
def test_no_other_language_gets_any(text: str, language: str) -> None:
    assert told(text, language) == text


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("*Müller (D-1)* الآن", f"{MARK}*Müller (D-1)* الآن"),
        ("> \u2068Müller\u2069 (كلماتك)", f"> {MARK}\u2068Müller\u2069 (كلماتك)"),
        ("`/deal` يفتح النموذج", f"{MARK}`/deal` يفتح النموذج"),
        ("[1] <https://x.example|Guide> · الصفحة 4", f"{MARK}[1] <https://x.example|Guide> · الصفحة 4"),
        ("<https://x.example|الدليل>", "<https://x.example|الدليل>"),
        ("Their licence ends in June.", "Their licence ends in June."),
        ("", ""),
    ],
)
def test_the_mark_stands_before_whatever_a_line_begins_with(text: str, marked: str) -> None:
    assert told(text) == marked


def test_a_text_that_has_no_room_for_marks_is_left_as_it_is() -> None:
    text = "Müller الآن " + "x" * (LONGEST - 12)
    assert len(text) == LONGEST
    assert told(text) == text


def texts(part: Any, kind: str = "") -> list[tuple[str, str]]:
    """Every string of a payload with the name that it stands under."""
    if isinstance(part, str):
        return [(kind, part)]
    if isinstance(part, dict):
        return [each for name, value in part.items() for each in texts(value, f"{part.get('type', '')}.{name}")]
    return [each for value in part for each in texts(value, kind)] if isinstance(part, list) else []


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.__name__)
def test_only_what_is_read_is_marked(sample: Any) -> None:
    """Nothing that is filled in, sent back or pressed has a mark, and nothing in any other language."""
    assert {kind for kind, text in texts(sample("ar")) if MARK in text} <= {"mrkdwn.text"}
    for language in OTHERS:
        assert MARK not in json.dumps(sample(language), ensure_ascii=False)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.__name__)
def test_every_line_with_arabic_begins_at_the_right(sample: Any) -> None:
    lines = [line for kind, text in texts(sample("ar")) if kind == "mrkdwn.text" for line in text.split("\n")]
    wrong = [line for line in lines if first(line) == "L" and any(bidirectional(letter) == "AL" for letter in line)]
    assert wrong == []
