from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.interval import bootstrap_interval


def test_the_interval_covers_the_true_mean_about_nineteen_times_in_twenty() -> None:
    draw = np.random.default_rng(7)
    samples = [(draw.random(80) < 0.7).astype(float).tolist() for _ in range(200)]
    intervals = [bootstrap_interval(sample, seed=seed) for seed, sample in enumerate(samples)]
    covered = sum(interval.low <= 0.7 <= interval.high for interval in intervals) / len(intervals)
    assert 0.89 <= covered <= 0.99


def test_the_same_values_give_the_same_interval() -> None:
    values = [0.0, 1.0, 1.0, 0.0, 1.0]
    assert bootstrap_interval(values) == bootstrap_interval(values)


def test_values_that_are_all_alike_have_no_width() -> None:
    interval = bootstrap_interval([1.0] * 10)
    assert (interval.value, interval.low, interval.high) == (1.0, 1.0, 1.0)


def test_a_median_bears_what_never_came_back() -> None:
    assert bootstrap_interval([1.0, 2.0, float("inf")], statistic="median").value == 2.0


def test_nothing_measured_has_no_interval() -> None:
    with pytest.raises(ValueError, match="no values"):
        bootstrap_interval([])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_the_interval_lies_within_the_values(values: list[float]) -> None:
    interval = bootstrap_interval(values)
    assert min(values) - 1e-9 <= interval.low <= interval.high <= max(values) + 1e-9
