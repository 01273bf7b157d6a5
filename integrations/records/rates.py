"""Rate limits that several servers share: one token bucket a caller, in PostgreSQL, by the database's clock."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass

from sqlalchemy import Engine, text

from integrations.records.database import storage_errors

KEPT = "10 minutes"  # a bucket that nobody touched for a minute is full again, so old rows mean nothing
SWEEP_EVERY = 1000
FILLED = "LEAST(:size, b.tokens + EXTRACT(EPOCH FROM clock_timestamp() - b.at) * :size / 60.0)"
TAKE = text(
    f"""
    INSERT INTO rate_buckets AS b (caller, tokens, at, granted) VALUES (:caller, :size - 1, clock_timestamp(), true)
    ON CONFLICT (caller) DO UPDATE SET
        granted = {FILLED} >= 1,
        tokens = {FILLED} - CASE WHEN {FILLED} >= 1 THEN 1 ELSE 0 END,
        at = clock_timestamp()
    RETURNING granted, tokens"""  # noqa: S608 - made of this module's constants
)
SWEEP = text(f"DELETE FROM rate_buckets WHERE at < clock_timestamp() - INTERVAL '{KEPT}'")  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Taken:
    """Whether a call may be made, and how many more (a fraction while it fills up) may be made at once."""

    granted: bool
    left: float


class RateRecords:
    """Token buckets in one PostgreSQL database. Close it when done."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._taken = 0

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    async def take(self, caller: str, *, size: int) -> Taken:
        """Count a call of a bucket that holds `size` and fills in a minute. Raises StorageError."""
        return await asyncio.to_thread(self._take, hashlib.sha256(caller.encode()).hexdigest(), size)

    def _take(self, caller: str, size: int) -> Taken:
        # One statement that locks its row needs no transaction around it.
        with storage_errors(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            row = connection.execute(TAKE, {"caller": caller, "size": float(size)}).one()
            self._taken += 1
            if self._taken % SWEEP_EVERY == 0:
                connection.execute(SWEEP)
            return Taken(granted=bool(row.granted), left=float(row.tokens))
