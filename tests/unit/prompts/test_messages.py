from __future__ import annotations

from string import Formatter

import pytest
import yaml

from assistant.domain.answer import DeclineReason
from prompts.messages import FOLDER, message

LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "ja", "pt")
ANSWERED_IN = ("ko", "nl", "pl", "sv", "zh")  # what frames an answer is said in these; the rest is in English


def sentences(said: dict[str, str]) -> set[str]:
    """What is said, but for the names of places: a page is one in French, too."""
    return {text for key, text in said.items() if not key.startswith("place_")}


def slots(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_english_says_with_the_same_slots(language: str) -> None:
    english = yaml.safe_load((FOLDER / "en.yaml").read_text(encoding="utf-8"))
    own = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    assert {key: slots(text) for key, text in own.items()} == {key: slots(text) for key, text in english.items()}
    assert language == "en" or not sentences(own) & sentences(english)


@pytest.mark.parametrize("language", ANSWERED_IN)
def test_what_frames_an_answer_is_said_in_every_language_that_questions_are_understood_in(language: str) -> None:
    english = yaml.safe_load((FOLDER / "en.yaml").read_text(encoding="utf-8"))
    own = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    frames = {key for key in english if key.startswith(("declined_", "notice_", "place_", "clarify_", "not_recorded"))}
    assert {key: slots(text) for key, text in own.items()} == {key: slots(english[key]) for key in frames}
    assert not sentences(own) & sentences(english)
    assert message("agent_done", language, outcome="x") == message("agent_done", "en", outcome="x")


@pytest.mark.parametrize("reason", DeclineReason)
def test_every_reason_to_decline_has_its_message(reason: DeclineReason) -> None:
    said = {
        message(f"declined_{reason}", language, searched="7", nearest="A, B") for language in (*LANGUAGES, *ANSWERED_IN)
    }
    assert len(said) == len(LANGUAGES) + len(ANSWERED_IN)
    assert not any("{" in text for text in said)


@pytest.mark.parametrize(
    ("tag", "language"), [("de-CH", "de"), ("pt_BR", "pt"), ("JA", "ja"), ("da", "en"), ("", "en")]
)
def test_a_tag_finds_its_language_or_english(tag: str, language: str) -> None:
    assert message("declined_no_content", tag) == message("declined_no_content", language)


@pytest.mark.parametrize("tag", ["../messages/de", "/etc/passwd", "de/../fr"])
def test_a_tag_is_never_a_path(tag: str) -> None:
    assert message("declined_no_content", tag) == message("declined_no_content", "en")


def test_braces_in_a_slot_are_not_filled_again() -> None:
    assert "{searched}" in message("declined_weak_evidence", "en", searched="1", nearest="{searched}")


def test_a_missing_message_or_slot_is_an_error() -> None:
    with pytest.raises(KeyError):
        message("no_such_message", "en")
    with pytest.raises(KeyError):
        message("declined_weak_evidence", "en")


@pytest.mark.parametrize(
    ("language", "other"),
    [
        ("de", "Channel-Manager"),
        ("de", "Marketinggeld"),
        ("es", "negocio"),
        ("es", "operaci"),
        ("es", "de partners"),
        ("it", "affar"),
        ("pt", "portunidade"),
        ("ja", "ティア"),
        ("ja", "規定により"),
        ("ja", "資格が必要"),
    ],
)
def test_one_thing_has_one_word_in_a_language(language: str, other: str) -> None:
    """Besides the word that the language has for it; what is said to Liaison may say it in another way."""
    own = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    said = [key for key, text in own.items() if other in text]
    assert [key for key in said if not key.startswith(("slack_prompt_", "slack_register_this", "tier_question"))] == []
