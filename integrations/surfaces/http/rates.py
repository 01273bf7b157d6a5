"""How many calls each key may make: one token bucket per key, in this process or in the database servers share."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from assistant.errors import Throttled

KEPT_BUCKETS = 10_000  # the least recently used go first, so unknown callers cannot fill the memory


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


@dataclass(slots=True)
class RateLimits:
    """Token buckets of this process: `per_minute` calls on average, and as many at once after a pause of a minute.

    0 per minute means no limit. `now` gives monotonic seconds.
    """

    per_minute: int
    now: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict)

    def take(self, key: str, *, per_minute: int = 0) -> int:
        """Count one call of `key`; how many more it may make at once, -1 without a limit.

        `per_minute` is the key's own limit in place of the general one. Raises Throttled with the seconds to wait.
        """
        limit = per_minute or self.per_minute
        if not limit:
            return -1
        now = self.now()
        bucket = self._buckets.pop(key, None) or _Bucket(tokens=float(limit), at=now)
        bucket.tokens = min(float(limit), bucket.tokens + (now - bucket.at) * limit / 60.0)
        bucket.at = now
        self._buckets[key] = bucket
        if len(self._buckets) > KEPT_BUCKETS:
            self._buckets.popitem(last=False)
        if bucket.tokens < 1:
            raise throttled(limit, bucket.tokens)
        bucket.tokens -= 1
        return int(bucket.tokens)


class Shared(Protocol):
    """What a call of a bucket in a shared place comes to."""

    @property
    def granted(self) -> bool:
        """Whether the call may be made."""
        ...

    @property
    def left(self) -> float:
        """How many more may be made at once."""
        ...


class SharedBuckets(Protocol):
    """Buckets that several servers take from."""

    async def take(self, caller: str, *, size: int) -> Shared:
        """Count a call of a bucket that holds `size` and fills in a minute."""
        ...


@dataclass(frozen=True, slots=True)
class Rates:
    """The limits of a server: those of its own process, or `shared` with the others on its database."""

    local: RateLimits
    shared: SharedBuckets | None = None

    async def take(self, key: str, *, per_minute: int = 0) -> int:
        """As `RateLimits.take`. Raises Throttled, and StorageError when the shared place does not answer."""
        limit = per_minute or self.local.per_minute
        if self.shared is None or not limit:
            return self.local.take(key, per_minute=per_minute)
        taken = await self.shared.take(key, size=limit)
        if not taken.granted:
            raise throttled(limit, taken.left)
        return int(taken.left)


def throttled(limit: int, tokens: float) -> Throttled:
    """The refusal of a call from a bucket with less than one token."""
    return Throttled(f"More than {limit} calls a minute.", retry_after=(1 - tokens) * 60.0 / limit)
