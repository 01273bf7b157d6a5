"""What Liaison knows of each language: a YAML file of word patterns in `language/`, and names of months and countries.

A pattern is a regular expression that matches from the start of a word, in lower or upper case; so a stem is enough.
Months, days, countries and currencies come from Unicode CLDR (Babel).
"""

from __future__ import annotations

from functools import cache, cached_property
from importlib.resources import files

import regex
import yaml
from pydantic import BaseModel, ConfigDict

LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "ja")


class Lexicon(BaseModel):
    """One language. `cues` are patterns by what they hint at; `labels` are names of fields in forms and notes."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))

    language: str
    cues: dict[str, tuple[str, ...]]
    labels: dict[str, tuple[str, ...]]
    stages: dict[str, tuple[str, ...]]
    states: dict[str, tuple[str, ...]]
    channels: dict[str, tuple[str, ...]]
    scales: dict[str, str]
    currencies: dict[str, str]
    countries: dict[str, str]
    languages: dict[str, str]

    def has(self, cue: str, text: str) -> bool:
        """Whether the text has a word of this kind."""
        return self.find(cue, text) is not None

    def find(self, cue: str, text: str) -> regex.Match[str] | None:
        """The first word of this kind."""
        found: regex.Match[str] | None = pattern(self.language, "cues", cue).search(text)
        return found

    def all(self, cue: str, text: str) -> list[regex.Match[str]]:
        """Every word of this kind."""
        return list(pattern(self.language, "cues", cue).finditer(text))

    def named(self, table: str, text: str) -> list[str]:
        """The entries of `stages`, `states` or `channels` whose words stand in the text, in the order of the text."""
        places = {}
        for name in getattr(self, table):
            match = pattern(self.language, table, name).search(text)
            if match:
                places[name] = match.start()
        return sorted(places, key=lambda name: places[name])


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of a language; English for one without its own."""
    known = language if language in LANGUAGES else "en"
    text = files(__package__).joinpath("language", f"{known}.yaml").read_text(encoding="utf-8")
    return Lexicon.model_validate(yaml.safe_load(text))


@cache
def pattern(language: str, table: str, name: str) -> regex.Pattern[str]:
    """The compiled words of one entry; it matches nothing where the language has none."""
    words = getattr(lexicon(language), table).get(name, ())
    if not words:
        return regex.compile(r"(?!)")
    start = "" if language == "ja" else r"(?<![\p{L}\p{N}])"
    return regex.compile(start + "(?:" + "|".join(words) + ")", regex.IGNORECASE)
