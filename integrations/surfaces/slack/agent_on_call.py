"""The agent of this process, opened when somebody first wants something done."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from integrations.bootstrap import Liaison

if TYPE_CHECKING:
    from assistant.agents.agent import Agent


@dataclass(slots=True)
class AgentOnCall:
    """Opens it once. Close it in the loop that opened it, when nobody talks with it any more."""

    liaison: Liaison
    _opened: AsyncExitStack = field(default_factory=AsyncExitStack)
    _agent: Agent | None = None
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __call__(self) -> Agent:
        """The agent. Raises StorageError."""
        async with self._opening:
            if self._agent is None:
                from integrations.agency import open_agent  # noqa: PLC0415 - its libraries take their time

                self._agent = await self._opened.enter_async_context(open_agent(self.liaison))
            return self._agent

    async def close(self) -> None:
        """Give it back."""
        await self._opened.aclose()
