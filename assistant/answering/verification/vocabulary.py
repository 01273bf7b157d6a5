"""The word lists of `vocabulary.yaml`, ready for matching."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).with_name("vocabulary.yaml")
Words = dict[str, list[str]]


class VocabularyFile(BaseModel):
    """The file as it is written."""

    model_config = ConfigDict(extra="forbid")

    cues: dict[str, dict[str, Words]]
    conditions: Words
    turned: Words
    tiers: list[list[str]]
    roles: list[list[str]]
    function: Words
    numbers: dict[str, dict[str, int]]
    scales: dict[str, int]
    units: dict[str, tuple[int, list[str]]]
    families: list[list[str]]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A cue as words in lower case; `open_ended` when the last word stands for any ending."""

    words: tuple[str, ...]
    set: str
    group: str
    open_ended: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure: its family, and its size in the smallest unit of the family."""

    name: str
    family: str
    size: Decimal


@cache
def vocabulary() -> VocabularyFile:
    """The file, read once."""
    return VocabularyFile.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))


@cache
def phrases(language: str) -> Mapping[str, tuple[Phrase, ...]]:
    """The cues of a language by their first word (by the first character where words are not set apart)."""
    found: dict[str, list[Phrase]] = {}
    for name, groups in vocabulary().cues.items():
        for group, words in groups.items():
            for phrase in words.get(language, ()):
                _add(found, phrase, name, group, by_character=language == "ja")
    for phrase in vocabulary().conditions.get(language, ()):
        _add(found, phrase, "condition", phrase, by_character=language == "ja")
    return {key: tuple(sorted(each, key=lambda p: -sum(map(len, p.words)))) for key, each in found.items()}


def _add(found: dict[str, list[Phrase]], phrase: str, name: str, group: str, *, by_character: bool) -> None:
    words = tuple(phrase.removesuffix("*").split())
    entry = Phrase(words, name, group, open_ended=phrase.endswith("*"))
    key = words[0][0] if by_character or (entry.open_ended and len(words) == 1) else words[0]
    found.setdefault(key, []).append(entry)


@cache
def function_words(language: str) -> frozenset[str]:
    """Words that carry no claim of their own."""
    return frozenset(vocabulary().function.get(language, ()))


@cache
def members(name: str) -> Mapping[str, int]:
    """Every word of the tiers or the roles with the number of its rung or role."""
    lists = vocabulary().tiers if name == "tiers" else vocabulary().roles
    return {word: number for number, words in enumerate(lists) for word in words}


@cache
def units() -> Mapping[str, Unit]:
    """Every word or sign for a unit, in lower case."""
    families = {unit: names[0] for names in vocabulary().families for unit in names}
    return {
        word: Unit(name, families.get(name, name), Decimal(size))
        for name, (size, words) in vocabulary().units.items()
        for word in words
    }
