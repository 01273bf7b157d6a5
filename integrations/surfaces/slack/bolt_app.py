"""Bolt's application, with one more way in: for what was verified, kept and acknowledged before."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from assistant.errors import ProviderUnavailable
from integrations.surfaces.slack.delivery import Delivery

AGAIN = "handled_before"  # in the context of a listener: whether this is not the first attempt


class WorkspaceApp(AsyncApp):
    """The listeners of one workspace. Constructor and behaviour are Bolt's, and stand wherever Bolt's do."""

    async def take(self, delivery: Delivery) -> None:
        """Hand a kept delivery to its listener; done with when there is none. Raises ProviderUnavailable if it fails.

        The mode is that of a socket, whose requests Bolt does not verify once more.
        """
        context = {AGAIN: delivery.again}
        made = await self.async_dispatch(AsyncBoltRequest(body=delivery.payload, context=context, mode="socket_mode"))
        if made is not None and made.status >= 500:
            raise ProviderUnavailable("A listener of the Slack app failed.")
