"""The card of a campaign says in people's words what each text is for and what keeps it from being sent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.campaigns import checks
from assistant.campaigns.finding import Finding, Severity
from assistant.campaigns.kit import Status
from assistant.campaigns.library import Library
from assistant.tools.kit_card import kit_card, place_told, status_told
from assistant.tools.kit_findings import finding_told
from integrations.surfaces.slack.samples_of_campaigns import drafted

LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "ja", "pt")
ERROR = re.compile(r'error\(\s*"(\w+)"')
CODE = re.compile(r"\b\w+(?:_\w+|\.\w+)+\b")


def refusals() -> set[str]:
    """The checks that can keep a text from being sent."""
    files = Path(checks.__file__).parent.glob("*.py")
    return {name for file in files for name in ERROR.findall(file.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_status_and_refusal_has_a_name_in_every_language(language: str) -> None:
    named = {place: place_told("de-DE", place, language) for place in Library().places}
    told = {check: finding_told(Finding(check, Severity.ERROR, ""), language) for check in refusals()}
    assert (len(named), len(told)) > (25, 15)
    assert len(set(named.values())) == len(named)
    for name in (*named.values(), *told.values()):
        assert not CODE.search(name), name
    words = {status_told(status, language) for status in Status}
    assert len(words) == len(Status)
    assert (words & {status.value for status in Status} != set()) == (language == "en")


def test_the_same_place_is_numbered_where_there_are_several() -> None:
    card = kit_card(drafted(), (), "de")
    labels = [row.label for row in card.rows]
    assert labels[0] == "Deutsch (Deutschland) · E-Mail · Betreff (bereit zur Freigabe)"
    assert "Deutsch (Deutschland) · Google-Suchanzeige · Überschrift 2 (bereit zur Freigabe)" in labels
    assert len(set(labels)) == len(labels)
    (first, *_) = [note for note in card.notes if "Pflichtangaben" in note]
    assert first.startswith("Deutsch (Deutschland) · E-Mail · Pflichtangaben – was das Gesetz verlangt (")


def test_what_a_vendor_added_is_called_as_in_its_data() -> None:
    assert place_told("tlh", "fax.cover_page", "en") == "tlh · fax · cover_page"
    assert finding_told(Finding("rhyme", Severity.ERROR, "no rhyme"), "en") == "rhyme (no rhyme)"
