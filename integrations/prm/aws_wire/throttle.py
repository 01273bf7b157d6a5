"""Quotas as token buckets: so many calls a second, and so many in a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from assistant.errors import Throttled
from assistant.ports.clock import Clock

DAY = 86_400.0


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


class Throttle:
    """Counts the calls of each account."""

    def __init__(self, quotas: Quotas, *, clock: Clock) -> None:
        self._clock = clock
        self._quotas = quotas
        self._buckets: dict[tuple[str, bool], list[_Bucket]] = {}
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
                    bucket.left -= 1
            return wait

    def _full(self, now: datetime, *, write: bool) -> list[_Bucket]:
        quotas = self._quotas
        second = quotas.writes_per_second if write else quotas.reads_per_second
        day = quotas.writes_per_day if write else quotas.reads_per_day
        rates = [(second, max(1.0, second))] if second else []
        rates += [(day / DAY, day)] if day else []
        return [_Bucket(rate=rate, size=size, left=size, at=now) for rate, size in rates]
