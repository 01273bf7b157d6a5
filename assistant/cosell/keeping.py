"""The places of a list that are kept for newer partners: who gets them, with which probability, and at what price."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.domain.exposure import Choice

NEWER = 5  # earlier deals below which a partner counts as newer
ONE_OF = 10  # places of which one is kept unless somebody says otherwise
DRAWN_FROM = 5  # newer partners that the drawn place may go to
EXPLORE = 0.2  # share of lists whose drawn place goes to any of them, evenly


@dataclass(frozen=True, slots=True)
class Exposing:
    """How many places go to newer partners (None: one of ten), and how often the last of them is left to chance."""

    places: int | None = None
    explore: float = EXPLORE

    def of(self, limit: int) -> int:
        """The places that are kept in a list of this length."""
        return limit // ONE_OF if self.places is None else min(self.places, limit)


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping places did. `cost`: by how many fewer partners are expected to engage, of those shown.

    `displaced` would have been shown otherwise. `choices` are those of the place that was drawn.
    """

    places: int = 0
    given: tuple[str, ...] = ()
    displaced: tuple[str, ...] = ()
    cost: float = 0.0
    choices: tuple[Choice, ...] = ()


def propensities(options: int, *, explore: float) -> tuple[float, ...]:
    """How likely each of so many newer partners, the best first, is to get the drawn place."""
    even = explore / options
    return (1 - explore + even, *([even] * (options - 1)))


def drawn(chances: Sequence[float], *, by: str) -> int:
    """Which of the options with these probabilities the words in `by` choose: always the same one for the same words.

    Whoever asks again sees the same list; over many deals the choices come as often as the probabilities say.
    """
    point = int.from_bytes(hashlib.blake2b(by.encode(), digest_size=8).digest(), "big") / 2**64
    total = 0.0
    for place, chance in enumerate(chances):
        total += chance
        if point < total:
            return place
    return len(chances) - 1
