"""Company names brought to one form: Latin letters, no legal form, abbreviations written out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import yaml
from anyascii import anyascii
from pydantic import BaseModel, ConfigDict

JOINED = re.compile(r"['’`´\u2019]")
SPELLED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "a", "æ": "ae", "œ": "oe", "&": " and ", "+": " and "}
)
FOLDED = re.compile(r"[aou]e")
WORD = re.compile(r"[a-z0-9]+")
BRACKETED = re.compile(r"\([^)]*\)")
JOINERS = {"and", "und", "et", "y", "og", "och", "ja", "e", "en"}


class LegalForms(BaseModel):
    """The table of legal forms."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    native: tuple[str, ...]
    anywhere: tuple[tuple[str, ...], ...]
    at_the_end: tuple[str, ...]


class Abbreviations(BaseModel):
    """The table of words that mean the same, and of words that mean little."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    same: tuple[tuple[str, ...], ...]
    weak: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A company name to compare with: its words without legal form, and their initials."""

    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words as one string."""
        return " ".join(self.words)

    @property
    def numerals(self) -> frozenset[str]:
        """The words that have a digit."""
        return frozenset(word for word in self.words if not word.isalpha())

    @property
    def initials(self) -> str:
        """The first letters of its words; the name itself when it is one short word such as "EDF"."""
        return self.compact if len(self.words) == 1 else "".join(word[0] for word in self.words)

    @property
    def compact(self) -> str:
        """The words without spaces."""
        return "".join(self.words)


@cache
def _forms() -> tuple[frozenset[tuple[str, ...]], frozenset[str], int]:
    table = LegalForms.model_validate(_yaml("legal_forms.yaml"))
    forms = frozenset(tuple(form.split()) for line in table.anywhere for form in line)
    return forms, frozenset(table.at_the_end), max(len(form) for form in forms)


@cache
def _native() -> re.Pattern[str]:
    table = LegalForms.model_validate(_yaml("legal_forms.yaml"))
    return re.compile("|".join(re.escape(form) for form in sorted(table.native, key=len, reverse=True)))


@cache
def _same() -> dict[str, str]:
    table = Abbreviations.model_validate(_yaml("abbreviations.yaml"))
    return {word: line[0] for line in table.same for word in line if " " not in word}


@cache
def weak_words() -> frozenset[str]:
    """Words that many company names share."""
    return frozenset(Abbreviations.model_validate(_yaml("abbreviations.yaml")).weak)


def _yaml(name: str) -> object:
    return yaml.safe_load(files("assistant.deals").joinpath(name).read_text(encoding="utf-8"))


@lru_cache(maxsize=65536)
def normalised(name: str) -> Name:
    """The name to compare by; never without words as long as the name has a letter or digit."""
    bare_name = BRACKETED.sub(" ", _native().sub(" ", name))
    words = _words(bare_name) or _words(name)
    bare = _without_forms(words)
    same = _same()
    return Name(words=tuple(same.get(word, word) for word in bare))


def _words(name: str) -> list[str]:
    composed = unicodedata.normalize("NFKC", name).casefold()
    latin = anyascii(JOINED.sub("", composed).translate(SPELLED)).lower()
    latin = latin.replace("a/s", "as ").replace("n/v", "nv ")
    return _initials_joined([FOLDED.sub(lambda two: two[0][0], word) for word in WORD.findall(latin)])


def _initials_joined(words: list[str]) -> list[str]:
    """Single letters in a row become one word: "A P Moller" and "A.P. Moller" are the same."""
    joined: list[str] = []
    open_run = False
    for word in words:
        single = len(word) == 1 and word.isalpha()
        if single and open_run:
            joined[-1] += word
        else:
            joined.append(word)
        open_run = single
    return joined


def _without_forms(words: list[str]) -> list[str]:
    forms, at_the_end, longest = _forms()
    kept: list[str] = []
    place = 0
    while place < len(words):
        sizes = range(min(longest, len(words) - place), 0, -1)
        size = next((n for n in sizes if tuple(words[place : place + n]) in forms), 0)
        if not size:
            kept.append(words[place])
        place += size or 1
    while len(kept) > 1 and (kept[-1] in at_the_end or kept[-1] in JOINERS):
        kept.pop()
    bare = [word for word in kept if word not in JOINERS]
    return bare or kept or words
