"""What a thread remembers: its checkpoints, and a summary in the place of the oldest messages of a long one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from langchain.agents.middleware import SummarizationMiddleware
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AnyMessage, MessageLikeRepresentation
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.runtime import Runtime

from assistant.agents.planner import ExtractiveChatModel
from assistant.agents.situation import own_words

LONG = 80  # messages, after which a thread is shortened
KEPT = 30  # messages that stay as they were
PRUNED = 5  # turns between two looks for checkpoints that nobody needs
TOLD = 12  # requests that a summary without a model tells, in their first words
FIRST_WORDS = 160  # characters


class Memory:
    """Shortens and forgets threads. The summary is by the model where there is one, else the person's own requests."""

    def __init__(self, saver: BaseCheckpointSaver[Any], model: BaseChatModel | None = None) -> None:
        self._saver = saver
        self._shortening: SummarizationMiddleware[Any, Any] = SummarizationMiddleware(
            model or ExtractiveChatModel(),
            trigger=("messages", LONG),
            keep=("messages", KEPT),
            summarizer=None if model else _requests,
        )

    async def shortened(self, messages: Sequence[AnyMessage]) -> list[MessageLikeRepresentation]:
        """The messages that shorten the thread when they are added to it; none while it is short.

        It is done before a turn and not as a step of the graph, which would cost every turn a checkpoint.
        """
        if len(messages) < LONG:
            return []
        update = await self._shortening.abefore_model(
            cast("Any", {"messages": list(messages)}), cast("Runtime[Any]", None)
        )
        return list(update["messages"]) if update else []

    async def prune(self, thread_id: str, messages: Sequence[AnyMessage]) -> None:
        """Drop what came before the newest checkpoint of a thread, at every fifth turn or so."""
        turns = sum(bool(own_words(said)) for said in messages)
        if turns % PRUNED == 0 and type(self._saver).aprune is not BaseCheckpointSaver.aprune:
            await self._saver.aprune([thread_id])

    async def forget(self, thread_id: str) -> None:
        """Delete every checkpoint of a thread."""
        await self._saver.adelete_thread(thread_id)


def _requests(messages: Sequence[AnyMessage]) -> str:
    """The person's latest requests among these messages, each in its first words."""
    asked = [words for said in messages if (words := " ".join(own_words(said).split()))]
    return "\n".join(f"- {words[:FIRST_WORDS]}" for words in asked[-TOLD:])
