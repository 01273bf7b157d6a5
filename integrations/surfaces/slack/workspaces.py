"""The workspaces that the app serves: one by its token, or every one that installed it."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import aiohttp
import structlog
from slack_bolt.request.internals import extract_enterprise_id, extract_team_id
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot as InstalledBot
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from assistant.errors import ProviderUnavailable
from integrations.surfaces.slack.app import Bot, SlackApp
from integrations.surfaces.slack.bolt_app import WorkspaceApp
from integrations.surfaces.slack.delivery import Delivery

MOST_OPEN = 200  # workspaces whose app is kept ready; another one is opened when it is next heard of
SECONDS = 60.0  # how soon an installation that another process made, renewed or ended is seen
EXPIRY_MINUTES = 120  # Slack's tokens are good for twelve hours; the old one is good beside the new one until then
log = structlog.get_logger("liaison.slack")


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace or organization that is served."""

    app: SlackApp
    bolt: WorkspaceApp


class Workspaces(Protocol):
    """Where deliveries and messages belong."""

    async def of(self, delivery: Delivery) -> Workspace | None:
        """The workspace whose installation received a delivery; None when the app is not installed there."""
        ...

    async def team(self, team: str, enterprise: str = "") -> Workspace | None:
        """A workspace by its id, for what is said without being asked; None when the app is not installed there."""
        ...


@dataclass(frozen=True, slots=True)
class OneWorkspace:
    """The workspace of a bot token."""

    workspace: Workspace

    async def of(self, _delivery: Delivery) -> Workspace | None:
        """See Workspaces."""
        return self.workspace

    async def team(self, _team: str, _enterprise: str = "") -> Workspace | None:
        """See Workspaces."""
        return self.workspace


class Installations(Protocol):
    """Where installations are kept."""

    async def serving(self, *, team_id: str, enterprise_id: str = "") -> InstalledBot | None:
        """The bot that serves a workspace."""
        ...

    async def async_save_bot(self, bot: InstalledBot) -> None:
        """Keep a bot whose token was renewed."""
        ...


@dataclass(frozen=True, slots=True)
class _Opened:
    workspace: Workspace
    token: str
    looked: float


class ManyWorkspaces:
    """Every workspace that installed the app, each with its own token, rates and memory of people.

    `assemble` makes the app of a bot. Raises StorageError when the installations cannot be read, ProviderUnavailable
    when a token has expired and Slack does not renew it.
    """

    def __init__(
        self,
        installations: Installations,
        *,
        rotator: AsyncTokenRotator,
        assemble: Callable[[Bot], SlackApp],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._installations = installations
        self._rotator = rotator
        self._assemble = assemble
        self._now = now
        self._opened: OrderedDict[tuple[str, str], _Opened] = OrderedDict()
        self._turns: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(self, delivery: Delivery) -> Workspace | None:
        """See Workspaces."""
        team, enterprise = place_of(delivery)
        return await self.team(team, enterprise)

    async def team(self, team: str, enterprise: str = "") -> Workspace | None:
        """See Workspaces. An organization that installed the app as a whole is known by its own id, too."""
        key = ("", team) if team.startswith("E") else (team, enterprise)
        async with self._turns[key]:
            known = self._opened.get(key)
            if known is None or self._now() - known.looked >= SECONDS:
                known = await self._look(key, known)
        return known.workspace if known else None

    async def _look(self, key: tuple[str, str], known: _Opened | None) -> _Opened | None:
        found = await self._installations.serving(team_id=key[0], enterprise_id=key[1])
        self._opened.pop(key, None)
        if found is None:
            self._turns.pop(key, None)
            return None
        found = await self._renewed(found, key)
        if known is not None and known.token == found.bot_token:
            workspace = known.workspace
        else:
            team = found.team_id or found.enterprise_id or key[0]
            app = self._assemble(Bot(user=found.bot_user_id, id=found.bot_id, team=team, token=found.bot_token))
            workspace = Workspace(app, app.bolt())
        opened = self._opened[key] = _Opened(workspace, found.bot_token, self._now())
        while len(self._opened) > MOST_OPEN:
            oldest, _ = self._opened.popitem(last=False)
            self._turns.pop(oldest, None)
        return opened

    async def _renewed(self, bot: InstalledBot, key: tuple[str, str]) -> InstalledBot:
        """The bot with a token that is good for a while."""
        try:
            renewed = await self._rotator.perform_bot_token_rotation(bot=bot, minutes_before_expiration=EXPIRY_MINUTES)
        except (SlackTokenRotationError, aiohttp.ClientError, OSError, TimeoutError) as error:
            now = await self._installations.serving(team_id=key[0], enterprise_id=key[1])
            if now is not None and now.bot_token != bot.bot_token:
                return now  # another process was quicker: a refresh token is good once
            if (bot.bot_token_expires_at or 0) > self._now():
                log.warning("a token could not be renewed yet", error=type(error).__name__)
                return bot
            hint = "Install the app in that workspace again when this stays."
            raise ProviderUnavailable("Slack did not renew the token of a workspace.", hint=hint) from error
        if renewed is None:
            return bot
        await self._installations.async_save_bot(renewed)
        return renewed


def place_of(delivery: Delivery) -> tuple[str, str]:
    """The workspace whose installation received a delivery, and its organization; empty where it names none."""
    payload = delivery.payload
    return extract_team_id(payload) or "", extract_enterprise_id(payload) or ""
