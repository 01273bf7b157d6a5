"""The system's clock."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """Tells the time of this machine in UTC."""

    def now(self) -> datetime:
        """The current time."""
        return datetime.now(UTC)
