"""Questions that wait at the same time are embedded together: the weights are read once for all of them."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from assistant.ports.embedder import Matrix, Vector

MOST_TOGETHER = 16


class Together:
    """Embeds texts in the order they come: one alone at once, those that came meanwhile in one batch after it.

    `embed` gets 1 to 16 texts on a thread of its own; `lanes` batches run side by side.
    """

    def __init__(self, embed: Callable[[Sequence[str]], Matrix], *, lanes: int = 1) -> None:
        self._embed = embed
        self._lanes = lanes
        self._busy = 0
        self._waiting: deque[tuple[str, Future[Vector]]] = deque()
        self._guard = threading.Lock()
        self._threads = ThreadPoolExecutor(lanes, thread_name_prefix="embed-query")

    async def one(self, text: str) -> Vector:
        """The vector of a text. Raises whatever `embed` raises for its batch."""
        future: Future[Vector] = Future()
        with self._guard:
            self._waiting.append((text, future))
            idle = self._busy < self._lanes
            self._busy += idle
        if idle:
            self._threads.submit(self._work)
        return await asyncio.wrap_future(future)

    def _work(self) -> None:
        while batch := self._next():
            try:
                vectors = self._embed([text for text, _ in batch])
            except Exception as error:  # noqa: BLE001 - it belongs to those who wait
                for _, future in batch:
                    future.set_exception(error)
            else:
                for (_, future), vector in zip(batch, vectors, strict=True):
                    future.set_result(vector)

    def _next(self) -> list[tuple[str, Future[Vector]]]:
        """The next batch without those who gave up; an empty one ends the lane."""
        with self._guard:
            batch: list[tuple[str, Future[Vector]]] = []
            while self._waiting and len(batch) < MOST_TOGETHER:
                text, future = self._waiting.popleft()
                if future.set_running_or_notify_cancel():
                    batch.append((text, future))
            self._busy -= not batch
            return batch
