"""Which of the languages Liaison understands a conversation is in."""

from __future__ import annotations

import regex

from assistant.agents.understanding.lexicon import LANGUAGES, pattern
from assistant.retrieval.language import question_language

JAPANESE = regex.compile(r"[\p{Hiragana}\p{Katakana}\p{Han}]")
WORDS = regex.compile(r"[\p{L}']+")
ENOUGH = 2
LETTERS = {"¿¡ñ": "es", "ãõ": "pt", "ß": "de"}


def tongue(text: str, *, default: str = "en") -> str:
    """The language by script, by its small words, or by statistics; `default` is the asker's own."""
    if len(JAPANESE.findall(text)) >= 4:
        return "ja"
    counts = {
        language: len(pattern(language, "cues", "small_words").findall(text))
        for language in LANGUAGES
        if language != "ja"
    }
    for letters, language in LETTERS.items():
        counts[language] += ENOUGH * bool(regex.search(f"[{letters}]", text.lower()))
    best = sorted(counts, key=lambda language: (-counts[language], language != default))
    if (counts[best[0]] >= ENOUGH and counts[best[0]] > counts[best[1]]) or (best[0] == default and counts[default]):
        return best[0]
    guess = question_language(text, default=default)
    return guess if guess in LANGUAGES else default
