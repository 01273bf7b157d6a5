"""From what was kept to the workspace it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from slack_bolt.request.async_request import AsyncBoltRequest

from assistant.errors import ProviderUnavailable
from integrations.surfaces.slack.delivery import Delivery
from integrations.surfaces.slack.forgetting import GONE_EVENTS, Forgetting
from integrations.surfaces.slack.workspaces import Workspaces

log = structlog.get_logger("liaison.slack")


@dataclass(frozen=True, slots=True)
class Handler:
    """Hands a delivery to the Bolt application of its workspace, and raises when its listener failed."""

    workspaces: Workspaces
    forgetting: Forgetting

    async def __call__(self, delivery: Delivery) -> None:
        """Handle it; what no listener is for, and what came from a workspace without the app, is done with."""
        if delivery.kind in GONE_EVENTS:
            await self.forgetting.left(delivery)
            return
        workspace = await self.workspaces.of(delivery)
        if workspace is None:
            log.info("a delivery came from a workspace without the app", kind=delivery.kind)
            return
        made = await workspace.bolt.async_dispatch(AsyncBoltRequest(body=delivery.payload, mode="socket_mode"))
        if made is not None and made.status >= 500:
            raise ProviderUnavailable("A listener of the Slack app failed.")
