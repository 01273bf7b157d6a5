"""The accounts of channel managers in Slack."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from slack_sdk.errors import SlackApiError

from assistant.domain.people import Role
from assistant.ports.chat_desk import Spot
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.outgoing import SlackCalls
from integrations.surfaces.slack.people import LinkBook, WhoIsWho

KNOWN_SECONDS = 60.0
MANAGER = f"{Role.CHANNEL_MANAGER}:"


@dataclass
class Reviewers:
    """The accounts of channel managers: those of the administrator's file by their address, and linked ones."""

    team: str
    calls: SlackCalls
    who: WhoIsWho
    links: LinkBook
    now: Callable[[], float] = time.monotonic
    _known: tuple[Spot, ...] = ()
    _at: float = field(default=-KNOWN_SECONDS)

    async def __call__(self) -> tuple[Spot, ...]:
        """The accounts; looked up at most once a minute."""
        if self.now() - self._at >= KNOWN_SECONDS:
            self._known, self._at = await self._looked_up(), self.now()
        return self._known

    async def _looked_up(self) -> tuple[Spot, ...]:
        found = {}
        for email, named in self.who.organizations.people.items():
            if named.startswith(MANAGER) and (user := await self._account(email)):
                found[str(user["id"])] = Spot(self.team, str(user["id"]), home=str(user["team_id"]))
        for home, user_id in await self.links.linked(MANAGER):
            found.setdefault(user_id, Spot(self.team, user_id, home=home))
        return tuple(found.values())

    async def _account(self, email: str) -> Json | None:
        try:
            made = await self.calls.call("users.lookupByEmail", email=email)
        except SlackApiError:
            return None  # nobody with this address is a member
        user: Json = made["user"]
        return user
