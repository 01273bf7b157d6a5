from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.compounds import parts

GERMAN = frozenset(
    ["not", "notfall", "zugriff", "fall", "kunde", "kunden", "preise", "vertrag", "zahlung", "steuer", "zuständigkeit"]
)


def known(word: str) -> bool:
    return word in GERMAN


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Notfallzugriff", ("notfall", "zugriff")),
        ("Kundenpreise", ("kunden", "preise")),
        ("Vertragszahlung", ("vertrag", "zahlung")),
        ("Steuerzahlungszuständigkeit", ("steuer", "zahlung", "zuständigkeit")),
    ],
)
def test_a_compound_becomes_the_words_it_is_made_of(word: str, expected: tuple[str, ...]) -> None:
    assert parts(word, "de", known) == expected


@pytest.mark.parametrize(
    ("word", "language"),
    [
        ("Notfallzugriff", "fr"),  # a language that writes its words apart
        ("Zugriff", "de"),
        ("Meilensteinfall", "de"),  # half of it is not known
        ("", "de"),
    ],
)
def test_what_cannot_be_taken_apart_stays_whole(word: str, language: str) -> None:
    assert parts(word, language, known) == ()


@given(
    first=st.sampled_from(["kunde", "steuer", "vertrag"]),
    last=st.sampled_from(["preise", "zahlung", "zuständigkeit"]),
    joint=st.sampled_from(["", "s", "n"]),
)
def test_parts_are_known_words_that_put_the_compound_together(first: str, last: str, joint: str) -> None:
    word = first + joint + last
    found = parts(word, "de", known)
    assert all(known(part) for part in found)
    assert word.startswith(found[0])
    assert word.endswith(found[-1])
