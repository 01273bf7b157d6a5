"""A lexicon of a handful of words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.domain.terms import analyser_of, terms, terms_with_words
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
        words = [known.get(term, word.lower()) for term, word in terms_with_words(text, analyser)]
        return InEnglish(words=dict.fromkeys(words, 1.0), gloss=" ".join(words))
