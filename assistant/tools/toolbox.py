"""The tools of one installation, and the one door to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pydantic import ValidationError

from assistant.deals.draft import invalid
from assistant.domain.people import Requester
from assistant.errors import LiaisonError, PrmError
from assistant.tools.spotlight import unlinked
from assistant.tools.tool import AnyTool, Row, ToolCall, ToolResult


class Toolbox:
    """Tools by name. Every call of a model comes through `run`, which decides again who may use what."""

    def __init__(self, tools: Iterable[AnyTool]) -> None:
        self._tools = {tool.name: tool for tool in tools}

    @property
    def all(self) -> tuple[AnyTool, ...]:
        """Every tool of the installation."""
        return tuple(self._tools.values())

    def writes(self, name: str) -> bool:
        """Whether the tool of this name proposes changes; False for a name that no tool has."""
        return name in self._tools and self._tools[name].writes

    def offered_to(self, requester: Requester) -> tuple[AnyTool, ...]:
        """The tools this person may use; somebody unknown gets none."""
        return tuple(tool for tool in self._tools.values() if requester.known and tool.offered_to(requester))

    async def run(self, name: str, values: object, call: ToolCall) -> ToolResult:
        """The result of a tool for values a model made up; what is wrong with them is a result that says so.

        A tool that is not offered to the requester answers like one that does not exist.
        """
        offered = {tool.name: tool for tool in self.offered_to(call.requester)}
        tool = offered.get(name)
        if tool is None:
            return ToolResult(f"There is no tool {name!r}. Tools: {', '.join(offered)}.", failed="no_such_tool")
        try:
            return _shown(await tool.run(tool.inputs.model_validate(values), call))
        except ValidationError as error:
            return failure(invalid(error))
        except LiaisonError as error:
            return failure(error)


def failure(error: LiaisonError) -> ToolResult:
    """The result that tells a model what went wrong, with which field, and what to do next."""
    problems = error.problems if isinstance(error, PrmError) else ()
    lines = [f"Not done ({error.code}): {error.message}"]
    lines += [f"- {problem.field}: {problem.message}" for problem in problems if problem.field]
    lines += [f"Next: {error.hint}"] if error.hint else []
    return ToolResult("\n".join(lines), failed=error.code)


def _shown(result: ToolResult) -> ToolResult:
    """The result with no live link on its card; what an approver decides on stands there as it is."""
    if result.card is None:
        return result
    rows = result.card.rows if result.proposal else tuple(_quoted(row) for row in result.card.rows)
    card = replace(result.card, rows=rows, notes=tuple(unlinked(note) for note in result.card.notes))
    return replace(result, card=card)


def _quoted(row: Row) -> Row:
    return replace(row, label=unlinked(row.label), value=unlinked(row.value)) if row.foreign else row
