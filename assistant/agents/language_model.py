"""A language model in the agent: asked within the budget, counted, and replaced by the rules when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from langchain.agents.middleware import ModelRequest, ModelResponse
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage

from assistant.agents.artifact import artifact_of
from assistant.agents.situation import TurnContext, language_of, own_words
from assistant.answering.budget import Budget
from assistant.answering.generate import language_name
from assistant.answering.model_call import CHARACTERS_PER_TOKEN, Tally
from assistant.errors import StorageError
from assistant.tools.guard import OutputGuard
from assistant.tools.speech import unordered
from prompts.agent import instructions
from prompts.messages import message


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A chat model with what it may take, and the guard of what it says. `seconds` is how long one call may last."""

    model: BaseChatModel
    name: str
    budget: Budget
    guard: OutputGuard
    seconds: float = 30.0

    async def reply(
        self,
        request: ModelRequest[TurnContext],
        handler: Callable[[ModelRequest[TurnContext]], Awaitable[ModelResponse[Any]]],
        given: TurnContext,
    ) -> AIMessage | None:
        """The model's message; None when its budget is used up or it gave none that can be used."""
        if not await self.budget.left(given.requester):
            return None
        prompt = instructions(today=given.now.date(), language=language_name(language_of(request.messages, given)))
        asked = request.override(model=self.model, system_message=SystemMessage(prompt))
        try:
            response = await asyncio.wait_for(handler(asked), self.seconds)
        except Exception:  # noqa: BLE001 - whatever a provider raises, the conversation goes on without it
            return None
        made = response.result[-1] if response.result else None
        if not isinstance(made, AIMessage):
            return None
        await self._record(request, made, given)
        return made if made.text or made.tool_calls else None

    async def shown(self, text: str, messages: Sequence[AnyMessage], given: TurnContext) -> str:
        """What the model wrote as the person may read it: names of other partners stay only where they know them.

        What only an order in a tool's text says is left out, and the person is told so.
        """
        found = [str(said.text) for said in messages if _found(said)]
        known = [*found, *(str(said.text) for said in messages if isinstance(said, HumanMessage))]
        language = language_of(messages, given)
        own = filter(None, map(own_words, messages))
        said, ordered = unordered(text, told=found, own=own, language=language)
        said = (await self.guard.guarded(said, requester=given.requester, known=known, language=language)).text
        return f"{said}\n\n{message('ordered_words', language)}".strip() if ordered else said

    async def _record(self, request: ModelRequest[TurnContext], made: AIMessage, given: TurnContext) -> None:
        used = made.usage_metadata
        sent = sum(len(str(said.content)) for said in request.messages) // CHARACTERS_PER_TOKEN
        tally = Tally(
            calls=1,
            input_tokens=used["input_tokens"] if used else sent,
            output_tokens=used["output_tokens"] if used else len(made.text) // CHARACTERS_PER_TOKEN,
            estimated=used is None,
        )
        try:
            await self.budget.record(given.requester, self.name, tally)
        except StorageError:
            return  # the message is there; the ledger's own health check tells of it


def _found(said: AnyMessage) -> bool:
    """Whether a tool told this from records; what it refused or proposes repeats the model's own words."""
    kept = artifact_of(said)
    return kept is not None and not kept.failed and not kept.approval_id
