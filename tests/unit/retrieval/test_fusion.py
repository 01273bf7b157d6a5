from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ports.passage_index import Hit
from assistant.retrieval.fusion import fuse, standardized, strength

SCORES = st.lists(st.floats(-1, 50, allow_nan=False), min_size=1, max_size=30).map(lambda s: sorted(s, reverse=True))


def hits(*scores: float) -> list[Hit]:
    return [Hit(f"p{n:02d}", "d", score) for n, score in enumerate(scores)]


def test_the_weakest_hit_is_0_and_the_mean_of_the_ten_best_is_1() -> None:
    scores = [20.0, *range(18, 0, -1), 0.0]
    scaled = standardized(hits(*scores))
    assert scaled["p19"] == 0
    assert sum(scaled[f"p{n:02d}"] for n in range(10)) / 10 == pytest.approx(1)


@given(SCORES, st.floats(0.1, 100), st.floats(-10, 10))
def test_neither_the_unit_nor_the_zero_of_an_arm_matters(scores: list[float], unit: float, zero: float) -> None:
    if scores[0] - scores[-1] > 1e-3:
        moved = standardized(hits(*(s * unit + zero for s in scores)))
        assert moved == pytest.approx(standardized(hits(*scores)), rel=1e-4, abs=1e-6)


@given(SCORES)
def test_the_order_of_an_arm_is_kept(scores: list[float]) -> None:
    scaled = list(standardized(hits(*scores)).values())
    assert scaled == sorted(scaled, reverse=True)
    assert all(s >= 0 for s in scaled)


def test_an_arm_that_cannot_tell_hits_apart_gives_all_the_same() -> None:
    assert standardized(hits(3.0, 3.0, 3.0)) == {"p00": 1.0, "p01": 1.0, "p02": 1.0}
    assert standardized([]) == {}


def test_fused_scores_are_weighted_sums_and_a_missing_hit_counts_0() -> None:
    fused = fuse([({"a": 1.0, "b": 0.5}, 1.0), ({"b": 1.0, "c": 2.0}, 0.8)])
    assert fused == pytest.approx({"a": 1.0, "b": 1.3, "c": 1.6})


def test_a_ranking_says_less_the_weaker_its_best_match_is() -> None:
    assert [strength(hits(best, 1.0), full=25.0) for best in (5.0, 25.0, 60.0)] == [0.2, 1.0, 1.0]
    assert strength([], full=25.0) == 0.0
