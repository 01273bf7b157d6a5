from __future__ import annotations

import random
from pathlib import Path

from evals.prm_wire import EDITS, WRONGS, Count, measured, sound


async def test_no_generated_deal_reaches_the_vendor_with_a_flaw(tmp_path: Path) -> None:
    count = await measured(30, seed=3, folder=tmp_path)
    assert count.invalid == 0
    assert count.ends["sound deal: written"] == 15
    assert not any(kind.startswith("wrong deal: written") for kind in count.ends)
    assert count.ends["edit: written"] > 0


def test_a_refusal_by_the_wire_counts_as_an_invalid_write() -> None:
    count = Count()
    count.watch("CreateOpportunity", 200)
    count.watch("UpdateOpportunity", 400)
    assert count.invalid == 1


def test_every_wrong_deal_differs_from_the_sound_one() -> None:
    draft = sound(1, random.Random(1))
    assert all(wrong(draft) != draft for wrong in WRONGS)
    assert len(EDITS) > 10
