"""Questions of other languages in English, for questions about English content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assistant.ports.embedder import Matrix, Vector


@dataclass(frozen=True, slots=True)
class InEnglish:
    """A question word by word in English; good enough to search with, not to be read.

    `words` are English words with their weight, 0..1 for each word of the question they stand for;
    `gloss` is the likeliest word for each, in the order of the question. Words nobody knows stay as they are.
    `vector` is where the English question would stand in the embedder's space, a unit vector, where that is known.
    `meanings` are the English words of each of the question's terms, those of one word together.
    `gloss` is empty and `vector` None where the embedder reads the question's language itself.
    """

    words: Mapping[str, float]
    gloss: str
    vector: Vector | None = field(default=None, compare=False)
    meanings: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


class WordVectors(Protocol):
    """Knows which words mean nearly the same."""

    def word_vectors(self, words: Sequence[str]) -> Matrix:
        """A row for each word, of unit length, near the rows of words that mean the same; zero for an unknown word."""
        ...


class Lexicon(WordVectors, Protocol):
    """Knows what some languages say in English, too."""

    def in_english(self, text: str, language: str) -> InEnglish | None:
        """A text in English, or None for a language it does not know (English itself included)."""
        ...
