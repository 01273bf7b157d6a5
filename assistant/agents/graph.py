"""The graph of the agent: LangChain's, with our tools, our conduct, and a checkpointer that the caller chooses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from langchain.agents import create_agent
from langgraph.checkpoint.base import BaseCheckpointSaver

from assistant.agents.agent import Agent, Graph
from assistant.agents.conduct import Conduct
from assistant.agents.door import Door
from assistant.agents.language_model import LanguageModel
from assistant.agents.memory import Memory
from assistant.agents.planner import ExtractiveChatModel
from assistant.agents.situation import TurnContext
from assistant.agents.understanding.reading import Catalogue
from assistant.approvals.desk import ApprovalDesk
from assistant.ports.approvals import ApprovalBook
from assistant.ports.clock import Clock
from assistant.ports.thread_store import ThreadStore
from assistant.tools.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class AgentParts:
    """What an agent is made of. Without a `model` the rules plan."""

    toolbox: Toolbox
    book: ApprovalBook
    desk: ApprovalDesk
    threads: ThreadStore
    clock: Clock
    catalogue: Callable[[], Awaitable[Catalogue]]
    saver: BaseCheckpointSaver[Any]
    model: LanguageModel | None = None


def build_agent(parts: AgentParts) -> Agent:
    """An agent of these parts."""
    return Agent(
        graph=build_graph(Door(parts.toolbox, parts.desk), parts.book, parts.saver, model=parts.model),
        book=parts.book,
        desk=parts.desk,
        threads=parts.threads,
        memory=Memory(parts.saver, parts.model.model if parts.model else None),
        clock=parts.clock,
        catalogue=parts.catalogue,
    )


def build_graph(
    door: Door, book: ApprovalBook, saver: BaseCheckpointSaver[Any], *, model: LanguageModel | None = None
) -> Graph:
    """The compiled graph, for whoever takes it into a graph of their own."""
    return create_agent(
        ExtractiveChatModel(),
        tools=door.tools,
        middleware=[Conduct(door, book, model)],
        context_schema=TurnContext,
        checkpointer=saver,
        name="liaison",
    )
