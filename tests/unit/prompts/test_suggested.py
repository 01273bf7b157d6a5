"""What Liaison suggests to ask is known to it in every language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.messages import isolated, keys, message
from prompts.suggested import in_english

LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "ja", "pt")
PROMPTS = [key for key in keys("slack_prompt_") if not key.endswith("_title")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", PROMPTS)
def test_every_suggestion_is_known_by_its_meaning(key: str, language: str) -> None:
    assert in_english(message(key, language, tier="platinum")) == message(key, "en", tier="platinum")


@given(tier=st.from_regex(r"\A[A-Za-z][A-Za-z0-9 ]{0,15}[A-Za-z]\Z"), language=st.sampled_from(LANGUAGES))
def test_the_tier_that_it_names_is_kept(tier: str, language: str) -> None:
    told = " ".join(tier.split())
    assert in_english(message("slack_prompt_tier", language, tier=told)) == message(
        "slack_prompt_tier", "en", tier=told
    )


@pytest.mark.parametrize(
    "text",
    [
        "wie werden wir partner",
        " Wie werden wir Partner ? ",
        "Wie werden wir\nPartner?",
        isolated("Wie werden wir Partner?", "ar"),
    ],
)
def test_it_is_known_as_people_type_it(text: str) -> None:
    assert in_english(text) == "How do we become a partner?"


@pytest.mark.parametrize("text", ["", "?", "Wie werden wir Partner in Wien?", "Also: Wie werden wir Partner?"])
def test_anything_else_is_not(text: str) -> None:
    assert in_english(text) == ""
