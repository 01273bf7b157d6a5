"""One writer for a server: writes happen one after the other on a thread of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from assistant.errors import WriterBusy

T = TypeVar("T")
MOST_WAITING = 16


class Writes:
    """Runs blocking writes in the order they came. A caller that goes away does not stop its write half-way."""

    def __init__(self, *, most_waiting: int = MOST_WAITING) -> None:
        self._most = most_waiting
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="write")
        self.waiting = 0

    async def run(self, write: Callable[[], T]) -> T:
        """What `write` returns. Raises WriterBusy when too many are waiting already, and whatever `write` raises."""
        if self.waiting >= self._most:
            raise WriterBusy(f"{self.waiting} writes are waiting already.", hint="Send it again in a few seconds.")
        self.waiting += 1

        def counted() -> T:
            try:
                return write()
            finally:
                self.waiting -= 1

        try:
            future = self._thread.submit(counted)
        except RuntimeError as error:
            self.waiting -= 1
            raise WriterBusy("The server is stopping.", hint="Send it again in a few seconds.") from error
        return await asyncio.shield(asyncio.wrap_future(future))

    def close(self) -> None:
        """Wait for the writes that were accepted; later ones are refused."""
        self._thread.shutdown(wait=True)
