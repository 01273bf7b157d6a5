"""What ships with Liaison for questions in other languages: lexicons and an encoder learned from public translations.

CARD.md says from what, under which licences, and how well they do.
"""

from __future__ import annotations

import gzip
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from assistant.domain.compounds import parts
from assistant.domain.terms import CJK_TERM, analyser_of, terms, terms_with_words
from assistant.ports.lexicon import InEnglish
from assistant.retrieval.language import primary
from ingest.crosslingual.lexicon import WRITTEN
from integrations.languages.shelf import ENCODER, Shelf

if TYPE_CHECKING:
    from ingest.crosslingual.encoder import Encoder


class FileLexicon:
    """The Lexicon of a shelf of files, each read when it is first needed.

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
        entries = self._lexicon(local)
        words: dict[str, float] = {}
        gloss: list[str] = []
        for term, word in _simple_words(text, local, entries):
            translations = _looked_up(entries, term) or (() if CJK_TERM.match(term) else ((word.lower(), 1.0),))
            for english, probability in translations:
                words[english] = words.get(english, 0.0) + probability
            likeliest = _looked_up(entries, WRITTEN + word.lower()) or translations
            if likeliest and gloss[-1:] != [likeliest[0][0]]:
                gloss.append(likeliest[0][0])
        if not self._reads:
            return InEnglish(words=words, gloss="")
        return InEnglish(
            words=words, gloss=" ".join(gloss), vector=self._encoder.vector(text) if self._encoder else None
        )

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
    from ingest.crosslingual.encoder import Encoder  # noqa: PLC0415 (only questions in other languages need it)

    return Encoder.from_bytes(shelf.read(ENCODER))


def _simple_words(text: str, language: str, lines: Sequence[bytes]) -> Iterator[tuple[str, str]]:
    """The terms of a text with their words; a compound nobody translated as a whole becomes its parts."""
    analyser = analyser_of(language)

    def known(word: str) -> bool:
        return any(_looked_up(lines, term) for term in terms(word, analyser))

    for term, word in terms_with_words(text, analyser):
        taken_apart = () if _looked_up(lines, term) else parts(word, language, known)
        if taken_apart:
            yield from ((terms(part, analyser)[0], part) for part in taken_apart)
        else:
            yield term, word


def _looked_up(lines: Sequence[bytes], term: str) -> tuple[tuple[str, float], ...]:
    start = term.encode() + b"\t"
    place = bisect_left(lines, start)
    if place == len(lines) or not lines[place].startswith(start):
        return ()
    pairs = (found.rpartition(":") for found in lines[place][len(start) :].decode().split(" "))
    return tuple((english, float(weight)) for english, _, weight in pairs)
