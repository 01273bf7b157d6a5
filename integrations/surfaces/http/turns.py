"""Turns on their way in this process: each goes on when its reader leaves, and a reader who comes back finds it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field

from assistant.agents.events import TurnEvent
from assistant.errors import LiaisonError

Place = tuple[str, str]  # of a turn: its thread and itself


@dataclass(slots=True)
class RunningTurn:
    """The events so far. `error` is what broke it off."""

    events: list[TurnEvent] = field(default_factory=list)
    error: LiaisonError | None = None
    over: bool = False
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def follow(self, after: int = -1) -> AsyncGenerator[tuple[int, TurnEvent]]:
        """The events after a number (from 0) as they come. Raises what broke the turn off."""
        at = after + 1
        while True:
            async with self.news:
                while len(self.events) <= at and not self.over:
                    await self.news.wait()
            while at < len(self.events):
                yield at, self.events[at]
                at += 1
            if self.over and at >= len(self.events):
                break
        if self.error is not None:
            raise self.error

    async def run(self, events: AsyncIterator[TurnEvent]) -> None:
        """Take the turn to its end."""
        try:
            async for event in events:
                async with self.news:
                    self.events.append(event)
                    self.news.notify_all()
        except LiaisonError as error:
            self.error = error
        finally:
            async with self.news:
                self.over = True
                self.news.notify_all()


@dataclass(slots=True)
class Turns:
    """The turns of this process that are not over."""

    running: dict[Place, RunningTurn] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def begin(self, place: Place, events: AsyncIterator[TurnEvent]) -> RunningTurn:
        """A turn on its way; the one that is when it was begun before."""
        if place in self.running:
            return self.running[place]
        turn = self.running[place] = RunningTurn()
        task = asyncio.create_task(turn.run(events))
        self.tasks.add(task)
        task.add_done_callback(lambda done: self._over(place, done))
        return turn

    async def finish(self) -> None:
        """Wait for those that are on their way."""
        if self.tasks:
            await asyncio.gather(*self.tasks, return_exceptions=True)

    def _over(self, place: Place, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        self.running.pop(place, None)
        if not task.cancelled():
            task.exception()  # it was told to whoever follows the turn
