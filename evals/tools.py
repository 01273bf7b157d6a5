"""Requests to the agent, judged by the tool calls it makes and by nothing it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from langchain_core.messages import AIMessage, AnyMessage

from evals.case import Case, Observation
from evals.collect import Collected, collect
from evals.metrics.findings import TOOL_CALLS
from evals.red_team.payload import Payload
from evals.red_team.world import ANN, world
from evals.tool_calls import MadeCall, ToolCase, faults, load_tool_cases
from evals.workbench import ROOT, Workbench

DATASET = ROOT / "evals" / "datasets" / "tool_calls.jsonl"
SEEDED = Payload("clean", "Please add the website of the customer.")
THREAD = "tools"


async def collect_tools(_bench: Workbench) -> Collected:
    """Every request of ours to a fresh installation without a language model, as the partner of the sample PRM."""
    lines = {line.id: line for line in load_tool_cases(DATASET)}

    async def observe(case: Case) -> Observation:
        line = lines[case.id]
        made = await calls_for(line)
        wrong = faults(line.expected, made, ordered=line.ordered)
        told = tuple(f"error: {fault.kind}: {fault.tool} {fault.argument}".rstrip() for fault in wrong)
        return Observation(case_id=case.id, findings=told)

    return await collect([_case(line) for line in lines.values()], observe)


async def calls_for(line: ToolCase) -> list[MadeCall]:
    """The calls that the agent makes for a request until its turn ends."""
    place = world((SEEDED,))
    async for _event in place.agent.say(THREAD, line.question, requester=replace(ANN, locale=line.lang)):
        pass
    thread = await place.agent.threads.open(THREAD, requester=replace(ANN, locale=line.lang))
    state = await place.agent.graph.aget_state({"configurable": {"thread_id": thread.id}})
    messages: Sequence[AnyMessage] = state.values["messages"]
    said = [message for message in messages if isinstance(message, AIMessage)]
    return [MadeCall(name=call["name"], arguments=call["args"]) for message in said for call in message.tool_calls]


def _case(line: ToolCase) -> Case:
    slices = ("all", f"lang:{line.lang}", f"kind:{line.kind}")
    return Case(id=line.id, question=line.question, language=line.lang, kind=TOOL_CALLS, slices=slices)
