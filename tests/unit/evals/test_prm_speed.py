from __future__ import annotations

from pathlib import Path

from evals.prm_market import FixedClock, fill
from evals.prm_speed import measure
from integrations.bootstrap import build
from integrations.settings import Settings


async def test_retyped_customers_are_recognised_among_many(tmp_path: Path) -> None:
    liaison = build(Settings(data=tmp_path), clock=FixedClock())
    fill(liaison, 2000)
    timings, recognised = await measure(liaison, 2000, calls=40)
    liaison.close()
    assert recognised >= 0.95
    assert {timing.name for timing in timings} >= {"get, as its partner", "list own deals"}
    assert all(len(timing.times) == 40 for timing in timings)
