from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import structlog

from assistant.errors import StorageError
from assistant.ports.event_inbox import Arrival
from assistant.testing.event_inbox import MemoryInbox
from integrations.clock import SystemClock
from integrations.surfaces.slack.delivery import Delivery
from integrations.surfaces.slack.workers import ATTEMPTS, Pace, Workers
from tests.contract.prm_world import TurnableClock

SOON = Pace(at_once=4, poll_seconds=0.01)


def event(number: int, body: str = "") -> Arrival:
    return Arrival(key=f"k{number}", kind="message", body=body or json.dumps({"n": number}))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.005)


class Noting:
    """Notes what it handles; `work` is awaited meanwhile."""

    def __init__(self, work: Callable[[], Awaitable[object]] = lambda: asyncio.sleep(0)) -> None:
        self.seen: list[int] = []
        self.at_once = self.most = 0
        self._work = work

    async def __call__(self, delivery: Delivery) -> None:
        self.seen.append(delivery.payload["n"])
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await self._work()
        finally:
            self.at_once -= 1


async def test_everything_is_handled_once_and_never_more_than_so_many_at_a_time() -> None:
    inbox, handle = MemoryInbox(SystemClock()), Noting(lambda: asyncio.sleep(0.002))
    await inbox.put([event(n) for n in range(60)])
    workers = Workers(inbox, handle, pace=SOON)
    workers.start()
    await until(lambda: all(kept.over for kept in inbox.kept.values()))
    await workers.stop()
    assert sorted(handle.seen) == list(range(60))
    assert 1 < handle.most <= 4


async def test_what_arrives_later_wakes_them() -> None:
    inbox, handle = MemoryInbox(SystemClock()), Noting()
    workers = Workers(inbox, handle, pace=Pace(poll_seconds=3600))
    workers.start()
    await asyncio.sleep(0.05)
    await inbox.put([event(1)])
    workers.wake()
    await until(lambda: handle.seen == [1])
    await workers.stop()


async def test_a_stop_finishes_what_is_under_way() -> None:
    go = asyncio.Event()
    inbox, handle = MemoryInbox(SystemClock()), Noting(go.wait)
    await inbox.put([event(n) for n in range(10)])
    workers = Workers(inbox, handle, pace=SOON)
    workers.start()
    await until(lambda: handle.at_once == 4)
    stopping = asyncio.create_task(workers.stop(grace_seconds=30))
    await asyncio.sleep(0)
    go.set()
    await stopping
    assert (await inbox.waiting(), len(handle.seen)) == (6, 4)


async def test_a_stop_gives_back_what_takes_too_long() -> None:
    inbox, handle = MemoryInbox(SystemClock()), Noting(asyncio.Event().wait)
    await inbox.put([event(n) for n in range(10)])
    workers = Workers(inbox, handle, pace=SOON)
    workers.start()
    await until(lambda: handle.at_once == 4)
    await workers.stop(grace_seconds=0.01)
    again = await inbox.claim(limit=20, lease=timedelta(seconds=1))
    assert len(again) == 10


async def test_a_loan_is_renewed_while_its_event_is_handled() -> None:
    go = asyncio.Event()
    inbox, handle = MemoryInbox(SystemClock()), Noting(go.wait)
    await inbox.put([event(1)])
    workers = Workers(inbox, handle, pace=Pace(lease=timedelta(seconds=1.5), poll_seconds=0.01))
    workers.start()
    await until(lambda: handle.at_once == 1)
    first = inbox.kept["k1"].free_at
    await until(lambda: inbox.kept["k1"].free_at > first)
    go.set()
    await workers.stop()
    assert await inbox.waiting() == 0


async def test_a_failing_event_is_tried_again_and_given_up_in_the_end() -> None:
    clock = TurnableClock()
    inbox = MemoryInbox(clock)

    async def fail(_delivery: Delivery) -> None:
        raise RuntimeError("the customer is Quillon")

    def idle_after(attempts: int) -> bool:
        return inbox.kept["k1"].attempts == attempts and not workers._busy

    await inbox.put([event(1), event(2, body="{")])
    workers = Workers(inbox, fail, pace=SOON)
    with structlog.testing.capture_logs() as logs:
        workers.start()
        for attempt in range(1, ATTEMPTS + 1):
            await until(partial(idle_after, attempt))
            clock.turn(seconds=2.0**attempt)
        await until(lambda: all(kept.over for kept in inbox.kept.values()))
        await workers.stop()
    assert inbox.kept["k2"].attempts == 1
    assert "Quillon" not in str(logs)
    assert sum(entry["event"] == "an event was given up" for entry in logs) == 2


async def test_a_database_that_is_away_for_a_moment_loses_nothing() -> None:
    class Away(MemoryInbox):
        trouble = 2

        async def finish(self, claims: object) -> None:
            if claims and self.trouble:
                self.trouble -= 1
                raise StorageError("The database is away.")
            await super().finish(claims)  # type: ignore[arg-type]

    inbox, handle = Away(SystemClock()), Noting()
    await inbox.put([event(n) for n in range(3)])
    workers = Workers(inbox, handle, pace=SOON)
    workers.start()
    await until(lambda: all(kept.over for kept in inbox.kept.values()))
    await workers.stop()
    assert sorted(handle.seen) == [0, 1, 2]
