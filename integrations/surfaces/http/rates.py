"""How many calls each key may make: one token bucket per key, in this process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.errors import Throttled

KEPT_BUCKETS = 10_000  # the least recently used go first, so unknown callers cannot fill the memory


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


@dataclass(slots=True)
class RateLimits:
    """Token buckets: `per_minute` calls on average, and as many at once after a pause of a minute.

    0 per minute means no limit. Each of `share` processes grants its part of every limit, at least one call a minute.
    `now` gives monotonic seconds.
    """

    per_minute: int
    share: int = 1
    now: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict)

    def take(self, key: str, *, per_minute: int = 0) -> int:
        """Count one call of `key`; how many more it may make at once, -1 without a limit.

        `per_minute` is the key's own limit in place of the general one. Raises Throttled with the seconds to wait.
        """
        limit = per_minute or self.per_minute
        if not limit:
            return -1
        limit = max(1, limit // self.share)
        now = self.now()
        bucket = self._buckets.pop(key, None) or _Bucket(tokens=float(limit), at=now)
        bucket.tokens = min(float(limit), bucket.tokens + (now - bucket.at) * limit / 60.0)
        bucket.at = now
        self._buckets[key] = bucket
        if len(self._buckets) > KEPT_BUCKETS:
            self._buckets.popitem(last=False)
        if bucket.tokens < 1:
            wait = (1 - bucket.tokens) * 60.0 / limit
            raise Throttled(f"More than {limit} calls a minute.", retry_after=wait)
        bucket.tokens -= 1
        return int(bucket.tokens)
