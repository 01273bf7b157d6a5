from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.cosell.staff import Candidate, Synergy, TeamProblem
from assistant.cosell.team import feasible, greedy, propose, solve, value

SKILLS = ("keep", "finance", "cloud")


@st.composite
def problems(draw: st.DrawFn) -> TeamProblem:
    people = draw(st.integers(2, 7))
    candidates = tuple(
        Candidate(
            f"p{number}",
            draw(st.integers(-5, 50)) / 10,
            frozenset(draw(st.sets(st.sampled_from(SKILLS)))),
            capacity=draw(st.integers(0, 3)),
            exclusive=draw(st.sampled_from(("", "", "a"))),
        )
        for number in range(people)
    )
    pairs = draw(st.sets(st.sampled_from(list(combinations(range(people), 2))), max_size=4))
    return TeamProblem(
        candidates=candidates,
        needs=tuple(sorted(draw(st.sets(st.sampled_from(SKILLS), max_size=2)))),
        size=draw(st.integers(1, 4)),
        effort=draw(st.integers(0, 4)),
        synergies=tuple(Synergy(f"p{a}", f"p{b}", 1.5) for a, b in sorted(pairs)),
    )


@given(problems())
@settings(max_examples=40, deadline=None)
def test_the_team_is_as_good_as_the_best_of_all_teams(problem: TeamProblem) -> None:
    names = [item.partner_id for item in problem.candidates]
    teams = [team for size in range(1, problem.size + 1) for team in combinations(names, size)]
    possible = [value(problem, team) for team in teams if feasible(problem, team)]
    found = solve(problem)
    if not possible:
        assert found is None
        return
    assert found is not None
    assert feasible(problem, found.partner_ids)
    assert found.proved
    assert found.value == pytest.approx(max(possible))
    assert found.bound == pytest.approx(found.value)


@given(problems())
@settings(max_examples=40, deadline=None)
def test_a_greedy_team_is_allowed_and_says_that_it_is_not_proved(problem: TeamProblem) -> None:
    quick, best = greedy(problem), solve(problem)
    if quick is not None:
        assert best is not None
        assert feasible(problem, quick.partner_ids)
        assert quick.value <= best.value + 1e-9
        assert (quick.method, quick.proved, quick.bound) == ("greedy", False, None)


TRIO = TeamProblem(
    candidates=(
        Candidate("star", 5.0, frozenset({"keep"})),
        Candidate("rival", 4.0, frozenset({"keep"})),
        Candidate("bank", 1.0, frozenset({"finance"})),
    ),
    needs=("keep", "finance"),
    size=2,
)


def test_each_constraint_has_its_price() -> None:
    prices = {price.constraint: price.costs for price in propose(TRIO).prices}
    assert prices == {"covers keep": 0.0, "covers finance": pytest.approx(3.0), "size": pytest.approx(4.0)}


def test_the_runner_up_is_another_team() -> None:
    found = propose(TRIO)
    assert found.best is not None
    assert found.runner_up is not None
    assert set(found.best.partner_ids) == {"star", "bank"}
    assert set(found.runner_up.partner_ids) == {"rival", "bank"}


def test_rivals_are_never_on_a_team_together() -> None:
    apart = tuple(replace(item, exclusive="x" if item.partner_id != "bank" else "") for item in TRIO.candidates)
    found = propose(replace(TRIO, candidates=apart, needs=(), size=3))
    assert found.best is not None
    assert set(found.best.partner_ids) == {"star", "bank"}
    assert {price.constraint: price.costs for price in found.prices}["exclusivity"] == pytest.approx(4.0)


def test_a_need_that_nobody_covers_is_named_and_the_team_covers_the_rest() -> None:
    found = propose(replace(TRIO, needs=("keep", "space")))
    assert found.uncovered == ("space",)
    assert found.best is not None


def test_without_candidates_there_is_no_team() -> None:
    assert propose(TeamProblem(candidates=())).best is None
