"""The contract of every inbox of events."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.ports.event_inbox import Arrival, EventInbox
from assistant.testing.event_inbox import MemoryInbox
from integrations.records.slack import open_slack_records
from tests.contract.prm_world import TurnableClock
from tests.servers import fresh_database

LEASE = timedelta(seconds=30)


@dataclass
class World:
    inbox: EventInbox
    clock: TurnableClock


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    clock = TurnableClock()
    if request.param == "memory":
        yield World(MemoryInbox(clock), clock)
    elif request.param == "sqlite":
        records = open_slack_records(tmp_path, clock=clock)
        yield World(records.inbox, clock)
        records.close()
    else:
        with fresh_database(request.getfixturevalue("postgres")) as url:
            kept = open_slack_records(tmp_path, url=url, clock=clock)
            yield World(kept.inbox, clock)
            kept.close()


def event(number: int) -> Arrival:
    return Arrival(key=f"k{number}", kind="message", body=f'{{"n": {number}}}')


async def test_an_event_is_kept_once_however_often_it_comes(world: World) -> None:
    assert await world.inbox.put([event(1), event(2), event(1)]) == 2
    assert await world.inbox.put([event(2), event(3)]) == 1
    assert await world.inbox.put([]) == 0
    assert await world.inbox.waiting() == 3
    claims = await world.inbox.claim(limit=9, lease=LEASE)
    assert sorted(claim.arrival.body for claim in claims) == ['{"n": 1}', '{"n": 2}', '{"n": 3}']


async def test_what_is_lent_is_lent_to_one(world: World) -> None:
    await world.inbox.put([event(n) for n in range(20)])
    taken = await asyncio.gather(*(world.inbox.claim(limit=4, lease=LEASE) for _ in range(8)))
    keys = [claim.arrival.key for claims in taken for claim in claims]
    assert len(keys) == len(set(keys)) == 20


async def test_the_oldest_comes_first(world: World) -> None:
    for number in (2, 1, 3):
        await world.inbox.put([event(number)])
        world.clock.turn(seconds=1)
    claims = [await world.inbox.claim(limit=1, lease=LEASE) for _ in range(3)]
    assert [claim.arrival.key for (claim,) in claims] == ["k2", "k1", "k3"]


async def test_a_finished_event_never_comes_back(world: World) -> None:
    await world.inbox.put([event(1)])
    await world.inbox.finish(await world.inbox.claim(limit=1, lease=LEASE))
    world.clock.turn(hours=1)
    assert await world.inbox.put([event(1)]) == 0
    assert await world.inbox.claim(limit=1, lease=LEASE) == ()
    assert await world.inbox.waiting() == 0


async def test_a_loan_that_runs_out_is_lent_to_another(world: World) -> None:
    await world.inbox.put([event(1)])
    (first,) = await world.inbox.claim(limit=1, lease=LEASE)
    world.clock.turn(seconds=29)
    assert await world.inbox.claim(limit=1, lease=LEASE) == ()
    world.clock.turn(seconds=2)
    (second,) = await world.inbox.claim(limit=1, lease=LEASE)
    assert (first.attempt, second.attempt) == (1, 2)
    await world.inbox.finish([first])
    assert await world.inbox.waiting() == 1
    await world.inbox.finish([second])
    assert await world.inbox.waiting() == 0


async def test_a_renewed_loan_lasts(world: World) -> None:
    await world.inbox.put([event(1)])
    held = await world.inbox.claim(limit=1, lease=LEASE)
    world.clock.turn(seconds=20)
    await world.inbox.renew(held, lease=LEASE)
    world.clock.turn(seconds=20)
    assert await world.inbox.claim(limit=1, lease=LEASE) == ()


async def test_what_is_given_back_is_lent_again_when_its_time_comes(world: World) -> None:
    await world.inbox.put([event(1), event(2)])
    now, later = await world.inbox.claim(limit=2, lease=LEASE)
    await world.inbox.release([now])
    await world.inbox.release([later], after=timedelta(seconds=8))
    (again,) = await world.inbox.claim(limit=2, lease=LEASE)
    assert again.arrival == now.arrival
    world.clock.turn(seconds=9)
    (too,) = await world.inbox.claim(limit=2, lease=LEASE)
    assert too.arrival == later.arrival


async def test_what_is_given_up_is_known_and_not_lent(world: World) -> None:
    await world.inbox.put([event(1)])
    await world.inbox.bury(await world.inbox.claim(limit=1, lease=LEASE))
    assert (await world.inbox.put([event(1)]), await world.inbox.waiting()) == (0, 0)


async def test_keys_are_forgotten_after_a_while_and_waiting_ones_never(world: World) -> None:
    await world.inbox.put([event(1), event(2)])
    (over, _) = await world.inbox.claim(limit=2, lease=LEASE)
    await world.inbox.finish([over])
    world.clock.turn(hours=25)
    assert await world.inbox.sweep(older=timedelta(days=1)) == 1
    assert await world.inbox.waiting() == 1
    assert await world.inbox.put([over.arrival]) == 1


async def test_the_body_of_a_handled_event_is_gone_from_the_database(tmp_path: Path) -> None:
    records = open_slack_records(tmp_path, clock=TurnableClock())
    await records.inbox.put([Arrival(key="k", kind="message", body="the customer is Quillon")])
    await records.inbox.finish(await records.inbox.claim(limit=1, lease=LEASE))
    with records.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT body FROM slack_inbox").scalars().all()
    assert rows == [""]
    records.close()


async def test_an_event_survives_a_restart(tmp_path: Path) -> None:
    clock = TurnableClock()
    first = open_slack_records(tmp_path, clock=clock)
    await first.inbox.put([event(1)])
    first.close()
    second = open_slack_records(tmp_path, clock=clock)
    assert [c.arrival for c in await second.inbox.claim(limit=1, lease=LEASE)] == [event(1)]
    second.close()
