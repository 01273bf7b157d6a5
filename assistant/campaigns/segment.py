"""A text pair as the checks see it: source and target, where it will stand, and what is known about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import regex

from assistant.campaigns.channel import Place
from assistant.campaigns.counters import links
from assistant.campaigns.law import BannedTerms
from assistant.campaigns.locale_pack import LocalePack

PLACEHOLDER = regex.compile(
    r"\{\{\s*[\w.#/]+\s*\}\}"  # merge fields: {{ first_name }}
    r"|\{\s*(?:\$|-)?[\w.-]+\s*(?:,\s*(?:number|date|time)[^{}]*)?\}"  # ICU, Fluent, str.format
    r"|\[[A-Z][A-Za-z]*\d+\]|\*\|[A-Z0-9_:]+\|\*|%%[\w.]+%%"  # [MarketAsset12], *|FNAME|*, %%name%%
    r"|%\(\w+\)[sd]|%(?:\d+\$)?[sd@]\b"
)
OPTIONS = regex.compile(r",\s*(?:plural|select|selectordinal)\s*,")
TAG = regex.compile(r"</?[a-zA-Z][\w:-]*(?:\s[^<>]*)?/?>")
ENTITY = regex.compile(r"&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);")
ADDRESS = regex.compile(r"https?://[^\s<>\"'「」（）。、，！？]+", regex.IGNORECASE)
LETTER = regex.compile(r"\p{L}")
WORD = regex.compile(r"[\p{L}\p{M}][\p{L}\p{M}\p{N}’'-]*")


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the trade: how the source says it, how the target must say it, how it must not."""

    source: str
    approved: tuple[str, ...]
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """What the partner may say about itself, from its record."""

    legal_name: str
    display_name: str
    tier: str
    tiers: tuple[str, ...]
    certified: bool


@dataclass(frozen=True, slots=True)
class LinkRule:
    """Where links may lead and which parameters each must carry, as they stand in the URL."""

    hosts: frozenset[str]
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Backing:
    """What stands behind a text: the numbers and phrases that slots and claims give it, and the days that matter.

    `numbers` are digits without separators, `phrases` the approved words with a promise in them.
    """

    numbers: frozenset[str] = frozenset()
    phrases: tuple[str, ...] = ()
    survey: bool = False
    sent: date | None = None
    expires: date | None = None
    approved_source: str = ""
    current_source: str = ""


@dataclass(frozen=True)
class Segment:
    """One pair. What is None or empty is not judged: a check says nothing about what it was not told.

    `names` must survive as they are; `world_names` may stay as they are, such as those of platforms.
    `required` are texts that the law wants to see in it, `opening` is what it must begin with.
    """

    source: str
    target: str
    source_locale: LocalePack
    locale: LocalePack
    place: Place | None = None
    names: tuple[str, ...] = ()
    glossary: tuple[Term, ...] = ()
    banned: BannedTerms | None = None
    backing: Backing | None = None
    required: tuple[str, ...] = ()
    opening: str = ""
    partner: PartnerFacts | None = None
    links: LinkRule | None = None
    world_names: tuple[str, ...] = ()

    @cached_property
    def placeholders(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The placeholders of source and target, without inner spaces."""
        return placeholders(self.source), placeholders(self.target)

    @cached_property
    def bare_source(self) -> str:
        """The words of the source: no placeholders, tags, URLs."""
        return bare(self.source)

    @cached_property
    def bare_target(self) -> str:
        """The words of the target: no placeholders, tags, URLs."""
        return bare(self.target)

    @cached_property
    def own_words(self) -> tuple[str, str]:
        """Source and target without names that are never translated, too."""
        return without(self.bare_source, self.names), without(self.bare_target, self.names)

    @property
    def translated(self) -> bool:
        """Whether the two are in different languages."""
        return self.source_locale.language != self.locale.language


def placeholders(text: str) -> tuple[str, ...]:
    """The placeholders of a text, sorted, without inner spaces."""
    if not any(mark in text for mark in "{[%|"):
        return ()
    found = PLACEHOLDER.finditer(text)
    complex_message = OPTIONS.search(text) is not None  # what follows the name of a form is its text
    return tuple(sorted("".join(f[0].split()) for f in found if not (complex_message and _option(text, f.start()))))


def _option(text: str, at: int) -> bool:
    before = text[:at].rstrip()
    return before[-1:].isalnum() and before.split()[-1].lstrip("=").isalnum()


@lru_cache(maxsize=1024)
def bare(text: str) -> str:
    """A text without placeholders, tags, entities and URLs."""
    if any(mark in text for mark in "{[%|"):
        text = PLACEHOLDER.sub(" ", text)
    if "<" in text:
        text = TAG.sub(" ", text)
    if "&" in text:
        text = ENTITY.sub(" ", text)
    if "://" in text:
        text = ADDRESS.sub(" ", text)
    for link in reversed(links(text)) if "." in text else ():
        text = f"{text[: link.start()]} {text[link.end() :]}"
    return text


def without(text: str, names: tuple[str, ...]) -> str:
    """A text without these names, the longest first."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    return text


def letters(text: str) -> str:
    """The letters of a text alone, in lower case."""
    return "".join(LETTER.findall(text)).casefold()
