"""How many calls a key may make."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import Throttled
from integrations.surfaces.http.rates import KEPT_BUCKETS, RateLimits


class Hand:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_after_the_limit_a_call_is_refused_until_the_wait_is_over() -> None:
    hand = Hand()
    limits = RateLimits(60, now=hand)
    assert [limits.take("a") for _ in range(60)] == list(range(59, -1, -1))
    with pytest.raises(Throttled) as refused:
        limits.take("a")
    assert refused.value.retry_after == pytest.approx(1.0)
    hand.at += refused.value.retry_after
    assert limits.take("a") == 0


def test_one_key_does_not_use_up_what_another_may() -> None:
    limits = RateLimits(1, now=Hand())
    limits.take("noisy")
    with pytest.raises(Throttled):
        limits.take("noisy")
    assert limits.take("quiet") == 0


def test_a_keys_own_limit_replaces_the_general_one() -> None:
    limits = RateLimits(1, now=Hand())
    assert [limits.take("a", per_minute=3) for _ in range(3)] == [2, 1, 0]


def test_zero_means_no_limit() -> None:
    assert {RateLimits(0, now=Hand()).take("a") for _ in range(100)} == {-1}


def test_many_unknown_callers_do_not_fill_the_memory() -> None:
    limits = RateLimits(5, now=Hand())
    for caller in range(KEPT_BUCKETS + 500):
        limits.take(str(caller))
    assert len(limits._buckets) == KEPT_BUCKETS


@settings(max_examples=50)
@given(limit=st.integers(1, 120), pauses=st.lists(st.floats(0, 30), min_size=1, max_size=300))
def test_no_pattern_of_calls_gets_more_than_the_limit_and_what_time_has_given(limit: int, pauses: list[float]) -> None:
    hand = Hand()
    limits = RateLimits(limit, now=hand)
    granted = 0
    for pause in pauses:
        hand.at += pause
        try:
            limits.take("a")
        except Throttled:
            continue
        granted += 1
    assert granted <= limit + hand.at * limit / 60 + 1e-6
