"""The names that can take each other's place in a question: tiers, products, regions, kinds of partner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import regex
import yaml
from babel import Locale

from assistant.domain.accounts import countries
from assistant.domain.content import Document
from assistant.domain.people import TierLadder

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "de", "fr", "es", "pt", "ja")
SHORTEST = 3  # letters of a name; "US" and "IT" are words of some language


@dataclass(frozen=True, slots=True)
class Name:
    """A name where it stands in a text; names of one kind can be exchanged."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names in lower case with their kind."""

    kinds: Mapping[str, str]
    pattern: regex.Pattern[str]

    def names(self, text: str) -> list[Name]:
        """The names in a text in order; of names within each other the longest."""
        return [Name(self.kinds[m.group(0).casefold()], m.start(), m.end()) for m in self.pattern.finditer(text)]


def vocabulary_of(documents: Iterable[Document], ladder: TierLadder) -> Vocabulary:
    """The names of an installation: its tiers and products, and those that every programme has."""
    return _vocabulary(frozenset(d.product for d in documents if d.product), ladder.names)


@cache
def _vocabulary(products: frozenset[str], tiers: tuple[str, ...]) -> Vocabulary:
    kinds = dict(_everywhere())
    kinds |= {tier.casefold(): "tier" for tier in tiers}
    kinds |= {product.casefold(): "product" for product in products if len(product) >= SHORTEST}
    longest_first = "|".join(regex.escape(name) for name in sorted(kinds, key=lambda n: (-len(n), n)))
    # Japanese names have no spaces around them.
    pattern = regex.compile(rf"(?i)(?<![\p{{Latin}}\p{{N}}])(?:{longest_first})(?![\p{{Latin}}\p{{N}}])")
    return Vocabulary(kinds, pattern)


@cache
def _everywhere() -> Mapping[str, str]:
    """Regions and countries in each language, and the names of names.yaml."""
    loaded: Mapping[str, list[str]] = yaml.safe_load((FOLDER / "names.yaml").read_text(encoding="utf-8"))
    kinds = {name.casefold(): kind for kind, names in loaded.items() for name in names}
    for language in LANGUAGES:
        territories = Locale(language).territories
        for code in countries():
            name = str(territories.get(code, ""))
            if len(name) >= SHORTEST or (name and not name.isascii()):
                kinds.setdefault(name.casefold(), "place")
    return kinds
