"""Handling what was kept: so many at a time, each until it is done, given back, or given up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from assistant.errors import StorageError
from assistant.ports.event_inbox import Claim, EventInbox
from integrations.surfaces.slack.delivery import Delivery, reread

LEASE = timedelta(seconds=30)
POLL_SECONDS = 0.5  # how soon events of other processes, and those whose time has come, are seen
ATTEMPTS = 5
REMEMBERED = timedelta(days=1)  # Slack repeats a delivery for six minutes, and for an hour when it disables an app
SWEEP_SECONDS = 600.0
log = structlog.get_logger("liaison.slack")

Handle = Callable[[Delivery], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Pace:
    """How many events are handled at once, and for how long one is lent at a time."""

    at_once: int = 8
    lease: timedelta = LEASE
    poll_seconds: float = POLL_SECONDS


class Workers:
    """Hands kept events to `handle`. Start it in a running loop; stop it before the loop ends.

    A handler that raises gets its event again, later each time, and at the fifth time the event is given up. A stop
    waits for what is being handled and gives the rest back at once, so that another process or the next start has it.
    """

    def __init__(self, inbox: EventInbox, handle: Handle, *, pace: Pace = Pace()) -> None:
        self._inbox = inbox
        self._handle = handle
        self._pace = pace
        self._busy: dict[asyncio.Task[None], Claim] = {}
        self._done: list[Claim] = []
        self._wake = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []
        self._stopping = False

    def wake(self) -> None:
        """There is something new."""
        self._wake.set()

    def start(self) -> None:
        """Begin to handle."""
        loops = (self._claiming, self._renewing, self._sweeping)
        self._loops = [asyncio.create_task(self._surviving(loop)) for loop in loops]

    async def stop(self, *, grace_seconds: float = 8.0) -> None:
        """Finish what is under way within so many seconds, and give back what is not finished."""
        self._stopping = True
        self.wake()
        if self._busy:
            await asyncio.wait(list(self._busy), timeout=grace_seconds)
        for task in [*self._busy, *self._loops]:
            task.cancel()
        await asyncio.gather(*self._busy, *self._loops, return_exceptions=True)
        await self._settle()

    async def _surviving(self, loop: Callable[[], Awaitable[None]]) -> None:
        while not self._stopping:
            try:
                await loop()
            except Exception as error:  # noqa: BLE001 - whatever goes wrong once, what is kept is handled later
                reason = error.message if isinstance(error, StorageError) else type(error).__name__
                log.warning("the inbox cannot be reached", reason=reason)
                await asyncio.sleep(1.0)

    async def _claiming(self) -> None:
        await self._settle()
        room = self._pace.at_once - len(self._busy)
        claims = await self._inbox.claim(limit=room, lease=self._pace.lease) if room > 0 else ()
        for claim in claims:
            task = asyncio.create_task(self._one(claim))
            self._busy[task] = claim
            task.add_done_callback(self._freed)
        if not claims or len(self._busy) >= self._pace.at_once:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._pace.poll_seconds)
        self._wake.clear()

    async def _settle(self) -> None:
        done, self._done = self._done, []
        try:
            await self._inbox.finish(done)
        except StorageError:
            self._done += done
            raise

    async def _renewing(self) -> None:
        await asyncio.sleep(self._pace.lease.total_seconds() / 3)
        await self._inbox.renew(list(self._busy.values()), lease=self._pace.lease)

    async def _sweeping(self) -> None:
        await self._inbox.sweep(older=REMEMBERED)
        await asyncio.sleep(SWEEP_SECONDS)

    def _freed(self, task: asyncio.Task[None]) -> None:
        self._busy.pop(task, None)
        self.wake()

    async def _one(self, claim: Claim) -> None:
        arrival = claim.arrival
        try:
            await self._handle(reread(arrival, again=claim.attempt > 1))
        except asyncio.CancelledError:
            await self._inbox.release([claim])
            raise
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, the others go on
            log.warning("an event failed", kind=arrival.kind, attempt=claim.attempt, error=type(error).__name__)
            await self._again(claim, broken=isinstance(error, json.JSONDecodeError))
        else:
            self._done.append(claim)

    async def _again(self, claim: Claim, *, broken: bool) -> None:
        if broken or claim.attempt >= ATTEMPTS:
            log.error("an event was given up", kind=claim.arrival.kind, attempts=claim.attempt)
            await self._inbox.bury([claim])
        else:
            await self._inbox.release([claim], after=timedelta(seconds=2.0**claim.attempt))
