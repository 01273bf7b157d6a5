from __future__ import annotations

import pytest

from assistant.domain.content import Document
from ingest.crosslingual.documents import Read, pairs_of, translations

ENGLISH = """# Deal protection

An approved registration is protected for 90 days. It can be extended once.

- Gold partners get 12 % discount.
- Silver partners get 8 % discount.

This paragraph stands in the English guide alone, and nobody ever put it into any other language at all.

## Contact

Write to the deal desk about CSP deals.
"""
GERMAN = """# Projektschutz

Eine genehmigte Registrierung ist 90 Tage geschützt. Sie kann einmal verlängert werden.

- Gold-Partner bekommen 12 % Rabatt.
- Silver-Partner bekommen 8 % Rabatt.

## Kontakt

Schreiben Sie dem Deal Desk zu CSP-Deals.
"""


def read(path: str, language: str, text: str = "", *, series: str = "", version: str = "") -> Read:
    document = Document(
        id=path, uri=path, path=path, title=path, language=language, content_hash="", series=series, version=version
    )
    return Read(document, text)


@pytest.mark.parametrize(
    ("english", "foreign"),
    [
        ("en/guide.md", "de/guide.md"),
        ("guide.md", "guide.de.md"),
        ("docs/en-us/a/guide.md", "docs/de-de/a/guide.md"),
        ("guide_en.md", "guide_de.md"),
        ("en/guide.md", "de/partner-center/guide.md"),
        ("docs/partners/en/a/guide.md", "de/a/guide.md"),
    ],
)
def test_documents_belong_together_when_their_paths_differ_in_the_language_alone(english: str, foreign: str) -> None:
    (found,) = translations([read(english, "en"), read(foreign, "de"), read("de/other.md", "de")])
    assert (found.english.document.path, found.foreign.document.path, found.language) == (english, foreign, "de")


@pytest.mark.parametrize(
    ("english", "foreign"),
    [
        (["en/index.md"], ["de/deals/index.md", "de/leads/index.md"]),
        (["en/deals/index.md", "en/leads/index.md"], ["de/index.md"]),
        (["en/index.md", "en/deals/index.md"], ["de/index.md", "de/leads/index.md"]),
    ],
)
def test_a_name_that_several_documents_have_brings_none_together(english: list[str], foreign: list[str]) -> None:
    found = translations([read(path, "en") for path in english] + [read(path, "de") for path in foreign])
    assert {(each.english.document.path, each.foreign.document.path) for each in found} <= {
        ("en/index.md", "de/index.md")
    }


def test_documents_of_one_series_belong_together_and_the_same_version_goes_first() -> None:
    originals = [read(f"{year}.md", "en", series="guide", version=year) for year in ("2025", "2026")]
    (found,) = translations([*originals, read("leitfaden.md", "de", series="guide", version="2025")])
    assert found.english.document.path == "2025.md"


def test_sentences_that_say_the_same_are_paired_and_what_stands_alone_is_left_out() -> None:
    (found,) = translations([read("en/g.md", "en", ENGLISH), read("de/g.md", "de", GERMAN)])
    pairs = {pair.english: pair.foreign for pair in pairs_of(found)}
    assert pairs["It can be extended once."] == "Sie kann einmal verlängert werden."
    assert pairs["Gold partners get 12 % discount."] == "Gold-Partner bekommen 12 % Rabatt."
    assert pairs["Write to the deal desk about CSP deals."] == "Schreiben Sie dem Deal Desk zu CSP-Deals."
    assert not any("nobody ever" in english for english in pairs)


def test_documents_that_are_no_translation_of_each_other_teach_nothing() -> None:
    short = "# Rabatt\n\nNur ein Satz, und der ist ganz anders."
    (found,) = translations([read("en/g.md", "en", ENGLISH), read("de/g.md", "de", short)])
    assert list(pairs_of(found)) == []
