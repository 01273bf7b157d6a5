"""Which language a text is in, among those the product serves."""

from __future__ import annotations

from functools import cache
from typing import Protocol

LANGUAGES = ("de", "en", "es", "fr", "it", "ja", "ko", "nl", "pt", "sv", "zh")
ENOUGH_BYTES = 60  # shorter text says too little: a product name is in every language
SAMPLE = 4000


class Identifier(Protocol):
    """The part of py3langid's identifier that is used."""

    def classify(self, text: str) -> tuple[str, float]:
        """Language and score."""
        ...


def detect(text: str, *, default: str) -> str:
    """The ISO 639-1 code of the language a text is written in; `default` when it is too short to tell."""
    sample = " ".join(text[:SAMPLE].split())
    if len(sample.encode()) < ENOUGH_BYTES:
        return default
    return _identifier().classify(sample)[0]


@cache
def _identifier() -> Identifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 (the model takes half a second)

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    loaded: Identifier = identifier
    return loaded
