"""Work that waits at the same time is done together.

An embedder reads its weights once for all questions that wait, and one transaction keeps all of them.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")
MOST_TOGETHER = 16


class Together(Generic[Item, Made]):
    """Takes items in the order they come: one alone at once, those that came meanwhile in one batch after it.

    `work` gets 1 to 16 items, on a thread of its own called `name`, and gives something for each; `lanes` batches run
    side by side.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Iterable[Made]], *, name: str, lanes: int = 1) -> None:
        self._work = work
        self._lanes = lanes
        self._busy = 0
        self._waiting: deque[tuple[Item, Future[Made]]] = deque()
        self._guard = threading.Lock()
        self._threads = ThreadPoolExecutor(lanes, thread_name_prefix=name)

    async def one(self, item: Item) -> Made:
        """What comes of an item. Raises whatever `work` raises for it; a batch that fails is done again one by one."""
        future: Future[Made] = Future()
        with self._guard:
            self._waiting.append((item, future))
            idle = self._busy < self._lanes
            self._busy += idle
        if idle:
            self._threads.submit(self._run)
        return await asyncio.wrap_future(future)

    def _run(self) -> None:
        while batch := self._next():
            self._do(batch)

    def _do(self, batch: list[tuple[Item, Future[Made]]]) -> None:
        """Do a batch, or each item alone when it fails: what is wrong with one is not the others' concern."""
        try:
            made = list(zip(batch, self._work([item for item, _ in batch]), strict=True))
        except Exception as error:  # noqa: BLE001 - it belongs to who waits
            if len(batch) == 1:
                batch[0][1].set_exception(error)
            for waiting in batch if len(batch) > 1 else ():
                self._do([waiting])
        else:
            for (_, future), one in made:
                future.set_result(one)

    def _next(self) -> list[tuple[Item, Future[Made]]]:
        """The next batch without those who gave up; an empty one ends the lane."""
        with self._guard:
            batch: list[tuple[Item, Future[Made]]] = []
            while self._waiting and len(batch) < MOST_TOGETHER:
                item, future = self._waiting.popleft()
                if future.set_running_or_notify_cancel():
                    batch.append((item, future))
            self._busy -= not batch
            return batch
