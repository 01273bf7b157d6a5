"""The agent of an installation: its tools on its ports, its approvals, its model, and a checkpointer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import Context
from typing import TYPE_CHECKING, Any

from langsmith import set_runtime_overrides
from langsmith.utils import tracing_is_enabled

from assistant.agents.graph import AgentParts, build_agent
from assistant.agents.language_model import LanguageModel
from assistant.agents.products import ProductNames
from assistant.campaigns.library import Library
from assistant.ports.prm import Prm
from assistant.tools.deal_form import Products
from assistant.tools.guard import OutputGuard
from assistant.tools.roster import Parts, roster
from assistant.tools.toolbox import Toolbox
from integrations.campaigning import reviews_of
from integrations.coselling import desk_of

if TYPE_CHECKING:
    from assistant.agents.agent import Agent
    from integrations.bootstrap import Liaison


@asynccontextmanager
async def open_agent(liaison: Liaison) -> AsyncIterator[Agent]:
    """Conversations that do things, for as long as the context lasts. Raises StorageError."""
    settings = liaison.settings
    trace_at_once()
    async with liaison.checkpoints() as saver:
        yield build_agent(
            AgentParts(
                toolbox=toolbox_of(liaison),
                book=liaison.approvals,
                desk=liaison.approval_desk,
                threads=liaison.conversations.threads,
                clock=liaison.clock,
                catalogue=ProductNames(liaison.content, settings.products, settings.vendor),
                saver=saver,
                model=_model_of(liaison),
            )
        )


def _model_of(liaison: Liaison) -> LanguageModel | None:
    """The model of the settings behind the guard of what people read; None without one."""
    made, settings = liaison.generation, liaison.settings
    if made is None:
        return None
    guard = OutputGuard(liaison.prm.prm, clock=liaison.clock, hosts=settings.link_hosts)
    return LanguageModel(made.writer.model, made.writer.name, made.budget, guard, settings.model_timeout)


def toolbox_of(liaison: Liaison, *, prm: Prm | None = None) -> Toolbox:
    """Every tool, on the parts of this installation; another `prm` for whoever wants to watch its calls."""
    settings, library = liaison.settings, Library()
    return roster(
        Parts(
            prm=prm or liaison.prm.prm,
            desk=liaison.prm.desk,
            conversation=liaison.conversation,
            feedback=liaison.feedback,
            escalations=liaison.conversations.escalations,
            cosell=desk_of(liaison, prm=prm),
            library=library,
            programme=settings.programme,
            products=Products(settings.products),
            reviews=reviews_of(liaison, library),
        )
    )


def trace_at_once() -> None:
    """Keep LangSmith's bookkeeping of each step out of threads while it traces nothing."""
    set_runtime_overrides(aio_to_thread=_traced)


async def _traced(
    default: Callable[..., Awaitable[Any]],
    context: Context,
    work: Callable[..., Any],
    /,
    *args: Any,  # noqa: ANN401 - LangSmith's signature
    **named: Any,  # noqa: ANN401 - as above
) -> Any:  # noqa: ANN401 - as above
    """LangSmith's bookkeeping of a step: in a thread when it traces, else at once, since it then does nothing."""
    return await default(context, work, *args, **named) if tracing_is_enabled() else context.run(work, *args, **named)
