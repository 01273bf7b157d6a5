"""An inbox in memory that keeps the promises of EventInbox within one process."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assistant.ports.clock import Clock
from assistant.ports.event_inbox import Arrival, Claim


@dataclass(frozen=True, slots=True)
class Kept:
    """An event with what became of it; `over` is when it was handled or given up."""

    arrival: Arrival
    free_at: datetime
    attempts: int = 0
    holder: str = ""
    over: datetime | None = None


class MemoryInbox:
    """Implements EventInbox."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.kept: dict[str, Kept] = {}

    async def put(self, arrivals: Sequence[Arrival]) -> int:
        """See EventInbox."""
        before = len(self.kept)
        for arrival in arrivals:
            self.kept.setdefault(arrival.key, Kept(arrival, free_at=self._clock.now()))
        return len(self.kept) - before

    async def claim(self, *, limit: int, lease: timedelta) -> tuple[Claim, ...]:
        """See EventInbox."""
        now, holder = self._clock.now(), uuid.uuid4().hex
        free = [each for each in self.kept.values() if each.over is None and each.free_at <= now][:limit]
        for each in free:
            lent = replace(each, free_at=now + lease, attempts=each.attempts + 1, holder=holder)
            self.kept[each.arrival.key] = lent
        return tuple(Claim(each.arrival, attempt=each.attempts + 1, holder=holder) for each in free)

    async def renew(self, claims: Sequence[Claim], *, lease: timedelta) -> None:
        """See EventInbox."""
        for each in self._held(claims):
            self.kept[each.arrival.key] = replace(each, free_at=self._clock.now() + lease)

    async def finish(self, claims: Sequence[Claim]) -> None:
        """See EventInbox."""
        for each in self._held(claims):
            forgotten = replace(each.arrival, body="")
            self.kept[each.arrival.key] = replace(each, arrival=forgotten, over=self._clock.now())

    async def release(self, claims: Sequence[Claim], *, after: timedelta = timedelta(0)) -> None:
        """See EventInbox."""
        for each in self._held(claims):
            self.kept[each.arrival.key] = replace(each, free_at=self._clock.now() + after, holder="")

    async def bury(self, claims: Sequence[Claim]) -> None:
        """See EventInbox."""
        await self.finish(claims)

    async def waiting(self) -> int:
        """See EventInbox."""
        return sum(each.over is None for each in self.kept.values())

    async def sweep(self, *, older: timedelta) -> int:
        """See EventInbox."""
        before = self._clock.now() - older
        gone = [key for key, each in self.kept.items() if each.over is not None and each.over < before]
        for key in gone:
            del self.kept[key]
        return len(gone)

    def _held(self, claims: Sequence[Claim]) -> Iterator[Kept]:
        for claim in claims:
            found = self.kept.get(claim.arrival.key)
            if found is not None and found.holder == claim.holder and found.over is None:
                yield found
