from __future__ import annotations

import numpy as np

from assistant.cosell.wins import Closed, WinRecord, different


def test_luck_is_not_a_difference() -> None:
    dice = np.random.default_rng(4)
    lucky = {number: (int(dice.binomial(60, 0.5)), 60) for number in range(200)}
    assert different(lucky, usual=0.5) == frozenset()
    assert different({**lucky, -1: (57, 60)}, usual=0.5) == {-1}


def test_a_win_rate_stays_near_the_others_until_there_is_evidence() -> None:
    others = [Closed(("other",), "keep", number % 2 == 0) for number in range(200)]
    record = WinRecord([*others, Closed(("new",), "keep", won=True)], groups={})
    rate = record.rate("new", product="keep")
    assert (rate.won, rate.closed, rate.sufficient, rate.differs) == (1, 1, False, False)
    assert 0.45 < rate.rate < 0.65
    assert rate.needed > 0
    assert record.rate("unheard-of").closed == 0
