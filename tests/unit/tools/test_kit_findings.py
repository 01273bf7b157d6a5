"""What keeps a text of a campaign from being sent is told in the language of whoever reads it, to the last detail."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from assistant import campaigns
from assistant.campaigns.finding import error
from assistant.tools.kit_findings import finding_told
from prompts.messages import keys

LANGUAGES = ("ar", "de", "es", "fr", "it", "ja", "pt")
FILES = sorted(Path(campaigns.__file__).parent.rglob("*.py"))
# What stands in sentences that are put together.
PARTS = {
    ("banned", "reason"): ("", " without a survey"),
    ("disclosure", "told"): ("the designated sender", "the sender"),
    ("markup", "kind"): ("tag", "link", "emphasis"),
    ("placeholder", "_times(count)"): ("", " (2 times)"),
}
CHARACTERS = ("a control character", "an override of direction", "a lost character")


def refusals() -> Iterator[tuple[str, str]]:
    """Every sentence by which a check or the drafting refuses a text, with its check; X for each value."""
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"error", "told"}:
                check, said = node.args[0], node.args[1]
                if isinstance(check, ast.Constant):
                    yield from ((str(check.value), text) for text in _texts(str(check.value), said))


def _texts(check: str, said: ast.expr) -> Iterator[str]:
    if isinstance(said, ast.Constant):
        yield str(said.value)
        return
    assert isinstance(said, ast.JoinedStr), ast.unparse(said)
    choices = [
        (str(part.value),) if isinstance(part, ast.Constant) else _values(check, ast.unparse(part.value))
        for part in said.values
        if isinstance(part, ast.Constant | ast.FormattedValue)
    ]
    yield from map("".join, product(*choices))


def _values(check: str, expression: str) -> tuple[str, ...]:
    return CHARACTERS if (check, expression) == ("characters", "told") else PARTS.get((check, expression), ("X",))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_is_told_in_every_language_with_its_values(language: str) -> None:
    said = set(refusals())
    assert len(said) > 50
    assert {check for check, _ in said} >= {"banned", "claim", "disclosure", "length", "name", "placeholder"}
    for check, text in said:
        told = finding_told(error(check, text), language)
        assert not told.startswith(f"{check} ("), f"{check} is a name of the code"
        assert text not in told, f"{check}: {text} is left in English"
        assert told.count("X") == text.count("X"), f"{check}: {text} loses a value"


def test_no_sentence_of_the_catalogue_is_one_that_nobody_says() -> None:
    said = list(refusals())
    told = [finding_told(error(check, text), "de") for check, text in said]
    assert len(set(told)) >= len(keys("finding_"))


@pytest.mark.parametrize(
    ("check", "text", "told"),
    [
        (
            "length",
            "45 characters, google_rsa.headline takes 30",
            "zu lang für den Kanal (Google-Suchanzeige · Überschrift: 45 Zeichen, erlaubt sind 30)",
        ),
        ("disclosure", "the law asks for “imprint” and the brief does not give it", "im Auftrag fehlt „Impressum“"),
        ("disclosure", "the law asks for “Line one\nline two”", "das Gesetz verlangt „Line one\nline two“"),
        ("language", "the text looks like fr, not de", "scheint Französisch zu sein, nicht Deutsch"),
        ("language", "the text is not German (Austria)", "in dieser Sprache: Deutsch (Österreich)"),
        ("language", "the text is not Klingon", "in dieser Sprache: Klingon"),
        ("claim", "the claim drills does not hold in FR on 2026-12-01", "Frankreich, 1. Dezember 2026"),
        ("freshness", "approved until 2026-11-30, to be sent 2026-12-01", "Versand am 1. Dezember 2026"),
        ("freshness", "approved until then, to be sent later", "freigegeben bis then, Versand am later"),
        ("glossary", "“Bericht” is forbidden for “report”; say “Report” or “Übersicht”", "„report“ verboten"),
        (
            "formality",
            "“du” is not formal, as the brand decided for German (Austria)",
            "förmlich, Deutsch (Österreich)",
        ),
        ("placeholder", "the selectordinal of {n} is missing; keep its keyword in English", "„selectordinal“ von {n};"),
    ],
)
def test_names_codes_and_days_of_a_refusal_are_told_in_words(check: str, text: str, told: str) -> None:
    assert told in finding_told(error(check, text), "de", locale="de-AT")


def test_what_a_vendors_own_check_says_stands_as_it_is() -> None:
    assert finding_told(error("rhyme", "no rhyme"), "de") == "rhyme (no rhyme)"
    assert finding_told(error("length", "far too long"), "de") == "zu lang für den Kanal (far too long)"
