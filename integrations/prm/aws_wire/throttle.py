"""Quotas: so many calls a second, as a token bucket, and so many in any 24 hours, as a window that rolls.

A bucket for the day would let twice the quota through: a full one, and what flows in while it is emptied.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from assistant.errors import Throttled
from assistant.ports.clock import Clock

DAY, SLOT = 86_400.0, 300.0  # seconds; calls of a day are counted by slots of five minutes


@dataclass(frozen=True, slots=True)
class Quotas:
    """Calls per second and per day for each account; 0 means any number."""

    reads_per_second: float = 0
    writes_per_second: float = 0
    reads_per_day: float = 0
    writes_per_day: float = 0


UNLIMITED = Quotas()
PUBLISHED = Quotas(reads_per_second=10, writes_per_second=1, reads_per_day=100_000, writes_per_day=10_000)


@dataclass(slots=True)
class _Bucket:
    rate: float
    size: float
    left: float
    at: datetime

    def wait(self, now: datetime) -> float:
        """Seconds until the next call is allowed; 0 for now."""
        self.left = min(self.size, self.left + (now - self.at).total_seconds() * self.rate)
        self.at = now
        return 0.0 if self.left >= 1 else (1 - self.left) / self.rate

    def take(self, _now: datetime) -> None:
        """Take one call."""
        self.left -= 1


@dataclass(slots=True)
class _Slot:
    began: datetime
    calls: int = 0


@dataclass(slots=True)
class _Day:
    """The calls of the last 24 hours. A slot counts until its end is that old."""

    most: float
    slots: deque[_Slot] = field(default_factory=deque)

    def wait(self, now: datetime) -> float:
        """Seconds until the next call is allowed; 0 for now."""
        while self.slots and (now - self.slots[0].began).total_seconds() >= DAY + SLOT:
            self.slots.popleft()
        if sum(each.calls for each in self.slots) < self.most:
            return 0.0
        return DAY + SLOT - (now - self.slots[0].began).total_seconds()

    def take(self, now: datetime) -> None:
        """Take one call."""
        if not self.slots or (now - self.slots[-1].began).total_seconds() >= SLOT:
            self.slots.append(_Slot(now))
        self.slots[-1].calls += 1


class Throttle:
    """Counts the calls of each account."""

    def __init__(self, quotas: Quotas, *, clock: Clock) -> None:
        self._clock = clock
        self._quotas = quotas
        self._buckets: dict[tuple[str, bool], list[_Bucket | _Day]] = {}
        self._lock = Lock()

    def require(self, account: str, *, write: bool) -> None:
        """Take one call from the account's quota. Raises Throttled, which says how long to wait."""
        wait = self.take(account, write=write)
        if wait:
            raise Throttled("Rate exceeded", retry_after=wait)

    def take(self, account: str, *, write: bool) -> float:
        """Take one call if there is one; else the seconds until there is."""
        with self._lock:
            now = self._clock.now()
            buckets = self._buckets.setdefault((account, write), self._full(now, write=write))
            wait = max((bucket.wait(now) for bucket in buckets), default=0.0)
            if not wait:
                for bucket in buckets:
                    bucket.take(now)
            return wait

    def _full(self, now: datetime, *, write: bool) -> list[_Bucket | _Day]:
        quotas = self._quotas
        second = quotas.writes_per_second if write else quotas.reads_per_second
        day = quotas.writes_per_day if write else quotas.reads_per_day
        size = max(1.0, second)
        bucket = [_Bucket(rate=second, size=size, left=size, at=now)] if second else []
        return [*bucket, *([_Day(day)] if day else [])]
