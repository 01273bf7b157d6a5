"""Replies to the address that comes with a command or click; only the person who acted sees them."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
from slack_sdk.webhook.async_client import AsyncWebhookClient

from assistant.errors import ProviderUnavailable
from integrations.surfaces.slack.delivery import Json


@dataclass(frozen=True, slots=True)
class Responses:
    """Sends them over one session."""

    session: aiohttp.ClientSession | None

    async def tell(self, payload: Json, text: str, *, blocks: list[Json] | None = None, instead: bool = False) -> None:
        """Reply to what Slack delivered, with `instead` in the place of the message that was clicked.

        An address that Slack has closed is passed over; raises ProviderUnavailable when Slack cannot take it now.
        """
        url = str(payload.get("response_url") or "")
        if not url:
            return
        sent = await AsyncWebhookClient(url, session=self.session).send(
            text=text[:3000],
            blocks=blocks,
            response_type="ephemeral",
            replace_original=True if instead else None,
        )
        if sent.status_code >= 500 or sent.status_code == 429:
            raise ProviderUnavailable("Slack did not take the reply to a command or click.")
