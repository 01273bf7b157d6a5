"""What ships with Liaison for questions in other languages: lexicons and an encoder learned from public translations.

CARD.md says from what, under which licences, and how well they do.
"""

from __future__ import annotations

import gzip
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from assistant.domain.compounds import parts
from assistant.domain.terms import CJK_TERM, analyser_of, terms, terms_with_words
from assistant.ports.embedder import Matrix
from assistant.ports.lexicon import InEnglish
from assistant.retrieval.language import primary
from ingest.crosslingual.lexicon import WRITTEN
from integrations.languages.shelf import ENCODER, Shelf

if TYPE_CHECKING:
    from ingest.crosslingual.encoder import Encoder

# What English writes behind an apostrophe, which is a word of its own to the lexicons; "s" may be anything.
SPELT_OUT = {"d": "would", "ll": "will", "m": "am", "re": "are", "s": "", "t": "not", "ve": "have"}


class FileLexicon:
    """The Lexicon and the word vectors of a shelf of files, each read when it is first needed.

    `space` is the fingerprint of the embedder that passages are embedded with. Where it is not the one the shelf was
    learned for, that embedder is left to read the question itself: there is neither gloss nor vector.
    Raises SettingsError when a file is not the one its manifest names.
    """

    def __init__(self, shelf: Shelf, *, space: str) -> None:
        self._shelf = shelf
        self._space = space
        self._entries: dict[str, Sequence[bytes]] = {}

    def in_english(self, text: str, language: str) -> InEnglish | None:
        """As the port promises."""
        local = primary(language)
        if local not in self._languages:
            return None
        words: dict[str, float] = {}
        gloss: list[str] = []
        meanings: dict[str, Mapping[str, float]] = {}
        for meaning in _meanings(text, local, self._lexicon(local)):
            meanings[meaning.term] = meaning.searched
            for english, probability in meaning.searched.items():
                words[english] = words.get(english, 0.0) + probability
            for said in meaning.gloss:
                spelt_out = SPELT_OUT.get(said, said)
                if spelt_out and gloss[-1:] != [spelt_out]:
                    gloss.append(spelt_out)
        if not self._reads:
            return InEnglish(words=words, gloss="", meanings=meanings)
        vector = self._encoder.vector(text) if self._encoder else None
        return InEnglish(words=words, gloss=" ".join(gloss), vector=vector, meanings=meanings)

    def word_vectors(self, words: Sequence[str]) -> Matrix:
        """As the port of word vectors promises; all zero where the shelf has no encoder."""
        return self._encoder.vectors(words) if self._encoder else np.zeros((len(words), 1), dtype=np.float32)

    @cached_property
    def _languages(self) -> frozenset[str]:
        return self._shelf.languages

    @cached_property
    def _reads(self) -> bool:
        """Whether questions are put into the embedder's space here."""
        return self._shelf.space == self._space

    @cached_property
    def _encoder(self) -> Encoder | None:
        return read_encoder(self._shelf) if ENCODER in self._shelf.parts else None

    def _lexicon(self, language: str) -> Sequence[bytes]:
        """The sorted lines of a lexicon: a dictionary of its entries would take ten times the memory."""
        if language not in self._entries:
            self._entries[language] = gzip.decompress(self._shelf.read(language)).splitlines()
        return self._entries[language]


def read_encoder(shelf: Shelf) -> Encoder:
    """The encoder of a shelf. Raises KeyError when it has none."""
    from ingest.crosslingual.encoder import Encoder  # noqa: PLC0415 (what only counts and lists content needs none)

    return Encoder.from_bytes(shelf.read(ENCODER))


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a word is searched for, English words with their probability, and what stands for it in a gloss."""

    term: str
    searched: Mapping[str, float]
    gloss: tuple[str, ...]


def _meanings(text: str, language: str, lines: Sequence[bytes]) -> Iterator[_Meaning]:
    """What the words of a text mean, in order.

    A compound is searched for as a whole and by its parts; in a gloss the parts stand for what nobody translated as a
    whole.
    """
    analyser = analyser_of(language)

    def known(word: str) -> bool:
        return any(_looked_up(lines, term) for term in terms(word, analyser))

    for term, word in terms_with_words(text, analyser):
        apart = [_meaning(terms(part, analyser)[0], part, lines) for part in parts(word, language, known)]
        whole = [_meaning(term, word, lines)] if _looked_up(lines, term) or not apart else []
        searched: dict[str, float] = {}
        for english, probability in (pair for meaning in (*whole, *apart) for pair in meaning.searched.items()):
            searched[english] = max(searched.get(english, 0.0), probability)
        yield _Meaning(term, searched, tuple(said for meaning in whole or apart for said in meaning.gloss))


def _meaning(term: str, word: str, lines: Sequence[bytes]) -> _Meaning:
    """A word that nobody knows means itself; two characters of Japanese, Chinese or Korean mean nothing then."""
    searched = _looked_up(lines, term) or (() if CJK_TERM.match(term) else ((word.lower(), 1.0),))
    likeliest = _looked_up(lines, WRITTEN + word.lower()) or searched
    return _Meaning(term, dict(searched), tuple(english for english, _ in likeliest[:1]))


def _looked_up(lines: Sequence[bytes], term: str) -> tuple[tuple[str, float], ...]:
    start = term.encode() + b"\t"
    place = bisect_left(lines, start)
    if place == len(lines) or not lines[place].startswith(start):
        return ()
    pairs = (found.rpartition(":") for found in lines[place][len(start) :].decode().split(" "))
    return tuple((english, float(weight)) for english, _, weight in pairs)
