"""The lexicons that ship with Liaison: words of ten languages in English, learned from public translations.

CARD.md says from what, under which licences, and how well they do.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from assistant.domain.terms import CJK_TERM, analyser_of, terms_with_words
from assistant.errors import SettingsError
from assistant.ports.lexicon import InEnglish

FOLDER = Path(__file__).parent
MANIFEST = "manifest.json"
Entries = Mapping[str, tuple[tuple[str, float], ...]]


class FileLexicon:
    """The Lexicon of a folder of `<language>.tsv.gz` files, each read when its language is first asked for.

    Raises SettingsError when a file is not the one its manifest names.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._loaded: dict[str, Entries] = {}

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """Language to the SHA-256 of its file."""
        try:
            found: dict[str, str] = json.loads((self._folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"The lexicons in {self._folder} have no manifest: {error}.", hint="Reinstall Liaison."
            ) from error
        return found

    def in_english(self, text: str, language: str) -> InEnglish | None:
        """As the port promises."""
        primary = language.replace("_", "-").split("-")[0].lower()
        if primary not in self.digests:
            return None
        entries = self._entries(primary)
        words: dict[str, float] = {}
        gloss: list[str] = []
        for term, word in terms_with_words(text, analyser_of(primary)):
            translations = entries.get(term) or (() if CJK_TERM.match(term) else ((word.lower(), 1.0),))
            for english, probability in translations:
                words[english] = words.get(english, 0.0) + probability
            if translations and gloss[-1:] != [translations[0][0]]:
                gloss.append(translations[0][0])
        return InEnglish(words=words, gloss=" ".join(gloss))

    def _entries(self, language: str) -> Entries:
        if language not in self._loaded:
            data = self._read(language)
            self._loaded[language] = dict(map(_entry, gzip.decompress(data).decode().splitlines()))
        return self._loaded[language]

    def _read(self, language: str) -> bytes:
        path = self._folder / f"{language}.tsv.gz"
        try:
            data = path.read_bytes()
        except OSError as error:
            raise SettingsError(f"{path} cannot be read: {error.strerror}.", hint="Reinstall Liaison.") from error
        if hashlib.sha256(data).hexdigest() != self.digests[language]:
            raise SettingsError(
                f"{path} is not the file its manifest names.", hint="Reinstall Liaison, or build it anew."
            )
        return data


def _entry(line: str) -> tuple[str, tuple[tuple[str, float], ...]]:
    term, _, translations = line.partition("\t")
    pairs = (translation.rpartition(":") for translation in translations.split(" "))
    return term, tuple((english, float(weight)) for english, _, weight in pairs)
