"""What is known of earlier deals, and what is asked: plain records that any source of history can be brought to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import floor, log10

WORD = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![a-z])|[^\W\d_]+")
SHORTEST, TELLING, AFFIX = 3, 5, 4


@dataclass(frozen=True, slots=True)
class Need:
    """A deal that somebody should work. `account` is empty when it is not known; `present` are partners on it already.

    `traits` are categories as "group:value" (product:keep, country:DE, value:1e5); `words` say what the deal or the
    customer is about, as `words_of` makes them.
    """

    day: date
    account: str = ""
    traits: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    present: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastDeal:
    """A deal that happened: the need it met, who worked it, and whether it was won (None where that is not known)."""

    id: str
    need: Need
    partners: tuple[str, ...]
    won: bool | None = None


def words_of(text: str) -> frozenset[str]:
    """The words of a name or a description in lower case, each long one also by its beginning and its end.

    "Acme BioTherapeutics" gives acme, bio, therapeutics and the beginnings and endings of the long ones: names that
    share a
    field share pieces of words.
    """
    words = [word.lower() for word in WORD.findall(text) if len(word) >= SHORTEST]
    long = [word for word in words if len(word) >= TELLING]
    return frozenset((*words, *(f"{word[:AFFIX]}-" for word in long), *(f"-{word[-AFFIX:]}" for word in long)))


def value_traits(amount: float) -> tuple[str, ...]:
    """The traits of a deal's value in one currency: its band, three a decade, and a finer one, eight a decade."""
    if amount <= 0:
        return ("band:unknown",)
    size = log10(amount)
    return (f"band:{floor(size * 3)}", f"value:{floor(size * 8)}")


def by_day(deals: Iterable[PastDeal]) -> Iterator[tuple[date, tuple[PastDeal, ...]]]:
    """The deals of each day, days in order."""
    ordered = sorted(deals, key=lambda deal: (deal.need.day, deal.id))
    for day, same in groupby(ordered, key=lambda deal: deal.need.day):
        yield day, tuple(same)
