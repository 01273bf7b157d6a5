"""An agent in memory over the tools of the small world, and a way to talk with it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver

from assistant.agents.agent import Agent
from assistant.agents.events import ApprovalAsked, TurnEvent, TurnFinished
from assistant.agents.graph import AgentParts, build_agent
from assistant.agents.language_model import LanguageModel
from assistant.agents.understanding.reading import Catalogue
from assistant.domain.approvals import Approval
from assistant.domain.people import Requester
from assistant.testing import MemoryThreads
from tests.contract.prm_world import ACME
from tests.unit.tools.workplace import Workplace, workplace

PRODUCTS = Catalogue(("Keep", "Lantern", "Ledge", "Sentinel"), vendor="Skerrow")


async def catalogue() -> Catalogue:
    """What the vendor sells."""
    return PRODUCTS


@dataclass(slots=True)
class Office:
    """An agent and everything behind it. Several may share one place and one saver, as processes do."""

    place: Workplace
    agent: Agent
    saver: BaseCheckpointSaver[Any]
    threads: MemoryThreads

    async def events(self, text: str, *, who: Requester = ACME, thread: str = "t1", turn: str = "") -> list[TurnEvent]:
        """The events of a turn."""
        return [event async for event in self.agent.say(thread, text, requester=who, turn=turn)]

    def say(self, text: str, *, who: Requester = ACME, thread: str = "t1", turn: str = "") -> TurnFinished:
        """The end of a turn."""
        last = asyncio.run(self.events(text, who=who, thread=thread, turn=turn))[-1]
        assert isinstance(last, TurnFinished)
        return last

    def waiting(self, *, who: Requester = ACME) -> tuple[Approval, ...]:
        """What this person may decide."""
        return asyncio.run(self.place.book.pending(requester=who))


def asked(events: list[TurnEvent]) -> ApprovalAsked:
    """The one approval that was asked for."""
    (found,) = [event for event in events if isinstance(event, ApprovalAsked)]
    return found


def office(
    place: Workplace | None = None,
    *,
    saver: BaseCheckpointSaver[Any] | None = None,
    threads: MemoryThreads | None = None,
    model: LanguageModel | None = None,
) -> Office:
    """A fresh agent; with the parts of another one it is another process of the same installation."""
    place = place or workplace()
    saver = saver or InMemorySaver()
    threads = threads or MemoryThreads()
    parts = AgentParts(
        toolbox=place.toolbox,
        book=place.book,
        desk=place.desk,
        threads=threads,
        clock=place.clock,
        catalogue=catalogue,
        saver=saver,
        model=model,
    )
    return Office(place, build_agent(parts), saver, threads)
