from __future__ import annotations

import pytest
import yaml

from assistant.answering.gloss import glossed
from prompts.glossary import FILE, trade_words

QUOTES = ["The invoice lists each service request and its discount."]


@pytest.mark.parametrize("language", ["de", "fr", "es", "pt-BR", "it", "ja"])
def test_words_of_the_trade_in_a_quote_are_told_in_the_askers_language(language: str) -> None:
    (notice,) = glossed(QUOTES, language)
    assert f"invoice = {trade_words(language[:2])['invoice']}" in notice
    assert notice.count("=") >= 2


def test_an_english_asker_needs_no_gloss() -> None:
    assert glossed(QUOTES, "en") == ()


def test_quotes_without_words_of_the_trade_get_no_notice() -> None:
    assert glossed(["It rained."], "de") == ()
    assert glossed([], "de") == ()


def test_a_longer_word_of_the_trade_is_not_taken_apart() -> None:
    (notice,) = glossed(["Open a service request."], "it")
    assert "service request = " in notice
    assert "service = " not in notice


@pytest.mark.parametrize(
    ("concept", "language", "said"),
    [
        ("renewal", "de", "Verlängerung"),  # and not "Verl."
        ("payout", "de", "Auszahlung"),  # and not what "Auszahlungs-ID" begins with
        ("proof of execution", "fr", "preuve d’exécution"),
        ("marketing", "ja", "マーケティング"),  # and not the market
    ],
)
def test_a_word_of_the_trade_is_told_in_full(concept: str, language: str, said: str) -> None:
    assert trade_words(language)[concept] == said


@pytest.mark.parametrize("language", ["de", "fr", "es", "pt", "it", "nl", "ja", "zh", "ko"])
def test_what_few_texts_say_or_a_person_must_choose_is_not_told(language: str) -> None:
    concepts = yaml.safe_load(FILE.read_text(encoding="utf-8"))["concepts"]
    said = {concept: forms[language] for concept, forms in concepts.items() if language in forms}
    told = trade_words(language)
    assert len(told) >= 30
    assert all(said[concept]["status"] != "conflict" for concept in told)
    assert min(said[concept]["seen"] / said[concept]["of"] for concept in told) >= 1 / 3
