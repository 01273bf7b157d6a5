"""Who acted in Slack, read from what Slack delivered and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slack_bolt.request.internals import extract_enterprise_id, extract_is_enterprise_install

from integrations.surfaces.slack.delivery import Delivery, Json


@dataclass(frozen=True, slots=True)
class Actor:
    """A person as the delivery names them.

    `installed` is the workspace whose installation received it, or the organization that installed the app as a whole.
    `team` is the acting person's own workspace and `enterprise` their organization on Enterprise Grid; both are empty
    when the delivery does not say.
    """

    installed: str
    user: str
    team: str = ""
    enterprise: str = ""
    channel: str = ""

    @property
    def home(self) -> str:
        """Where the person belongs: their organization, else their workspace; empty when unknown."""
        return self.enterprise or self.team

    @property
    def inside(self) -> bool:
        """Whether they belong to the workspace or organization that installed the app."""
        return bool(self.installed) and self.installed in {self.team, self.enterprise}


def actor_of(delivery: Delivery) -> Actor:
    """Who acted.

    A click is attributed to the team of its `user`: the `team` of an interaction is the one that hosts the channel,
    also when somebody of another organization clicks. An event in a shared channel that does not name the person's
    team leaves it unknown; taking the host for it would give a stranger the host's rights.
    """
    payload = delivery.payload
    if "event" in payload:
        return _of_event(payload)
    if delivery.kind == "slash_command":
        return _belonging(
            _text(payload, "user_team_id") or _text(payload, "team_id"),
            installed=_installed(payload, _text(payload, "team_id")),
            user=_text(payload, "user_id"),
            channel=_text(payload, "channel_id"),
        )
    user, view = _object(payload, "user"), _object(payload, "view")
    return _belonging(
        _text(user, "team_id"),
        installed=_text(view, "app_installed_team_id") or _installed(payload, _text(_object(payload, "team"), "id")),
        user=_text(user, "id"),
        channel=_text(_object(payload, "channel"), "id") or _text(_object(payload, "container"), "channel_id"),
    )


def _of_event(payload: Json) -> Actor:
    event = _object(payload, "event")
    received = _text(payload, "team_id")
    opened = _object(event, "assistant_thread")  # which names its person and place in an object of its own
    if opened:
        event = {"user": opened.get("user_id"), "channel": opened.get("channel_id")} | {"team": payload.get("team_id")}
    home = _text(event, "user_team") or _text(event, "source_team") or _text(event, "team")
    if not home and payload.get("is_ext_shared_channel") is False:
        home = received
    channel = event.get("channel")
    named = _text(_object(event, "channel"), "id") if isinstance(channel, dict) else _text(event, "channel")
    user = _text(_object(event, "user"), "id") if isinstance(event.get("user"), dict) else _text(event, "user")
    return _belonging(home, installed=_installed(payload, received), user=user, channel=named)


def _installed(payload: Json, team: str) -> str:
    """By whose installation it came: the organization's, where that installed the app as a whole, or the team's."""
    return (extract_enterprise_id(payload) if extract_is_enterprise_install(payload) else "") or team


def _belonging(home: str, *, installed: str, user: str, channel: str) -> Actor:
    if home.startswith("E"):
        return Actor(installed, user=user, enterprise=home, channel=channel)
    return Actor(installed, user=user, team=home, channel=channel)


def _object(payload: Json, name: str) -> dict[str, Any]:
    value = payload.get(name)
    return value if isinstance(value, dict) else {}


def _text(payload: Json, name: str) -> str:
    value = payload.get(name)
    return value if isinstance(value, str) else ""
