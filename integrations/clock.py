"""The system's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


class SystemClock:
    """Tells the time of this machine in UTC."""

    def now(self) -> datetime:
        """The current time."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """Tells one time, for sessions that are replayed on the clock of their day."""

    at: datetime

    def now(self) -> datetime:
        """The time it was made with."""
        return self.at
