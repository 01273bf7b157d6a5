"""`python -m evals.agent_speed [TURNS]`: what a turn costs beside model and PRM, and fifty threads at once.

The installation is a real one on SQLite in a temporary folder. Calls of the PRM, and of the scripted model in the
second part, are timed apart and taken off. In the second part each thread streams a turn of a model that takes half a
second a call, calls a tool and then tells the result; status is the first event, done the last. With 10,000 turns the
first part shows whether memory grows.
"""

from __future__ import annotations

import asyncio
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.checkpoint.base import BaseCheckpointSaver

from assistant.agents.agent import Agent
from assistant.agents.events import ApprovalAsked, TurnFinished, TurnStarted
from assistant.agents.graph import AgentParts, build_agent
from assistant.agents.language_model import LanguageModel
from assistant.agents.products import ProductNames
from assistant.answering.budget import Budget
from assistant.domain.people import principal
from assistant.ports.prm import Prm
from assistant.testing import HashEmbedder
from assistant.tools.guard import OutputGuard
from integrations.agency import toolbox_of, trace_at_once
from integrations.bootstrap import Liaison, build
from integrations.settings import Settings

SAMPLES = Path(__file__).parents[1] / "samples"
TURNS, THREADS, LATENCY = 200, 50, 0.5
MANY = 5_000  # turns, from which on their memory is told on the way
WHO = principal("partner:severn")
SAID = (
    "What is the status of my deals?",
    "Please register Harrow Mills Ltd, Leeds, United Kingdom, Skerrow Keep, 65,000 GBP, it@harrow-mills.example",
    "Closing on 15 March 2027. They cannot restore deleted data after an attack.",
    "no",
)


class TimedPrm:
    """A PRM whose calls are timed."""

    def __init__(self, prm: Prm) -> None:
        self._prm = prm
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Callable[..., Awaitable[object]]:
        """The call of this name, timed."""
        work = getattr(self._prm, name)

        async def timed(*args: object, **named: object) -> object:
            start = time.perf_counter()
            try:
                return await work(*args, **named)
            finally:
                self.seconds += time.perf_counter() - start

        return timed


class SlowModel(BaseChatModel):
    """Half a second a call: first the tool, then what it found."""

    @property
    def _llm_type(self) -> str:
        return "slow"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:  # noqa: ANN401, ARG002 - LangChain's signature
        """Itself: the script knows which tool it calls."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401 - LangChain's signature
    ) -> ChatResult:
        raise NotImplementedError

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002 - LangChain's signature
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002 - as above
        **kwargs: Any,  # noqa: ANN401, ARG002 - as above
    ) -> ChatResult:
        await asyncio.sleep(LATENCY)
        call = {"name": "list_deals", "args": {}, "id": f"c{len(messages)}"}
        told = isinstance(messages[-1], ToolMessage)
        made = AIMessage("These are your deals.") if told else AIMessage("", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=made)])


async def measure(turns: int) -> None:
    """Print both parts."""
    with tempfile.TemporaryDirectory(prefix="liaison-speed-") as folder:
        rules = SAMPLES / "prm" / "rules.yaml"
        products = ("keep", "lantern", "ledge")
        settings = Settings(data=Path(folder), products=products, vendor="Skerrow", prm_rules=rules)
        liaison = build(settings, embedder=HashEmbedder())
        liaison.prm.seed(SAMPLES / "prm", data=Path(folder), tenant="default")
        timed = TimedPrm(liaison.prm.prm)
        trace_at_once()
        async with liaison.checkpoints() as saver:
            await _alone(_agent(liaison, timed, saver), timed, turns)
            budget = Budget(liaison.model_ledger, liaison.clock)
            guard = OutputGuard(liaison.prm.prm, clock=liaison.clock)
            await _together(_agent(liaison, timed, saver, LanguageModel(SlowModel(), "scripted", budget, guard)))
        liaison.close()


def _agent(
    liaison: Liaison, prm: TimedPrm, saver: BaseCheckpointSaver[Any], model: LanguageModel | None = None
) -> Agent:
    return build_agent(
        AgentParts(
            toolbox=toolbox_of(liaison, prm=cast("Prm", prm)),
            book=liaison.approvals,
            desk=liaison.approval_desk,
            threads=liaison.conversations.threads,
            clock=liaison.clock,
            catalogue=ProductNames(liaison.content, liaison.settings.products, liaison.settings.vendor),
            saver=saver,
            model=model,
        )
    )


async def _alone(agent: Agent, prm: TimedPrm, turns: int) -> None:
    took, sizes, proposed = [], [0.0], 0
    for number in range(turns):
        if number and number % max(1, turns // 10) == 0:
            sizes.append(_resident() / 1024)
            if turns >= MANY:
                _say(f"{number} turns: at most {sizes[-1]:.0f} MiB of memory")
        prm.seconds, start, cpu = 0.0, time.perf_counter(), time.process_time()
        async for event in agent.say(f"alone {number // 40}", SAID[number % len(SAID)], requester=WHO):
            proposed += isinstance(event, ApprovalAsked)
        took.append((time.perf_counter() - start - prm.seconds, time.process_time() - cpu))
    walls, cpus = ([pair[place] * 1000 for pair in took] for place in (0, 1))
    grown = _resident() / 1024 - sizes[min(1, len(sizes) - 1)]
    told = f"{turns} turns alone with {proposed} proposals, without PRM"
    _say(f"{told}: wall {_spread(walls)}, CPU with PRM {_spread(cpus)}; grown by {grown:.0f} MiB after a tenth of them")


async def _together(agent: Agent) -> None:
    firsts, lasts, errors = [], [], 0

    async def one(number: int) -> None:
        nonlocal errors
        start = time.perf_counter()
        try:
            async for event in agent.say(f"together {number}", "Show my deals", requester=WHO):
                if isinstance(event, TurnStarted):
                    firsts.append((time.perf_counter() - start) * 1000)
                if isinstance(event, TurnFinished):
                    lasts.append((time.perf_counter() - start) * 1000)
        except Exception as error:  # noqa: BLE001 - counted and shown
            errors += 1
            _say(f"error: {error!r}")

    await asyncio.gather(*(one(number) for number in range(THREADS)))
    _say(f"{THREADS} threads at once: first event {_spread(firsts)}, done {_spread(lasts)}, {errors} errors")


def _spread(values: list[float]) -> str:
    ordered = sorted(values) or [0.0]
    return f"p50 {statistics.median(ordered):.0f} ms, p95 {ordered[int(len(ordered) * 0.95) - 1]:.0f} ms"


def _resident() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - what the command is for


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else TURNS))
