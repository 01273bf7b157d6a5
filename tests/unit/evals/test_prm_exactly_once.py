from __future__ import annotations

import random
from pathlib import Path

import pytest

from assistant.domain.deals import DealChange
from assistant.ports.prm import Write
from evals.prm_exactly_once import ACTOR, example, faults, fill, found_wrong, kills, opened


async def test_whatever_fails_every_write_happens_once(tmp_path: Path) -> None:
    fill(tmp_path)
    liaison = opened(tmp_path)
    wrong = await faults(liaison.prm.prm, 30)
    liaison.close()
    assert +wrong == {"runs": 30}


@pytest.mark.slow
def test_a_killed_write_is_finished_by_doing_it_again(tmp_path: Path) -> None:
    fill(tmp_path)
    assert +kills(tmp_path, 700) == {"runs": kills_expected(tmp_path)}


def kills_expected(folder: Path) -> int:
    """As many runs as deals were made, one for each kill."""
    liaison = opened(folder)
    deals = len(liaison.prm.dump(tenant="default").deals)
    liaison.close()
    # The last child ran to its end and made a deal without being killed.
    return deals - 1


async def test_a_second_deal_or_a_lost_update_would_be_noticed(tmp_path: Path) -> None:
    fill(tmp_path)
    liaison = opened(tmp_path)
    prm, draft = liaison.prm.prm, example(1, random.Random(1))
    edit = DealChange(next_steps="step")
    assert await found_wrong(prm, draft, edit) == {"lost writes": 1}
    await prm.register_deal(draft, write=Write(ACTOR, "k"))
    assert await found_wrong(prm, draft, edit) == {"lost updates": 1}
    other = example(1, random.Random(2))
    assert await found_wrong(prm, other, None) == {"wiped fields": 1}
    liaison.close()
