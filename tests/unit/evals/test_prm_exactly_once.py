from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.domain.deals import DealChange
from assistant.ports.prm import Write
from evals.prm_exactly_once import ADAPTER_PATH, embedded, measured, partner_central
from evals.prm_kills import WRITE_PATH, kills
from evals.prm_writes import FAULTS, Done, Failing, Side, compared, faults, found_wrong, persistently, updated
from integrations.bootstrap import Liaison

World = AbstractContextManager[tuple[Liaison, Side]]
EDIT = DealChange(next_steps="step")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Liaison, Side]]:
    with embedded(tmp_path) as found:
        yield found


@pytest.mark.parametrize("fault", FAULTS)
async def test_whatever_fails_every_write_happens_once(world: tuple[Liaison, Side], fault: str) -> None:
    _, side = world
    draft, done = side.example(1), Done()
    first = Failing(side, "none" if fault == "stale" else fault, storm=3)
    deal = await persistently(first, draft, Write(side.actor, "r"))
    await updated(Failing(side, fault, storm=3), side, deal, EDIT, "u")
    done.note(draft, EDIT, between=fault == "stale")
    assert not await found_wrong(side, done)


def test_a_killed_write_is_finished_by_doing_it_again(world: tuple[Liaison, Side]) -> None:
    liaison, side = world
    outcome = measured(liaison, side, runs=20, every=700)
    assert outcome.killed >= 3
    assert not outcome.wrong


def test_answers_of_partner_central_lost_on_the_wire_make_no_second_deal(tmp_path: Path) -> None:
    with partner_central(tmp_path) as (liaison, side):
        outcome = measured(liaison, side, runs=8, every=500, name="aws")
    assert outcome.killed >= 1
    assert not outcome.wrong


def test_a_path_that_nothing_takes_kills_nobody(world: tuple[Liaison, Side]) -> None:
    liaison, side = world
    assert kills(liaison.prm.database.close, side, Done(), every=1, path=("no such file",)) == 0
    assert WRITE_PATH != ADAPTER_PATH


async def test_what_is_off_is_noticed(world: tuple[Liaison, Side]) -> None:
    _, side = world
    done, draft = Done(), side.example(1)
    done.note(draft, EDIT)
    assert (await found_wrong(side, done))["lost writes"] == 1
    deal = await side.prm.register_deal(draft, write=Write(side.actor, "k"))
    assert await found_wrong(side, done) == {"lost updates": 1, "events that differ": 1}
    await side.prm.update_deal(deal.id, EDIT, write=Write(side.actor, "u", deal.version))
    assert not await found_wrong(side, done)
    await side.prm.register_deal(side.example(2), write=Write(side.actor, "other"))
    assert (await found_wrong(side, done))["deals that nobody asked for"] == 1


def test_two_deals_and_a_wiped_field_are_told_apart(world: tuple[Liaison, Side]) -> None:
    draft = world[1].example(1)
    assert compared([draft, draft], draft) == "duplicates"
    assert compared([replace(draft, use_case="gone")], draft) == "wiped fields"


async def test_a_prm_without_keys_would_be_noticed(world: tuple[Liaison, Side]) -> None:
    _, side = world

    class Forgetful:
        """Gives every write a key of its own, as a PRM without idempotency would."""

        def __init__(self) -> None:
            self._calls = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(side.prm, name)

        async def update_deal(self, deal_id: str, edit: DealChange, *, write: Write) -> Any:
            self._calls += 1
            return await side.prm.update_deal(deal_id, edit, write=replace(write, key=f"{write.key}-{self._calls}"))

    done = Done()
    await faults(replace(side, prm=Forgetful()), 12, done)
    assert (await found_wrong(side, done))["events that differ"] > 0
