"""A lexicon of a handful of words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.domain.terms import analyser_of, terms, terms_with_words
from assistant.ports.embedder import Matrix
from assistant.ports.lexicon import InEnglish


@dataclass(frozen=True, slots=True)
class WordLexicon:
    """Knows one language: `meanings` holds a foreign word's English one. Other words stay as they are."""

    language: str
    meanings: Mapping[str, str]

    def in_english(self, text: str, language: str) -> InEnglish | None:
        """As the port promises."""
        if language != self.language:
            return None
        analyser = analyser_of(language)
        known = {terms(word, analyser)[0]: english for word, english in self.meanings.items()}
        words = {term: known.get(term, word.lower()) for term, word in terms_with_words(text, analyser)}
        meanings = {term: {word: 1.0} for term, word in words.items()}
        return InEnglish(words=dict.fromkeys(words.values(), 1.0), gloss=" ".join(words.values()), meanings=meanings)

    def word_vectors(self, words: Sequence[str]) -> Matrix:
        """As the port promises: a word and its English one have the same row, others are at right angles."""
        english = [self.meanings.get(word, word) for word in words]
        distinct = list(dict.fromkeys(english))
        vectors = np.eye(len(distinct), dtype=np.float32)[[distinct.index(word) for word in english]]
        vectors[[not word for word in words]] = 0
        return vectors
