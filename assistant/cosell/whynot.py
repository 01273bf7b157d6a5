"""Why a partner and not another one, from the numbers of the ranking itself."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.cosell.eligibility import Exclusion
from assistant.cosell.reasons import Reason
from assistant.cosell.recommend import Recommended
from assistant.domain.partners import Partner


@dataclass(frozen=True, slots=True)
class Lead:
    """By how many points the first partner is ahead in one family of reasons (behind, if negative), and both facts."""

    family: str
    points: float
    first: Reason | None
    own: Reason | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a partner stands where it does: the rule that excludes it, or its numbers beside those of the first.

    Exactly one of `excluded` and `found` is set. The points of all `leads` sum to the difference of the two scores,
    the weightiest first; there are none for the first partner itself.
    """

    partner: Partner
    scored: int
    excluded: Exclusion | None = None
    found: Recommended | None = None
    first: Recommended | None = None
    leads: tuple[Lead, ...] = ()

    @property
    def weightiest(self) -> Lead | None:
        """What the first partner is ahead by most; None where it is not ahead."""
        best = max(self.leads, key=lambda lead: lead.points, default=None)
        return best if best and best.points > 0 and best.first and best.own else None


def leads(first: Recommended, other: Recommended) -> tuple[Lead, ...]:
    """What the first is ahead by, family by family."""
    mine, theirs = ({reason.family: reason for reason in item.reasons} for item in (first, other))
    found = [
        Lead(family, _points(mine.get(family)) - _points(theirs.get(family)), mine.get(family), theirs.get(family))
        for family in {**mine, **theirs}
    ]
    return tuple(sorted(found, key=lambda lead: -abs(lead.points)))


def _points(reason: Reason | None) -> float:
    return reason.points if reason else 0.0
