"""Approved message blocks: a vendor's programme with its claims, and its texts by theme, field and size."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant.campaigns.reading import Closed
from assistant.domain.kits import ReviewRole

SIZES = ("L", "M", "S")  # the longest that fits is taken
BRIEF_SLOTS = frozenset({"partner", "deadline"})


class Vendor(Closed):
    """The vendor whose programme it is."""

    legal_name: str
    display_name: str


class Claim(Closed):
    """Something that may be said, where it is said so, and until when. Copy takes its numbers from `values` alone.

    `kind` "survey" allows words that ask for one; `countries` are where it holds, all when empty.
    """

    statement: str
    source: str
    expires: date
    values: dict[str, Decimal] = Field(default={})
    phrases: dict[str, tuple[str, ...]] = Field(default={})
    kind: str = "fact"
    countries: tuple[str, ...] = ()

    def holds(self, *, country: str, day: date) -> bool:
        """Whether it may be said there on that day."""
        return day <= self.expires and (not self.countries or country in self.countries)


class Programme(Closed):
    """What co-branded copy of a vendor must keep to. `reviewers` are who may decide in a role, by their names.

    A role without names is open to every channel manager and administrator.
    """

    vendor: Vendor
    source_locale: str
    names: tuple[str, ...]
    tiers: tuple[str, ...]
    claims: dict[str, Claim]
    hosts: tuple[str, ...] = ()
    first_mention: dict[str, str] = Field(default={})
    forbidden: tuple[str, ...] = ()
    reviewers: dict[ReviewRole, tuple[str, ...]] = Field(default={})


class Approval(Closed):
    """Who approved the texts of a file, and when."""

    by: str
    day: date


class Block(BaseModel):
    """One text in up to three sizes, with the claims that stand behind it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    S: str = ""
    M: str = ""
    L: str = ""
    claims: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _some_text(self) -> Block:
        if not any(self.sizes()):
            msg = "a block needs a text of size S, M or L"
            raise ValueError(msg)
        return self

    def sizes(self) -> tuple[tuple[str, str], ...]:
        """The texts with their sizes, the longest first."""
        return tuple((size, text) for size in SIZES if (text := getattr(self, size)))

    def like(self, size: str) -> str:
        """The text of a size, else the next there is."""
        return getattr(self, size) or self.M or self.S or self.L


Theme = dict[str, tuple[Block, ...]]


class Texts(Closed):
    """The texts of one locale. `sources` is the fingerprint of the English theme that each was translated from.

    `terms` are words of the trade that its market says otherwise than the glossary.
    """

    locale: str
    approval: Approval
    expires: date
    themes: dict[str, Theme]
    sources: dict[str, str] = Field(default={})
    terms: dict[str, tuple[str, ...]] = Field(default={})


def fingerprint(theme: Theme) -> str:
    """Changes with any word of a theme's texts."""
    blocks = ((name, block) for name in sorted(theme) for block in theme[name])
    words = "\n".join(f"{name}:{size}:{text}" for name, block in blocks for size, text in block.sizes())
    return hashlib.sha256(words.encode()).hexdigest()[:12]
