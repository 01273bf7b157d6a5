"""A way past everything that other requests go through, for an application that does all of it itself."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations.surfaces.http.metrics import Metrics


class Bypass:
    """Serves one path by an application of its own, which bounds, checks and logs its requests as it needs to.

    They are counted like others, and while the server is stopping their connections end with the response.
    """

    def __init__(
        self, app: ASGIApp, *, path: str, target: ASGIApp, metrics: Metrics, draining: Callable[[], bool]
    ) -> None:
        self._app = app
        self._path = path
        self._target = target
        self._metrics = metrics
        self._draining = draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] != self._path:
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if self._draining():
                    message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        try:
            await self._target(scope, receive, sent)
        finally:
            self._metrics.served(self._path, scope["method"], status, seconds=time.perf_counter() - started)
