"""A workspace as Slack tells of it, without a server."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from assistant.domain.people import Requester, Role, TierLadder
from assistant.errors import UsageError
from evals.slack_canary import PARTNERS
from integrations.surfaces.slack.facts import SlackFacts
from integrations.surfaces.slack.organizations import Organizations
from integrations.surfaces.slack.people import WhoIsWho

LADDER = TierLadder()
CORA = Requester("cora", Role.CHANNEL_MANAGER)
MAP = Organizations(
    teams={"THOST": "vendor", "TACME": "partner:acme", "EGAMMA": "partner:gamma", "TBETA": "partner:beta"},
    domains={"delta.example": "partner:delta"},
    people={"Cora@Vendor.example": "channel_manager:cora"},
)


def user(team: str = "TACME", **more: Any) -> dict[str, Any]:
    return {"id": "U1", "team_id": team, "is_restricted": False, "locale": "ja-JP", "profile": {}} | more


def mail(address: str, *, confirmed: bool = True) -> dict[str, Any]:
    return {"profile": {"email": address}, "is_email_confirmed": confirmed}


@dataclass
class Slack:
    """Slack's answers; what is None cannot be looked up."""

    users: dict[str, dict[str, Any] | None] = field(default_factory=lambda: {"U1": user()})
    facts: dict[str, Any] | None = field(default_factory=lambda: {"is_im": False})
    linked: dict[tuple[str, str], str] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    async def user(self, team: str, user: str) -> dict[str, Any]:
        return self._given("user", self.users.get(user))

    async def channel(self, team: str, channel: str) -> dict[str, Any]:
        return {"id": channel} | self._given("channel", self.facts)

    async def members(self, team: str, channel: str, *, limit: int) -> list[str]:
        self.asked["members"] += 1
        return list(self.users)[:limit]

    async def principal(self, team: str, user: str) -> str:
        return self.linked.get((team, user), "")

    def requester(self, name: str) -> Requester:
        kind, _, key = name.partition(":")
        if kind == "channel_manager":
            return CORA
        if key not in PARTNERS:
            raise UsageError(f"{name} is nobody.")
        return PARTNERS[key]

    def _given(self, what: str, value: dict[str, Any] | None) -> dict[str, Any]:
        self.asked[what] += 1
        if value is None:
            raise ConnectionError
        return value


class Minutes:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def known(slack: Slack, clock: Minutes | None = None) -> WhoIsWho:
    facts = SlackFacts(slack, now=clock or Minutes())
    return WhoIsWho(facts, links=slack, organizations=MAP, principals=slack, ladder=LADDER)
