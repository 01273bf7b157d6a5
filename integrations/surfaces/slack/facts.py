"""What Slack says of people and channels: looked up, remembered for a minute at most, unknown when it cannot be."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import structlog

T = TypeVar("T")
SECONDS = 60.0
MOST = 5_000
log = structlog.get_logger("liaison.slack")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """A person as Slack describes them. `outside` are guests, strangers and closed accounts; `app` are bots."""

    id: str
    team: str
    enterprise: str = ""
    email: str = ""
    outside: bool = True
    app: bool = False
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as Slack describes it. `teams` are the workspaces and organizations that can read it."""

    id: str
    direct: bool = False
    teams: frozenset[str] = frozenset()


class SlackReads(Protocol):
    """The lookups of Slack's Web API; each returns the object, and raises whatever its client raises."""

    async def user(self, team: str, user: str) -> Json:
        """`user` of users.info."""
        ...

    async def channel(self, team: str, channel: str) -> Json:
        """`channel` of conversations.info."""
        ...

    async def members(self, team: str, channel: str, *, limit: int) -> list[str]:
        """Members of a channel by conversations.members, up to `limit` of them."""
        ...


class SlackFacts:
    """Facts of one app. None means that a fact could not be looked up; whoever asks then assumes the least."""

    def __init__(self, reads: SlackReads, *, now: Callable[[], float] = time.monotonic) -> None:
        self._reads = reads
        self._people: Remembered[Person] = Remembered(now)
        self._channels: Remembered[Channel] = Remembered(now)
        self._members: Remembered[tuple[str, ...]] = Remembered(now)

    async def person(self, team: str, user: str) -> Person | None:
        """Who somebody is."""

        async def look() -> Person:
            return person_of(await self._reads.user(team, user))

        return await self._people.get((team, user), look)

    async def channel(self, team: str, channel: str) -> Channel | None:
        """Who can read a channel."""

        async def look() -> Channel:
            return channel_of(await self._reads.channel(team, channel))

        return await self._channels.get((team, channel), look)

    async def members(self, team: str, channel: str, *, limit: int) -> tuple[str, ...] | None:
        """Who is in a channel; one more than `limit` when there are more."""

        async def look() -> tuple[str, ...]:
            return tuple(await self._reads.members(team, channel, limit=limit + 1))

        return await self._members.get((team, channel), look)

    def forget_channel(self, channel: str) -> None:
        """Something about a channel changed."""
        self._channels.forget(channel)
        self._members.forget(channel)

    def forget_person(self, user: str) -> None:
        """Something about a person changed."""
        self._people.forget(user)

    def forget_everything(self) -> None:
        """Something changed that may concern every channel."""
        for known in (self._people, self._channels, self._members):
            known.clear()


class Remembered(Generic[T]):
    """Facts by team and id, each for a minute. A fact that was forgotten while it was looked up is not remembered."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._kept: dict[tuple[str, str], tuple[float, T]] = {}
        self._changes = 0

    async def get(self, key: tuple[str, str], look: Callable[[], Awaitable[T]]) -> T | None:
        """The fact, looked up when it is not known or old; None when it cannot be."""
        began, changes = self._now(), self._changes
        at, known = self._kept.get(key, (0.0, None))
        if known is not None and began - at < SECONDS:
            return known
        try:
            found = await look()
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the fact is unknown
            log.warning("slack could not be asked", error=type(error).__name__)
            return None
        if self._changes == changes:
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[key] = (began, found)
        return found

    def forget(self, id_: str) -> None:
        """Drop what is known of an id, in every team."""
        self._changes += 1
        self._kept = {key: value for key, value in self._kept.items() if key[1] != id_}

    def clear(self) -> None:
        """Drop everything."""
        self._changes += 1
        self._kept = {}


def person_of(user: Json) -> Person:
    """What users.info says. Only somebody who is plainly a full member of their own workspace is not outside."""
    flags = ("is_restricted", "is_ultra_restricted", "is_stranger", "deleted", "is_invited_user")
    profile, grid = user.get("profile") or {}, user.get("enterprise_user") or {}
    confirmed = user.get("is_email_confirmed") is True
    return Person(
        id=str(user["id"]),
        team=str(user["team_id"]),
        enterprise=str(grid.get("enterprise_id") or ""),
        email=str(profile.get("email") or "").strip().lower() if confirmed else "",
        outside=any(user.get(flag) for flag in flags) or user.get("is_restricted") is None,
        app=user.get("is_bot") is True,
        locale=str(user.get("locale") or ""),
    )


TEAMS = (
    *("shared_team_ids", "internal_team_ids", "connected_team_ids", "connected_limited_team_ids"),
    *("pending_connected_team_ids", "pending_shared", "conversation_host_id", "context_team_id"),
)


def channel_of(channel: Json) -> Channel:
    """What conversations.info says; an invitation that is pending counts as accepted."""
    teams: set[str] = set()
    for name in TEAMS:
        value = channel.get(name)
        teams |= {value} if isinstance(value, str) else {each for each in value or () if isinstance(each, str)}
    return Channel(
        id=str(channel["id"]),
        direct=channel.get("is_im") is True,
        teams=frozenset(teams - {""}),
    )
