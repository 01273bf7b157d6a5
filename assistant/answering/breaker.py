"""A model that is down is left alone for a while, so that nobody waits for it in vain."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from assistant.domain.answer import Fallback

FAILURES = 3  # in a row, after which the model is left alone
PAUSE_SECONDS = 30.0  # until one question tries it again
DOWN = {Fallback.TIMEOUT, Fallback.UNAVAILABLE, Fallback.RATE_LIMITED}


@dataclass(slots=True)
class Breaker:
    """Counts how often the model did not answer at all. `now` gives monotonic seconds."""

    now: Callable[[], float] = time.monotonic
    _failures: int = 0
    _next: float = 0.0

    def lets_through(self) -> bool:
        """Whether to ask the model now: always while it answers, else one question each time the pause is over."""
        if self._failures < FAILURES:
            return True
        if self.now() < self._next:
            return False
        self._next = self.now() + PAUSE_SECONDS
        return True

    def note(self, failure: Fallback | None) -> None:
        """Say how a call went: a failure of the server counts, anything it said makes it well again."""
        if failure not in DOWN:
            self._failures = 0
            return
        self._failures += 1
        self._next = self.now() + PAUSE_SECONDS
