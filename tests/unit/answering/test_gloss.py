from __future__ import annotations

import pytest

from assistant.answering.gloss import glossed
from prompts.glossary import trade_words

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
