"""From what was kept to the workspace it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from integrations.surfaces.slack.delivery import Delivery, Json
from integrations.surfaces.slack.forgetting import GONE_EVENTS, Forgetting
from integrations.surfaces.slack.workspaces import Workspaces

OWN = "liaison_"  # kinds of events that Liaison keeps for itself
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
        if delivery.kind.startswith(OWN):
            await workspace.app.interactions.news(delivery)
            return
        await workspace.bolt.take(delivery)

    async def at_once(self, delivery: Delivery) -> Json:
        """What Slack shows from the reply to its request: a form that was sent, or the lines of a menu."""
        workspace = await self.workspaces.of(delivery)
        return await workspace.app.interactions.at_once(delivery) if workspace else {}

    async def teams(self, named: frozenset[str]) -> frozenset[str]:
        """The workspaces that serve these ones, each once."""
        served = [await self.workspaces.team(team) for team in sorted(named)]
        return frozenset(workspace.app.bot.team for workspace in served if workspace)
