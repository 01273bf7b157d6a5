"""Callers who leave before their answer is there: the work for them stops, sent whole or in pieces."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

T = TypeVar("T")
GONE = 499  # the status that logs and counters show for it, as nginx has it; nobody receives it


class ClosingStream(StreamingResponse):
    """A stream that closes its generator, and with it all that works for it, as soon as nobody reads on."""

    def __init__(self, pieces: AsyncGenerator[bytes], status_code: int = 200) -> None:  # FastAPI documents the default
        super().__init__(pieces, status_code)
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        async with aclosing(self._pieces):
            await super().__call__(scope, receive, send)


async def while_there(request: Request, work: Coroutine[Any, Any, T]) -> T | None:
    """What the work comes to, or None, and the work is cancelled, when the caller leaves before.

    The body of the request must have been read. Raises what the work raises.
    """
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
