"""Calls of Slack's Web API within its rates: so many a minute of each method, and pauses as long as Slack asks for."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any, cast

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from assistant.errors import ProviderUnavailable

Json = dict[str, Any]
# Calls a minute of one app in one workspace (docs.slack.dev/apis/web-api/rate-limits): tiers 2, 3 and 4.
PER_MINUTE = {
    "chat.startStream": 20,
    "chat.stopStream": 20,
    "chat.update": 50,
    "conversations.info": 50,
    "chat.appendStream": 100,
    "chat.postEphemeral": 100,
    "conversations.members": 100,
    "users.info": 100,
    "views.publish": 100,
    "assistant.threads.setStatus": 300,  # of a tier of its own; the reference names no number
}
# Methods that look something up read a query: of a body of JSON they see nothing, and find nobody.
READS = frozenset(
    {
        *("conversations.info", "conversations.members", "conversations.replies"),
        *("files.info", "users.info", "users.lookupByEmail"),
    }
)
MOST_PAGES = 20  # of the members of a channel
POST_BURST = 4  # chat.postMessage: about one a second in each channel, with a short burst
ATTEMPTS = 6
CALL_SECONDS = 15.0
PATIENCE_SECONDS = 180.0


class SlackUnreachable(ProviderUnavailable):
    """Slack stays out of reach, or has no room for a call: what was to be said there is said later."""


class Governor:
    """Lets calls through as Slack's tiers allow, one window for each method, for posts one for each channel."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self._made: dict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._closed: dict[tuple[str, str], float] = {}

    def take(self, *calls: tuple[str, str]) -> float:
        """Room for all of these calls, each a method and a channel: 0 and they are counted, or the seconds to wait."""
        wait = max(self._wait(self._window(*call)) for call in calls)
        if wait <= 0:
            for call in calls:
                self._made[self._window(*call)].append(self.now())
        return max(0.0, wait)

    def close(self, method: str, channel: str, *, seconds: float) -> None:
        """Slack said to wait so long."""
        self._closed[self._window(method, channel)] = self.now() + seconds

    def _wait(self, window: tuple[str, str]) -> float:
        now, made = self.now(), self._made[window]
        most, seconds = (POST_BURST, float(POST_BURST)) if window[1] else (PER_MINUTE.get(window[0], 50), 60.0)
        while made and made[0] <= now - seconds:
            made.popleft()
        full = made[0] + seconds - now if len(made) >= most else 0.0
        return max(full, self._closed.get(window, 0.0) - now)

    @staticmethod
    def _window(method: str, channel: str) -> tuple[str, str]:
        return (method, channel if method == "chat.postMessage" else "")


class SlackCalls:
    """Calls of one workspace. They wait their turn, and are made again when Slack is busy or not to be reached.

    `call` raises SlackApiError for what Slack refuses and SlackUnreachable when it stays out of reach.
    """

    def __init__(self, client: AsyncWebClient, governor: Governor) -> None:
        self._client = client
        self.governor = governor

    async def call(self, method: str, *, counted: bool = False, **arguments: Any) -> Json:  # noqa: ANN401 - JSON
        """What a method answers. `counted` means that the governor gave room for it before."""
        channel = str(arguments.get("channel", ""))
        for attempt in range(1, ATTEMPTS + 1):
            if not counted or attempt > 1:
                await self._turn(method, channel)
            try:
                return await asyncio.wait_for(self._made(method, arguments), CALL_SECONDS)
            except SlackApiError as error:
                self._again(error, method, channel)
            except (aiohttp.ClientError, OSError, TimeoutError):
                await asyncio.sleep(min(8.0, 0.25 * 2**attempt))
        raise SlackUnreachable(f"Slack could not be reached for {method}.")

    async def _made(self, method: str, arguments: Json) -> Json:
        if method in READS:
            made = await self._client.api_call(method, http_verb="GET", params=arguments)
        else:
            made = await self._client.api_call(method, json=arguments)
        return cast("Json", made.data)

    def _again(self, error: SlackApiError, method: str, channel: str) -> None:
        """Whether to call again: raises what Slack refused for good."""
        status = error.response.status_code
        if status == 429:
            told = str(error.response.headers.get("Retry-After", "1"))
            self.governor.close(method, channel, seconds=float(told) if told.isdigit() else 1.0)
        elif status < 500:
            raise error
        else:
            self.governor.close(method, channel, seconds=1.0)

    async def _turn(self, method: str, channel: str) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while wait := self.governor.take((method, channel)):
            if time.monotonic() + wait > until:
                raise SlackUnreachable(f"Slack allows no more calls of {method} now.")
            await asyncio.sleep(wait)

    async def user(self, _team: str, user: str) -> Json:
        """See SlackReads."""
        return cast("Json", (await self.call("users.info", user=user, include_locale=True))["user"])

    async def channel(self, _team: str, channel: str) -> Json:
        """See SlackReads."""
        return cast("Json", (await self.call("conversations.info", channel=channel))["channel"])

    async def members(self, _team: str, channel: str, *, limit: int) -> list[str]:
        """See SlackReads. Slack tells fewer at once than it is asked for, and where to go on."""
        found: list[str] = []
        more: Json = {}
        for _ in range(MOST_PAGES):
            made = await self.call("conversations.members", channel=channel, limit=limit - len(found), **more)
            found += made["members"]
            more = {"cursor": (made.get("response_metadata") or {}).get("next_cursor")}
            if len(found) >= limit or not more["cursor"]:
                return found[:limit]
        raise SlackUnreachable("Slack did not come to an end of the members of a channel.")
