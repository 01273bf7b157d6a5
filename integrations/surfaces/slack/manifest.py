"""The app's manifest, made from what the code listens to and calls."""

from __future__ import annotations

from integrations.surfaces.slack.app import (
    ASSISTANT_EVENTS,
    CHANNEL_EVENTS,
    COMMAND,
    CONTEXT_EVENT,
    HOME_EVENT,
    PERSON_EVENTS,
)
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.forgetting import GONE_EVENTS
from integrations.surfaces.slack.interactions import COSELL, DEAL, SHORTCUT

# What Slack sends each of them for; one of the scopes of a method or event is enough.
BOT_SCOPES = {
    "app_mentions:read": "mentions in channels",
    "assistant:write": "the agent's own place in Slack",
    "channels:read": "who can read a public channel",
    "chat:write": "answers",
    "commands": "the command",
    "files:read": "files that somebody asks about",
    "groups:read": "who can read a private channel",
    "im:history": "direct messages",
    "im:read": "that a channel is a direct message",
    "users:read": "who somebody is",
    "users:read.email": "the confirmed address of a member",
}
EVENTS = ("app_mention", "message.im", HOME_EVENT, *CHANNEL_EVENTS, *PERSON_EVENTS, *GONE_EVENTS)
# What an app of each kind listens to beside these, and the scopes that reading whole channels needs.
AGENT_EVENTS = (CONTEXT_EVENT,)
FOLLOW_UP_EVENTS = {"message.channels": "channels:history", "message.groups": "groups:history"}
COMMANDS = {
    COMMAND: ("Tell Liaison which partner you work for", "link CODE"),
    DEAL: ("Register a deal, or see the deals that wait for your decision", "what you know of the deal"),
    COSELL: ("Find partners for a deal, or see your invitations", "id of the deal, or its customer"),
}
ABOUT = "Answers questions about the partner programme, with sources, and registers deals."
NAME = "Liaison"
PATH = "/slack/events"
INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"


def redirect_url(address: str) -> str:
    """Where Slack leads back to after an installation."""
    return f"{address.rstrip('/')}{REDIRECT_PATH}"


def manifest(*, url: str = "", many: bool = False, assistant: bool = False, follow_ups: bool = False) -> Json:
    """The manifest for Socket Mode, or with the public address of `liaison serve` for HTTP.

    `many` is for an app that many workspaces install: by OAuth, also for whole organizations, with tokens that expire.
    `assistant` is for one made before agents had a place of their own. `follow_ups` lets it read the channels it is in.
    """
    scopes = {*BOT_SCOPES, *(FOLLOW_UP_EVENTS.values() if follow_ups else ())}
    oauth: Json = {"scopes": {"bot": sorted(scopes)}}
    if many:
        oauth["redirect_urls"] = [redirect_url(url)]
    events: Json = {"bot_events": sorted(events_of(assistant=assistant, follow_ups=follow_ups))}
    interactivity: Json = {"is_enabled": True}
    if url:
        events["request_url"] = interactivity["request_url"] = f"{url.rstrip('/')}{PATH}"
    place = {"assistant_view": {"assistant_description": ABOUT}} if assistant else {}
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": NAME,
            "description": "Cited answers from your partner programme's content",
            "background_color": "#1b4b5a",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            **(place or {"agent_view": {"agent_description": ABOUT}}),
            "slash_commands": [_command(name, url) for name in COMMANDS],
            "shortcuts": [_shortcut()],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": many,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": many,
        },
    }


def events_of(*, assistant: bool = False, follow_ups: bool = False) -> frozenset[str]:
    """The events that an app of this kind listens to."""
    more = FOLLOW_UP_EVENTS if follow_ups else ()
    return frozenset((*EVENTS, *(ASSISTANT_EVENTS if assistant else AGENT_EVENTS), *more))


def _command(name: str, url: str) -> Json:
    described, hint = COMMANDS[name]
    made: Json = {"command": name, "description": described, "usage_hint": hint, "should_escape": False}
    return made | ({"url": f"{url.rstrip('/')}{PATH}"} if url else {})


def _shortcut() -> Json:
    described = "Open the deal form, filled in from this message and its thread"
    return {"name": "Register a deal", "type": "message", "callback_id": SHORTCUT, "description": described}
