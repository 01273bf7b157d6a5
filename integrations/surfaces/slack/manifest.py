"""The app's manifest, made from what the code listens to and calls."""

from __future__ import annotations

from integrations.surfaces.slack.app import CHANNEL_EVENTS, COMMAND, HOME_EVENT, PERSON_EVENTS
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.forgetting import GONE_EVENTS

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
NAME = "Liaison"
PATH = "/slack/events"
INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"


def redirect_url(address: str) -> str:
    """Where Slack leads back to after an installation."""
    return f"{address.rstrip('/')}{REDIRECT_PATH}"


def manifest(*, url: str = "", many: bool = False) -> Json:
    """The manifest for Socket Mode, or with the public address of `liaison serve` for HTTP.

    `many` is for an app that many workspaces install: by OAuth, also for whole organizations, with tokens that expire.
    """
    oauth: Json = {"scopes": {"bot": sorted(BOT_SCOPES)}}
    if many:
        oauth["redirect_urls"] = [redirect_url(url)]
    request = f"{url.rstrip('/')}{PATH}"
    command: Json = {
        "command": COMMAND,
        "description": "Tell Liaison which partner you work for",
        "usage_hint": "link CODE",
        "should_escape": False,
    }
    events: Json = {"bot_events": sorted(EVENTS)}
    interactivity: Json = {"is_enabled": True}
    if url:
        command["url"] = events["request_url"] = interactivity["request_url"] = request
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
            "agent_view": {"agent_description": "Answers questions about the partner programme, with sources."},
            "slash_commands": [command],
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
