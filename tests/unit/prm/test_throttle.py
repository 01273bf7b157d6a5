"""Quotas of Partner Central: per second, and in any 24 hours."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import Throttled
from integrations.prm.aws_wire.throttle import DAY, PUBLISHED, SLOT, Quotas, Throttle
from tests.contract.prm_world import TurnableClock


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(min_value=0, max_value=DAY / 2), min_size=10, max_size=60), st.integers(1, 8))
def test_no_24_hours_hold_more_calls_than_the_quota(pauses: list[float], most: int) -> None:
    clock, made = TurnableClock(), list[datetime]()
    throttle = Throttle(Quotas(writes_per_day=most), clock=clock)
    for pause in pauses:
        clock.turn(seconds=pause)
        wait = throttle.take("acme", write=True)
        if wait:
            clock.turn(seconds=wait)
            assert throttle.take("acme", write=True) == 0
        made.append(clock.now())
    for number, first in enumerate(made):
        assert sum(each - first < timedelta(seconds=DAY) for each in made[number:]) <= most


def test_a_quota_that_is_used_up_says_when_it_is_free_and_is_free_then() -> None:
    clock = TurnableClock()
    throttle = Throttle(Quotas(reads_per_day=2), clock=clock)
    throttle.require("acme", write=False)
    throttle.require("acme", write=False)
    with pytest.raises(Throttled) as caught:
        throttle.require("acme", write=False)
    assert caught.value.retry_after == DAY + SLOT
    throttle.require("beta", write=False)
    throttle.require("acme", write=True)
    clock.turn(seconds=DAY + SLOT)
    throttle.require("acme", write=False)


def test_a_second_allows_ten_reads_and_one_write() -> None:
    clock = TurnableClock()
    throttle = Throttle(PUBLISHED, clock=clock)
    assert [throttle.take("acme", write=False) for _ in range(11)][9:] == [0.0, pytest.approx(0.1)]
    assert throttle.take("acme", write=True) == 0
    assert throttle.take("acme", write=True) == pytest.approx(1.0)
    clock.turn(seconds=1)
    assert throttle.take("acme", write=True) == 0
