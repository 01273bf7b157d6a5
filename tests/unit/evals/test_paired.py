from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.runs.paired import difference, mcnemar

RIGHT_OR_WRONG = st.lists(st.tuples(st.sampled_from([0.0, 1.0]), st.sampled_from([0.0, 1.0])), min_size=1, max_size=60)
GRADED = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=30)


def by_hand(lost: int, gained: int) -> float:
    """Twice the smaller tail of a fair coin, at most 1."""
    changed = lost + gained
    tail = sum(math.comb(changed, k) for k in range(min(lost, gained) + 1))
    return min(1.0, math.ldexp(tail, 1 - changed))


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemars_p_is_the_two_tails_of_a_fair_coin(lost: int, gained: int) -> None:
    expected = by_hand(lost, gained) if lost + gained else 1.0
    assert mcnemar(lost, gained) == pytest.approx(expected)


def test_cases_that_stand_alone_and_are_right_or_wrong_are_tested_exactly() -> None:
    found = difference([1.0] * 300, [0.0] * 9 + [1.0] * 291)
    assert (found.lost, found.gained, found.cases) == (9, 0, 300)
    assert found.p == pytest.approx(2 / 2**9)
    assert found.value == pytest.approx(-0.03)
    assert found.low < -0.03 < found.high < 0


@given(RIGHT_OR_WRONG)
def test_turning_the_runs_around_turns_the_difference_around(pairs: list[tuple[float, float]]) -> None:
    base, new = zip(*pairs, strict=True)
    there, back = difference(base, new), difference(new, base)
    assert there.value == pytest.approx(-back.value)
    assert there.p == pytest.approx(back.p)
    assert (there.lost, there.gained) == (back.gained, back.lost)


@given(GRADED)
def test_the_interval_holds_the_value_and_the_same_input_gives_the_same_numbers(
    pairs: list[tuple[float, float]],
) -> None:
    base, new = zip(*pairs, strict=True)
    found = difference(base, new)
    assert found == difference(base, new)
    deltas = [after - before for before, after in pairs]
    assert min(deltas) - 1e-9 <= found.low <= found.high <= max(deltas) + 1e-9
    assert 0 < found.p <= 1


def test_a_conversation_counts_once_however_many_turns_it_has() -> None:
    base, new = [1.0] * 40, [0.0] * 10 + [1.0] * 30
    alone = difference(base, new)
    together = difference(base, new, groups=["one"] * 10 + [f"other {n}" for n in range(30)])
    assert alone.p < 0.01 < together.p, "ten turns of one conversation are one event"
    assert together.groups == 31
    assert together.high == 0.0, "many draws do not hold the conversation at all"


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    random = np.random.default_rng(3)
    held = 0
    for _ in range(300):
        moved = random.random(200)
        base = np.where(moved < 0.5, 1.0, 0.0)
        new = np.where(moved < 0.1, 0.0, np.where(moved > 0.9, 1.0, base))  # true difference 0
        found = difference(base.tolist(), new.tolist())
        held += found.low <= 0 <= found.high
    assert 0.90 <= held / 300 <= 0.99


def test_runs_of_different_length_do_not_compare() -> None:
    with pytest.raises(ValueError, match="same cases"):
        difference([1.0], [1.0, 0.0])
    with pytest.raises(ValueError, match="same cases"):
        difference([], [])
