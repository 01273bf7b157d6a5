"""What a recommendation showed, with which probability each partner got its place, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


@dataclass(frozen=True, slots=True)
class Choice:
    """A partner that could have had the place that was drawn; `propensity` is the probability that it got it."""

    partner_id: str
    propensity: float
    chance: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A partner as it was shown. `propensity` is 1 where the rank alone decided; `kept`: a place for newer partners."""

    partner_id: str
    rank: int
    chance: float
    propensity: float = 1.0
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Exposure:
    """One recommendation as it was shown to somebody. `choices` are those of the drawn place, empty without one.

    `id` comes from what was asked and shown, so that the same list looked at twice in a day is one exposure.
    """

    id: str
    tenant: str
    who: str
    at: datetime
    deal_id: str
    model: str
    shown: tuple[Placed, ...]
    choices: tuple[Choice, ...] = ()

    @property
    def drawn(self) -> Placed | None:
        """The partner that was drawn for its place; None where no place was left to chance."""
        names = {choice.partner_id for choice in self.choices}
        return next((item for item in self.shown if item.kept and item.partner_id in names), None)


class Reached(IntEnum):
    """How far it came with a partner on a deal; each step includes those before."""

    NOTHING = 0
    INVITED = 1
    ACCEPTED = 2
    WON = 3
