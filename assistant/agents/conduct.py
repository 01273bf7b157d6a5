"""How a turn is conducted: which tools a model gets, when it waits for a person, and what it says whatever it says.

Everything is done around the call of the model, in its own step: each step of a graph is a write to the checkpoint.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from langchain.agents.middleware import AgentMiddleware, AgentState, ModelRequest, ModelResponse
from langchain.agents.middleware.types import ExtendedModelResponse
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langgraph.types import Command, interrupt

from assistant.agents.artifact import Artifact, artifact_of, kept, open_proposal
from assistant.agents.door import Door
from assistant.agents.language_model import LanguageModel
from assistant.agents.planner import ExtractiveChatModel
from assistant.agents.situation import ASKS, CLOSES, EDIT, REFUSED, TurnContext, language_of, waiting
from assistant.agents.wording import outcome_text
from assistant.ports.approvals import ApprovalBook
from prompts.messages import message

MOST_STEPS = 8  # messages of a model in one turn
Request = ModelRequest[TurnContext]
Handler = Callable[[Request], Awaitable[ModelResponse[Any]]]


@dataclass(frozen=True, slots=True)
class News:
    """What became of proposals since the conversation last heard of them."""

    messages: tuple[ToolMessage, ...] = ()

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        """The artifacts of the messages."""
        return tuple(found for said in self.messages if (found := artifact_of(said)) is not None)


class Conduct(AgentMiddleware[AgentState[Any], TurnContext]):
    """The middleware of the agent. The book of approvals is the truth; the graph is told of it before each step."""

    def __init__(self, door: Door, book: ApprovalBook, model: LanguageModel | None = None) -> None:
        super().__init__()
        self._door = door
        self._book = book
        self._model = model
        self._planner = ExtractiveChatModel()

    async def awrap_model_call(self, request: Request, handler: Handler) -> ExtendedModelResponse[Any] | AIMessage:
        """The next message of the assistant: a reply, or calls of tools."""
        given = request.runtime.context
        messages = list(request.messages)
        news = await self._news(messages, given)
        while _undecided(messages, news):
            interrupt("waits for a decision")
            news = await self._news(messages, given)
        fresh = [next((new for new in news.messages if new.id == said.id), said) for said in messages]
        reply = _without_model(fresh) or await self._modelled(request.override(messages=fresh), handler, news)
        reply = _reminding(reply, fresh, language_of(messages, given))
        return ExtendedModelResponse(ModelResponse(result=[reply]), Command(update={"messages": list(news.messages)}))

    async def _modelled(self, request: Request, handler: Handler, news: News) -> AIMessage:
        given = request.runtime.context
        offered = self._door.offered_to(given.requester)
        tools = [tool for tool in request.tools if getattr(tool, "name", "") in offered]
        known = {"given": given, "news": news.artifacts}
        planner = request.override(tools=tools, model=self._planner, model_settings=known)
        if self._model is None:
            return _last(await handler(planner))
        made = await self._model.reply(request.override(tools=tools), handler, given)
        if made is None:  # the budget is used up, or the model does not answer: the rules go on in its place
            return _last(await handler(planner))
        told = [outcome_text(each, language_of(request.messages, given)) for each in news.artifacts]
        shown = await self._model.shown(made.text, request.messages, given)
        text = "\n\n".join(part for part in (*told, shown) if part)
        return AIMessage(text, tool_calls=made.tool_calls, id=made.id, usage_metadata=made.usage_metadata)

    async def _news(self, messages: Sequence[AnyMessage], given: TurnContext) -> News:
        changed = []
        for said in messages:
            found = open_proposal(said)
            if found is None or not isinstance(said, ToolMessage):
                continue
            approval = await self._book.get(found.approval_id, requester=given.requester)
            if approval.state.value != found.state:
                now = found.after(approval)
                text = outcome_text(now, "en")
                changed.append(said.model_copy(update={"content": text, "artifact": kept(now)}))
        return News(tuple(changed))


def _undecided(messages: Sequence[AnyMessage], news: News) -> bool:
    """Whether the newest message is a proposal that nobody has decided."""
    last = messages[-1] if messages else None
    if not isinstance(last, ToolMessage) or last.id in {said.id for said in news.messages}:
        return False
    found = open_proposal(last)
    return found is not None and found.undecided


def _without_model(messages: Sequence[AnyMessage]) -> AIMessage | None:
    """The reply that needs no model: an edit that somebody wrote, a cited answer as it stands, the end of patience."""
    last = messages[-1]
    if isinstance(last, HumanMessage) and (edit := last.additional_kwargs.get(EDIT)):
        return AIMessage("", tool_calls=[{"name": edit["name"], "args": edit["args"], "id": f"edit-{last.id}"}])
    if isinstance(last, HumanMessage) and (why := last.additional_kwargs.get(REFUSED)):
        return AIMessage(why)
    steps = 0
    for said in reversed(messages):
        if isinstance(said, HumanMessage):
            break
        steps += isinstance(said, AIMessage)
    found = artifact_of(last) if isinstance(last, ToolMessage) else None
    asked = next((said for said in reversed(messages) if isinstance(said, AIMessage)), None)
    if found is not None and found.answer and asked is not None and len(asked.tool_calls) == 1:
        return AIMessage(found.answer, additional_kwargs={CLOSES: not asked.text})
    return AIMessage(message("agent_too_long", "en")) if steps >= MOST_STEPS else None


def _reminding(reply: AIMessage, messages: Sequence[AnyMessage], language: str) -> AIMessage:
    """The reply, saying what still waits for a decision, so that a yes to it is a yes to that."""
    found = waiting(messages)
    if found is None or not found[1].undecided or reply.tool_calls:
        return reply
    marks = {**reply.additional_kwargs, CLOSES: False, ASKS: found[1].approval_id}
    text = f"{reply.text}\n\n{message('agent_still_waits', language)}"
    return reply.model_copy(update={"content": text, "additional_kwargs": marks})


def _last(response: ModelResponse[Any]) -> AIMessage:
    found = response.result[-1]
    if not isinstance(found, AIMessage):
        raise TypeError(f"A model answered with {type(found).__name__}.")
    return found
