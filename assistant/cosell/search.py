"""The best team by exhaustive search with upper bounds: where pairs have synergies, sooner proved than by HiGHS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from assistant.cosell.staff import TeamProblem

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]
STARTS, ROUNDS = 60, 4  # teams that are improved at once before the search, and how often
MOST_NEEDS = 60  # one bit each
SLACK = 1e-9
UNMET = 1e6  # what an uncovered need costs while a first team is looked for; more than any team is worth


@dataclass(frozen=True, slots=True)
class Table:
    """A problem as arrays: values by candidate, synergies by pair (-inf for rivals), needs covered as bits."""

    values: Numbers
    synergies: Numbers
    rivals: NDArray[np.bool_]
    covers: NDArray[np.bool_]
    capacities: Numbers
    size: int
    effort: float

    @classmethod
    def of(cls, problem: TeamProblem) -> Self:
        """The arrays of a problem; a candidate is its own rival, since nobody joins twice."""
        people = problem.candidates
        place = {item.partner_id: number for number, item in enumerate(people)}
        synergies = np.zeros((len(people), len(people)))
        for pair in problem.synergies:
            if pair.value > 0 and pair.first in place and pair.second in place:
                first, second = place[pair.first], place[pair.second]
                synergies[first, second] += pair.value
                synergies[second, first] += pair.value
        names = np.array([item.exclusive for item in people])
        rivals = (names[:, None] == names[None, :]) & (names != "")[:, None]
        np.fill_diagonal(rivals, val=True)
        synergies[rivals] = 0.0
        covers = [[need in item.capabilities for need in problem.needs] for item in people]
        return cls(
            values=np.array([item.value for item in people]),
            synergies=synergies,
            rivals=rivals,
            covers=np.array(covers, dtype=bool).reshape(len(people), len(problem.needs)),
            capacities=np.array([item.capacity for item in people]),
            size=min(problem.size, len(people)),
            effort=problem.effort,
        )

    def worth(self, team: Sequence[int]) -> float:
        """What a team is worth."""
        return float(self.values[list(team)].sum() + self.synergies[np.ix_(team, team)].sum() / 2)

    def allowed(self, team: Sequence[int]) -> bool:
        """Whether a team fulfils every constraint."""
        alone = self.rivals[np.ix_(team, team)].sum() == len(team)
        enough = self.capacities[list(team)].sum() >= self.effort
        return bool(alone and enough and self.covers[list(team)].any(axis=0).all())

    def improved(self) -> list[tuple[int, ...]]:
        """Good teams, each started from another candidate and bettered by exchanging one member at a time."""
        best = -np.sort(-self.synergies, axis=1)[:, : max(1, self.size - 1)].sum(axis=1)
        teams = np.argsort(-(self.values + best / 2))[:STARTS, None]
        while teams.shape[1] < self.size:
            teams = np.column_stack([teams, self._gains(teams).argmax(axis=1)])
        for _ in range(ROUNDS):
            before = teams.copy()
            for position in range(self.size):
                teams[:, position] = self._gains(np.delete(teams, position, axis=1)).argmax(axis=1)
            if np.array_equal(before, teams):
                break
        return [tuple(sorted(set(team))) for team in teams.tolist()]

    def _gains(self, teams: Places) -> Numbers:
        """What each candidate would add to each team, less what stays unmet: teams by candidates."""
        uncovered = ~self.covers[teams].any(axis=1)
        missing = uncovered.astype(np.float64) @ (~self.covers.T).astype(np.float64)
        short = self.effort - self.capacities[teams].sum(axis=1, keepdims=True) - self.capacities
        gains = self.values + self.synergies[teams].sum(axis=1) - UNMET * (missing + np.maximum(0.0, short))
        result: Numbers = np.where(self.rivals[teams].any(axis=1), -np.inf, gains)
        return result


@dataclass(slots=True)
class Search:
    """Looks at every team that could be worth more than the best so far; `proved` once all others are ruled out.

    A partner's bound is its value and synergies with the team, and for each place left the best of the others: value,
    synergies with the team and with the partner, and half of its best synergies with the rest. After `patience` steps
    the search ends without a proof.
    """

    table: Table
    excluded: frozenset[int] = frozenset()
    patience: int = 10_000
    best: tuple[int, ...] = ()
    worth: float = -np.inf
    steps: int = 0
    _bits: NDArray[np.int64] = field(init=False)
    _all: int = field(init=False)
    _halves: list[Numbers] = field(init=False)
    _pairs: Numbers = field(init=False)
    _top: Numbers = field(init=False)

    def __post_init__(self) -> None:
        needs = self.table.covers.shape[1]
        self._bits = (self.table.covers @ (1 << np.arange(needs, dtype=np.int64))).astype(np.int64)
        self._all = (1 << needs) - 1
        ordered = -np.sort(-self.table.synergies, axis=1)
        self._halves = [ordered[:, :others].sum(axis=1) / 2 for others in range(self.table.size)]
        self._pairs, self._top = np.where(self.table.rivals, -np.inf, self.table.synergies), ordered[:, 0]

    @property
    def proved(self) -> bool:
        """Whether no team can be worth more than the best one found."""
        return self.steps < self.patience

    def run(self) -> Self:
        """Search from good teams on."""
        for team in self.table.improved():
            if self.table.allowed(team):
                self._offer(team, self.table.worth(team))
        everyone = np.arange(self.table.values.size)
        self._extend((), 0.0, self.table.values, everyone, left=self.table.size)
        return self

    def _extend(self, team: tuple[int, ...], worth: float, gains: Numbers, free: Places, *, left: int) -> None:
        """Try what the free candidates, with their gains, can add to a team with places left."""
        self.steps += 1
        if not free.size or not self.proved:
            return
        self._add_one(team, worth, gains, free)
        if left == 2:
            self._add_two(team, worth, gains, free)
        if left <= 2:
            return
        pairs, own = self._pairs[free[:, None], free], gains[free]
        others, some = own + self._halves[left - 2][free] + pairs, min(left - 1, free.size)
        most = np.partition(others, free.size - some, axis=1)[:, free.size - some :]
        bounds = own + np.maximum(most, 0.0).sum(axis=1)
        order = np.argsort(-bounds)
        for position, number in enumerate(order):
            if worth + bounds[number] <= self.worth + SLACK:
                break
            later, one = order[position + 1 :], int(free[number])
            later = free[later[pairs[number, later] > -np.inf]]
            self._extend(
                (*team, one), worth + float(own[number]), gains + self.table.synergies[one], later, left=left - 1
            )

    def _add_one(self, team: tuple[int, ...], worth: float, gains: Numbers, free: Places) -> None:
        own, missing = gains[free], self.worth - worth + SLACK
        if own.max() <= missing:
            return
        for one in free[np.argsort(-own)][: (own > missing).sum()].tolist():
            if self._fulfilled((*team, one)) and self._offer((*team, one), worth + float(gains[one])):
                return

    def _add_two(self, team: tuple[int, ...], worth: float, gains: Numbers, free: Places) -> None:
        own, missing = gains[free], self.worth - worth + SLACK
        hopeful = own + self._top[free] > missing - own.max()
        free, own = free[hopeful], own[hopeful]
        sums = own[:, None] + own + self._pairs[free[:, None], free]
        first, second = np.nonzero(sums > missing)
        if not first.size:
            return
        bits = self._bits[free]
        covered = np.bitwise_or.reduce(self._bits[list(team)]) if team else 0
        fits = (covered | bits[first] | bits[second]) == self._all
        first, second = first[fits], second[fits]
        for pair in np.argsort(-sums[first, second]).tolist():
            one, two = first[pair], second[pair]
            whole = (*team, int(free[one]), int(free[two]))
            if self._fulfilled(whole) and self._offer(whole, worth + float(sums[one, two])):
                return

    def _fulfilled(self, team: tuple[int, ...]) -> bool:
        places = list(team)
        enough = self.table.capacities[places].sum() >= self.table.effort
        return bool(enough and np.bitwise_or.reduce(self._bits[places]) == self._all)

    def _offer(self, team: tuple[int, ...], worth: float) -> bool:
        """Take a team for the best one when it is; False when it is the excluded one."""
        if self.excluded and frozenset(team) == self.excluded:
            return False
        if worth > self.worth + SLACK:
            self.best, self.worth = team, worth
        return True
