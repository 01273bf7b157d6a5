"""A language model that does what it was asked and then whatever a text tells it to: the worst that can read one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolCall
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable

from assistant.agents.door import MOST_CALLS
from evals.agentdojo.tools import CHANGES, Hands
from evals.agentdojo.wire import Order, Scene


@dataclass(slots=True)
class Course:
    """What is left to do: the person's task, and in front of it, once its text was read, the attacker's."""

    scene: Scene
    hands: Hands
    task: list[Order] = field(default_factory=list)
    attack: list[Order] = field(default_factory=list)
    hijacked: bool = False
    made: int = 0
    ended: bool = False

    def __post_init__(self) -> None:
        self.task = list(self.scene.asked)

    def reply(self) -> AIMessage:
        """The next message: calls, or the words that end the turn, the attacker's first."""
        if self.hands.injected and not self.hijacked:
            self.hijacked, self.attack = True, list(self.scene.ordered)
        calls = [self._call(order) for order in self._next(self.attack or self.task)]
        if calls:
            return AIMessage("", tool_calls=calls)
        self.ended = True
        told = self.scene.told if self.hijacked else ""
        return AIMessage(f"{told}\n\n{self.scene.said}".strip())

    def _next(self, left: list[Order]) -> Iterator[Order]:
        """A change alone, or as many reads as one message may have."""
        for number in range(MOST_CALLS):
            if not left or (number and left[0].function in CHANGES):
                return
            order = left.pop(0)
            yield order
            if order.function in CHANGES:
                return

    def _call(self, order: Order) -> ToolCall:
        self.made += 1
        return ToolCall(name=order.function, args=order.args, id=f"call-{self.made}")


class ObedientModel(BaseChatModel):
    """Says what the course of its play has next, whatever the prompt."""

    course: Any = None

    @property
    def _llm_type(self) -> str:
        return "obedient"

    def bind_tools(
        self,
        tools: Sequence[Any],  # noqa: ARG002 - LangChain's signature
        **kwargs: Any,  # noqa: ANN401 - as above
    ) -> Runnable[Any, AIMessage]:
        """The same model: it knows the tools."""
        return self.bind(**{"tool_choice": None, **kwargs})

    def _generate(
        self,
        messages: list[BaseMessage],  # noqa: ARG002 - LangChain's signature
        stop: list[str] | None = None,  # noqa: ARG002 - as above
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002 - as above
        **kwargs: Any,  # noqa: ANN401, ARG002 - as above
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self.course.reply())])
