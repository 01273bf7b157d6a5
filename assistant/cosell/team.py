"""The best team for a deal: every needed capability covered, within size, exclusivity and capacity, proved optimal.

HiGHS proves it, or where pairs have synergies an exhaustive search with bounds, which needs a hundredth of the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from assistant.cosell.search import MOST_NEEDS, Search, Table
from assistant.cosell.staff import Synergy, TeamProblem

TOP = 200
SECONDS = 5.0
NOTHING_LOST = 1e-6


@dataclass(frozen=True, slots=True)
class Team:
    """Partners that together fulfil a problem. `bound` is what no team can exceed; `proved`: this one reaches it.

    `method` is "highs", "search" or "greedy"; nothing is known of how far from the best a greedy team is.
    """

    partner_ids: tuple[str, ...]
    value: float
    bound: float | None
    proved: bool
    method: str


@dataclass(frozen=True, slots=True)
class Price:
    """What one constraint costs: how much more a team is worth without it."""

    constraint: str
    costs: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """The best team, the second best, and what each constraint costs. `best` is None when nobody can do it.

    `uncovered` are needs that no candidate has; the teams cover the others.
    """

    best: Team | None
    runner_up: Team | None = None
    prices: tuple[Price, ...] = ()
    uncovered: tuple[str, ...] = ()


def propose(problem: TeamProblem, *, priced: bool = True) -> Proposal:
    """The best team of the 200 candidates with the highest value, its runner-up, and the price of each constraint."""
    first = tuple(sorted(problem.candidates, key=lambda item: (-item.value, item.partner_id))[:TOP])
    had = frozenset(skill for item in first for skill in item.capabilities)
    uncovered = tuple(need for need in problem.needs if need not in had)
    problem = replace(problem, candidates=first, needs=tuple(need for need in problem.needs if need in had))
    best = solve(problem)
    if best is None:
        return Proposal(None, uncovered=uncovered)
    runner_up = solve(problem, excluded=best.partner_ids)
    prices = tuple(_prices(problem, best)) if priced else ()
    return Proposal(best, runner_up, prices, uncovered)


def _prices(problem: TeamProblem, best: Team) -> Iterator[Price]:
    for constraint in problem.constraints:
        freed = solve(problem.without(constraint))
        if freed is not None:
            gain = freed.value - best.value
            yield Price(constraint, gain if gain > NOTHING_LOST else 0.0)


def solve(problem: TeamProblem, *, excluded: Sequence[str] = (), seconds: float = SECONDS) -> Team | None:
    """The most valuable team with its bound: by search where pairs have synergies, else by HiGHS (branch and bound).

    Where neither ends in time, the best team that was found, also by greedy choice. `excluded` is a team that must not
    come out again. None when no team fulfils the constraints.
    """
    if not problem.candidates:
        return None
    searched = _searched(problem, excluded)
    if searched is not None and searched.proved:
        return _team_of(problem, searched)
    model = _model(problem, excluded)
    found = milp(
        -model.objective,
        integrality=np.ones(model.objective.size),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(model.matrix, model.low, model.high),
        options={"time_limit": seconds},
    )
    infeasible = 2  # scipy.optimize.milp's status
    if found.status == infeasible:
        return None
    quick = [None if excluded or found.status == 0 else greedy(problem), _team_of(problem, searched)]
    if found.x is not None:
        chosen = tuple(
            problem.candidates[place].partner_id for place in np.flatnonzero(found.x[: len(problem.candidates)] > 0.5)
        )
        bound = -float(found.mip_dual_bound)
        quick.append(Team(chosen, value(problem, chosen), bound=bound, proved=found.status == 0, method="highs"))
    return max((team for team in quick if team is not None), key=lambda team: (team.value, team.proved), default=None)


def _searched(problem: TeamProblem, excluded: Sequence[str]) -> Search | None:
    if not problem.synergies or len(problem.needs) > MOST_NEEDS:
        return None
    place = {item.partner_id: number for number, item in enumerate(problem.candidates)}
    return Search(Table.of(problem), excluded=frozenset(place[name] for name in excluded if name in place)).run()


def _team_of(problem: TeamProblem, searched: Search | None) -> Team | None:
    if searched is None or not searched.best:
        return None
    chosen = tuple(problem.candidates[number].partner_id for number in sorted(searched.best))
    worth = value(problem, chosen)
    return Team(chosen, worth, bound=worth if searched.proved else None, proved=searched.proved, method="search")


@dataclass(frozen=True, slots=True)
class _Model:
    objective: NDArray[np.float64]
    matrix: coo_array
    low: NDArray[np.float64]
    high: NDArray[np.float64]


class _Rows:
    """Linear constraints, collected one by one."""

    def __init__(self) -> None:
        self.places: list[tuple[int, int]] = []
        self.factors: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def add(self, terms: Sequence[tuple[int, float]], *, low: float = -np.inf, high: float = np.inf) -> None:
        """Ask that the sum of factor times variable lies between `low` and `high`."""
        self.places += [(len(self.low), variable) for variable, _ in terms]
        self.factors += [factor for _, factor in terms]
        self.low.append(low)
        self.high.append(high)


def _model(problem: TeamProblem, excluded: Sequence[str]) -> _Model:
    place = {item.partner_id: number for number, item in enumerate(problem.candidates)}
    pairs = [pair for pair in problem.synergies if pair.value > 0 and pair.first in place and pair.second in place]
    rows = _Rows()
    for need in problem.needs:
        rows.add([(place[item.partner_id], 1.0) for item in problem.candidates if need in item.capabilities], low=1)
    rows.add([(number, 1.0) for number in range(len(place))], low=1, high=problem.size)
    for name in sorted({item.exclusive for item in problem.candidates} - {""}):
        rows.add([(place[item.partner_id], 1.0) for item in problem.candidates if item.exclusive == name], high=1)
    if problem.effort:
        rows.add([(place[item.partner_id], item.capacity) for item in problem.candidates], low=problem.effort)
    if excluded:
        out = set(excluded)
        rows.add([(place[key], 1.0 if key in out else -1.0) for key in place], high=len(out) - 1)
    _couple(rows, pairs, place, size=problem.size)
    objective = np.array([item.value for item in problem.candidates] + [pair.value for pair in pairs])
    shape = (len(rows.low), objective.size)
    matrix = coo_array((rows.factors, tuple(zip(*rows.places, strict=True))), shape=shape)
    return _Model(objective, matrix, np.array(rows.low), np.array(rows.high))


def _couple(rows: _Rows, pairs: Sequence[Synergy], place: Mapping[str, int], *, size: int) -> None:
    """A pair counts only when both are chosen; that nobody has more than `size - 1` of them is implied."""
    degrees: dict[str, list[int]] = {}
    for number, pair in enumerate(pairs, len(place)):
        for key in (pair.first, pair.second):
            rows.add([(number, 1.0), (place[key], -1.0)], high=0)
            degrees.setdefault(key, []).append(number)
    for key, own in degrees.items():
        if len(own) >= size:
            rows.add([*((number, 1.0) for number in own), (place[key], 1.0 - size)], high=0)


def value(problem: TeamProblem, partner_ids: Sequence[str]) -> float:
    """What a team is worth: its members' values and the synergies among them."""
    chosen = set(partner_ids)
    alone = sum(item.value for item in problem.candidates if item.partner_id in chosen)
    return alone + sum(
        pair.value for pair in problem.synergies if {pair.first, pair.second} <= chosen and pair.value > 0
    )


