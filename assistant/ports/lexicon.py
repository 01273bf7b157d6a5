"""Words of other languages in English, for questions about English content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class InEnglish:
    """A question word by word in English; good enough to search with, not to be read.

    `words` are English words with their weight, 0..1 for each word of the question they stand for;
    `gloss` is the likeliest word for each, in the order of the question. Words nobody knows stay as they are.
    """

    words: Mapping[str, float]
    gloss: str


class Lexicon(Protocol):
    """Knows what words of some languages mean in English."""

    def in_english(self, text: str, language: str) -> InEnglish | None:
        """A text in English words, or None for a language it does not know (English itself included)."""
        ...
