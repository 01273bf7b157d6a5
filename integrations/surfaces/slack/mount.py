"""Slack's request URL in the HTTP server: served from when the surface is open until it closes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import structlog
from starlette.routing import Route

from assistant.errors import LiaisonError
from integrations.bootstrap import Liaison
from integrations.surfaces.slack.ingress import Ingress, Message, Receive, Send
from integrations.surfaces.slack.installing import install_routes
from integrations.surfaces.slack.manifest import PATH
from integrations.surfaces.slack.surface import open_surface

log = structlog.get_logger("liaison.slack")


@dataclass
class Mount:
    """An ASGI application. While the surface is not open it says 503, and Slack delivers again later."""

    liaison: Liaison
    ingress: Ingress | None = None
    path: str = PATH

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Serve Slack for as long as the context lasts; when it cannot be opened, everything else is served."""
        async with AsyncExitStack() as stack:
            try:
                surface = await stack.enter_async_context(open_surface(self.liaison))
            except LiaisonError as error:
                log.warning("slack is not served", reason=error.message, hint=error.hint)
            else:
                self.ingress = surface.ingress()
                stack.callback(self._close)
            yield

    def pages(self) -> list[Route]:
        """The pages by which workspaces install the app; none where only one is served.

        Raises SettingsError when something is missing for them.
        """
        return install_routes(self.liaison) if self.liaison.settings.slack_client_id else []

    def _close(self) -> None:
        self.ingress = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if self.ingress is None:
            await send({"type": "http.response.start", "status": 503, "headers": [(b"retry-after", b"60")]})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self.ingress(scope, receive, send)