def feasible(problem: TeamProblem, partner_ids: Sequence[str]) -> bool:
    """Whether a team fulfils every constraint."""
    team = [item for item in problem.candidates if item.partner_id in set(partner_ids)]
    covered = frozenset(skill for item in team for skill in item.capabilities)
    alone = all(not a.exclusive or a.exclusive != b.exclusive for a, b in combinations(team, 2))
    enough = sum(item.capacity for item in team) >= problem.effort
    return 1 <= len(team) <= problem.size and set(problem.needs) <= covered and alone and enough


def greedy(problem: TeamProblem) -> Team | None:
    """A team built by always adding whoever covers most of what is missing, then adds most value; None when stuck."""
    chosen: list[str] = []
    missing, taken = set(problem.needs), set[str]()
    worth = {item.partner_id: item.value for item in problem.candidates}
    while len(chosen) < problem.size:
        free = [item for item in problem.candidates if item.partner_id not in chosen and item.exclusive not in taken]
        gains = [(len(missing & item.capabilities), worth[item.partner_id], item) for item in free]
        covering, gain, best = max(gains, key=lambda row: row[:2], default=(0, 0.0, None))
        if best is None or (gain <= 0 and not covering and feasible(problem, chosen)):
            break
        chosen.append(best.partner_id)
        missing -= best.capabilities
        taken |= {best.exclusive} - {""}
        for pair in problem.synergies:
            if best.partner_id in {pair.first, pair.second} and pair.value > 0:
                other = pair.second if pair.first == best.partner_id else pair.first
                worth[other] = worth.get(other, 0.0) + pair.value
    if not feasible(problem, chosen):
        return None
    return Team(tuple(chosen), value(problem, chosen), bound=None, proved=False, method="greedy")
