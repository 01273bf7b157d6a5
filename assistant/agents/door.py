"""Our tools as LangChain tools: every call of a model goes through the toolbox, and a write becomes a proposal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage
from langchain_core.tools import BaseTool, StructuredTool
from langgraph.prebuilt import ToolRuntime

from assistant.agents.artifact import artifact_for, kept
from assistant.agents.situation import TurnContext, call_in
from assistant.approvals.desk import ApprovalDesk
from assistant.domain.people import Requester
from assistant.tools.tool import AnyTool, ToolResult
from assistant.tools.toolbox import Toolbox

Runtime = ToolRuntime[TurnContext, Any]
ONE_AT_A_TIME = "Not done: one change is proposed at a time. Propose this again when the other one was decided."
MOST_CALLS = 8  # of one message of a model


class Door:
    """Runs the calls of a model for the person of the turn, and enters what they propose in the book of approvals."""

    def __init__(self, toolbox: Toolbox, desk: ApprovalDesk) -> None:
        self._toolbox = toolbox
        self._desk = desk

    @property
    def tools(self) -> list[BaseTool]:
        """Every tool there is; which of them a person may use is decided for each call."""
        return [self.bound(tool) for tool in self._toolbox.all]

    def offered_to(self, requester: Requester) -> frozenset[str]:
        """The names of the tools that this person may use."""
        return frozenset(tool.name for tool in self._toolbox.offered_to(requester))

    def bound(self, tool: AnyTool) -> BaseTool:
        """A tool for a chain or agent of one's own, whose runtime context is a TurnContext."""

        async def run(runtime: Runtime, **values: object) -> tuple[str, dict[str, Any]]:
            return await self._run(tool.name, values, runtime)

        return StructuredTool(
            name=tool.name,
            description=tool.purpose,
            args_schema=tool.inputs.model_json_schema(),  # the toolbox checks the values, and says what is wrong
            coroutine=run,
            response_format="content_and_artifact",
        )

    async def _run(self, name: str, values: dict[str, object], runtime: Runtime) -> tuple[str, dict[str, Any]]:
        messages: Sequence[AnyMessage] = runtime.state["messages"]
        if self._comes_second(messages, runtime.tool_call_id):
            result = ToolResult(ONE_AT_A_TIME, failed="one_at_a_time")
        else:
            result = await self._toolbox.run(name, values, call_in(messages, runtime.context))
        approval = await self._desk.propose(result.proposal) if result.proposal else None
        return result.text, kept(artifact_for(name, result, approval))

    def _comes_second(self, messages: Sequence[AnyMessage], mine: str | None) -> bool:
        """Whether the model's message proposes another write before this one, or calls more tools than it may."""
        asked = next((said for said in reversed(messages) if isinstance(said, AIMessage)), AIMessage(""))
        writes = [call["id"] for call in asked.tool_calls if self._toolbox.writes(call["name"])]
        return mine in writes[1:] or mine in [call["id"] for call in asked.tool_calls][MOST_CALLS:]
