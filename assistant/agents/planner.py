"""The chat model without a language model: it reads by rules, calls tools, asks for what is missing, and says so."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from assistant.agents.artifact import Artifact
from assistant.agents.plan import next_step
from assistant.agents.scene import Step
from assistant.agents.situation import CLOSES, OPENS, TurnContext
from assistant.domain.people import ANONYMOUS

ToolLike = dict[str, Any] | type | Callable[..., Any] | BaseTool  # what LangChain takes for a tool
NOBODY = TurnContext(requester=ANONYMOUS, thread="", now=datetime(1970, 1, 1, tzinfo=UTC))


class ExtractiveChatModel(BaseChatModel):
    """A chat model that plans by fixed rules in eight languages and quotes instead of writing.

    A call may name `given`, who asks and when, and `news`, what became of proposals since the last message. It runs no
    network call and keeps nothing.
    """

    @property
    def _llm_type(self) -> str:
        return "extractive"

    def bind_tools(
        self,
        tools: Sequence[ToolLike],
        *,
        tool_choice: str | None = None,  # noqa: ARG002 - the rules choose
        **kwargs: Any,  # noqa: ANN401 - LangChain's signature
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The model with tools to call; it calls none it was not given."""
        return self.bind(offered=frozenset(_name(tool) for tool in tools), **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002 - LangChain's signature
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002 - as above
        **kwargs: Any,  # noqa: ANN401 - as above
    ) -> ChatResult:
        offered: frozenset[str] = kwargs.get("offered", frozenset())
        given: TurnContext = kwargs.get("given", NOBODY)
        news: tuple[Artifact, ...] = kwargs.get("news", ())
        step = next_step(cast("list[AnyMessage]", messages), given, offered=offered, news=news)
        return ChatResult(generations=[ChatGeneration(message=_message(step))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002 - LangChain's signature
        **kwargs: Any,  # noqa: ANN401 - as above
    ) -> ChatResult:
        return self._generate(messages, stop, None, **kwargs)


def _message(step: Step) -> AIMessage:
    calls = [{"name": call.tool, "args": call.args, "id": f"plan-{uuid.uuid4().hex}"} for call in step.calls]
    left = step.opens
    opens = {"intent": left.intent.value, "asks": list(left.asks), "deal": left.deal} if left else None
    return AIMessage(step.text, tool_calls=calls, additional_kwargs={OPENS: opens, CLOSES: step.closes})


def _name(tool: ToolLike) -> str:
    return tool.name if isinstance(tool, BaseTool) else str(convert_to_openai_tool(tool)["function"]["name"])
