"""Which of the languages Liaison understands a conversation is in."""

from __future__ import annotations

from functools import lru_cache

import regex

from assistant.agents.understanding.entities import DEAL_ID
from assistant.agents.understanding.lexicon import LANGUAGES, pattern
from assistant.retrieval.language import question_language

ARABIC = regex.compile(r"\p{Arabic}")
JAPANESE = regex.compile(r"[\p{Hiragana}\p{Katakana}\p{Han}]")
ENOUGH = 2
SPOKEN = tuple(language for language in LANGUAGES if language != "ja")
LETTERS = {"¿¡ñ": "es", "ãõ": "pt", "ß": "de"}


@lru_cache(maxsize=256)
def tongue(text: str, *, default: str = "en") -> str:
    """The language by script, by its small words, or by statistics; `default` is the asker's own.

    The ids of deals are words of none.
    """
    text = DEAL_ID.sub(" ", text)
    if len(JAPANESE.findall(text)) >= 4:
        return "ja"
    if len(ARABIC.findall(text)) >= 4:
        return "ar"
    counts = dict.fromkeys(SPOKEN, 0)
    for word in text.split():
        for language, count in _small_words(word):
            counts[language] += count
    for letters, language in LETTERS.items():
        counts[language] += ENOUGH * bool(regex.search(f"[{letters}]", text.lower()))
    best = sorted(counts, key=lambda language: (-counts[language], language != default))
    if (counts[best[0]] >= ENOUGH and counts[best[0]] > counts[best[1]]) or (best[0] == default and counts[default]):
        return best[0]
    guess = question_language(text, default=default)
    return guess if guess in LANGUAGES else default


@lru_cache(maxsize=16_384)
def _small_words(word: str) -> tuple[tuple[str, int], ...]:
    """How many small words of each language stand between two spaces, an address having none."""
    if "@" in word or "://" in word:
        return ()
    found = ((language, len(pattern(language, "cues", "small_words").findall(word))) for language in SPOKEN)
    return tuple((language, count) for language, count in found if count)
