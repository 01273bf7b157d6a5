"""Which language a text is in, among those the product serves."""

from __future__ import annotations

import re
from functools import cache
from typing import Protocol

from assistant.retrieval.function_words import hints

LANGUAGES = ("de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "sv", "zh")
ENOUGH_BYTES = 60  # shorter text says too little: a product name is in every language
ENOUGH_QUESTION_BYTES = 20
SAMPLE = 4000
KANA = re.compile(r"[\u3040-\u30ff]")
HANGUL = re.compile(r"[\uac00-\ud7af]")
ARABIC = re.compile(r"[\u0620-\u064a]")
HAN = re.compile(r"[\u4e00-\u9fff]")
NAMED = 2  # little words of English around a name in Chinese characters


class Identifier(Protocol):
    """The part of py3langid's identifier that is used."""

    def classify(self, text: str) -> tuple[str, float]:
        """Language and score."""
        ...

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Every language with its score, likeliest first."""
        ...


def primary(locale: str) -> str:
    """The language of a locale: "pt" of "pt-BR" or "pt_BR"."""
    return locale.replace("_", "-").split("-", maxsplit=1)[0].lower()


def detect(text: str, *, default: str) -> str:
    """The ISO 639-1 code of the language a text is written in; `default` when it is too short to tell."""
    sample = " ".join(text[:SAMPLE].split())
    if len(sample.encode()) < ENOUGH_BYTES:
        return default
    return _identifier().classify(sample)[0]


def question_language(text: str, *, default: str) -> str:
    """The language of a question: by its script, the little words it is built with, its letters, or else its asker.

    "Wie läuft die deal registration?" is German: names say nothing. Chinese characters alone are Japanese when a
    Japanese asks, but "Who signs the 特約店 contract?" is English.
    """
    local = primary(default)
    found = hints(text[:SAMPLE])
    for script, language in ((KANA, "ja"), (HANGUL, "ko"), (ARABIC, "ar")):
        if script.search(text):
            return language
    characters = len(HAN.findall(text))
    if characters and (found["en"] < NAMED or 2 * characters > sum(map(str.isalpha, text))):
        return "ja" if local == "ja" else "zh"
    most = max(found.values())
    likely = [language for language, count in found.items() if count == most > 0]
    if len(likely) == 1:
        return likely[0]
    if len(text.encode()) < ENOUGH_QUESTION_BYTES:
        return local if local in likely or not likely else likely[0]
    ranked = [language for language, _ in _identifier().rank(text[:SAMPLE])]
    return next(language for language in ranked if not likely or language in likely)


@cache
def _identifier() -> Identifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 (the model takes half a second)

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    loaded: Identifier = identifier
    return loaded
