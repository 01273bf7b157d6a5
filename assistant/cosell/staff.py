"""What a team is asked for: who could join, what must be covered, and what pairs are worth together."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Candidate:
    """A partner that could join. `value` is what it adds to the team's value; `capacity` how much work it can take on.

    Partners with the same non-empty `exclusive` (an exclusivity clause, a rivalry) are never on a team together.
    """

    partner_id: str
    value: float
    capabilities: frozenset[str] = frozenset()
    capacity: float = 1.0
    exclusive: str = ""


@dataclass(frozen=True, slots=True)
class Synergy:
    """What two partners are worth more together than apart; `value` is positive."""

    first: str
    second: str
    value: float


@dataclass(frozen=True, slots=True)
class TeamProblem:
    """What a team must do: cover `needs`, at most `size` partners, at least `effort` capacity together."""

    candidates: tuple[Candidate, ...]
    needs: tuple[str, ...] = ()
    size: int = 4
    effort: float = 0.0
    synergies: tuple[Synergy, ...] = ()

    @property
    def constraints(self) -> tuple[str, ...]:
        """The names of what holds the team back, as `without` takes them."""
        named = tuple(f"covers {need}" for need in self.needs)
        exclusive = ("exclusivity",) if any(item.exclusive for item in self.candidates) else ()
        return (*named, "size", *exclusive, *(("capacity",) if self.effort else ()))

    def without(self, constraint: str) -> TeamProblem:
        """The same problem with one constraint taken away; a size limit is taken away by one more place."""
        if constraint == "size":
            return replace(self, size=self.size + 1)
        if constraint == "capacity":
            return replace(self, effort=0.0)
        if constraint == "exclusivity":
            return replace(self, candidates=tuple(replace(item, exclusive="") for item in self.candidates))
        return replace(self, needs=tuple(need for need in self.needs if f"covers {need}" != constraint))
