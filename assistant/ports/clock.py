"""What time it is."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; injected everywhere so that a decision can be replayed on the clock of its day."""

    def now(self) -> datetime:
        """The current time, always with a time zone."""
        ...
