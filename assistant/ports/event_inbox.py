"""Events from outside that are acknowledged once they are kept, and handled afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event as it came. Deliveries of one event have the same `key`; `body` is what its handler reads."""

    key: str
    kind: str
    body: str


@dataclass(frozen=True, slots=True)
class Claim:
    """An event lent to a worker. `attempt` counts from 1; `holder` names the loan."""

    arrival: Arrival
    attempt: int
    holder: str


class EventInbox(Protocol):
    """Keeps each event once and lends it to one worker at a time.

    An event is handled at least once: a worker that dies while handling it lets its loan run out, and another one gets
    the event. What a handler writes elsewhere carries the key, so that doing it again changes nothing.
    Every method raises StorageError when the database refuses.
    """

    async def put(self, arrivals: Sequence[Arrival]) -> int:
        """Keep events, durably when this returns; how many of them had not come before."""
        ...

    async def claim(self, *, limit: int, lease: timedelta) -> tuple[Claim, ...]:
        """Up to `limit` events that wait or whose loan ran out, the oldest first, lent for `lease`."""
        ...

    async def renew(self, claims: Sequence[Claim], *, lease: timedelta) -> None:
        """Lend them for `lease` from now; those that were lent to somebody else meanwhile stay theirs."""
        ...

    async def finish(self, claims: Sequence[Claim]) -> None:
        """They are handled: their bodies are forgotten, their keys kept so that a late delivery is known."""
        ...

    async def release(self, claims: Sequence[Claim], *, after: timedelta = timedelta(0)) -> None:
        """Give them back unhandled, to be lent again after a while."""
        ...

    async def bury(self, claims: Sequence[Claim]) -> None:
        """Give them up: they are not lent again, and their bodies are forgotten."""
        ...

    async def waiting(self) -> int:
        """How many are kept and not handled or given up yet."""
        ...

    async def sweep(self, *, older: timedelta) -> int:
        """Forget the keys of what was handled or given up longer ago than this; how many."""
        ...
