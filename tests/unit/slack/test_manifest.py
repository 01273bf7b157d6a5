"""The manifest is what Slack accepts, and says what the code does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from typer.testing import CliRunner

from integrations.commands.slack import app
from integrations.surfaces.slack.app import CHANNEL_EVENTS, HOME_EVENT, PERSON_EVENTS
from integrations.surfaces.slack.forgetting import GONE_EVENTS
from integrations.surfaces.slack.manifest import BOT_SCOPES, EVENTS, manifest
from tests.slack.spec import web_api


@pytest.fixture
def schema(shared: Path) -> Any:
    file = shared / "data" / "slack" / "manifest" / "schemas" / "manifest.schema.1.0.0.json"
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("url", ["", "https://liaison.example/"])
def test_it_is_valid_by_slacks_own_schema(schema: Any, url: str) -> None:
    jsonschema.validate(manifest(url=url), schema)


def test_the_schema_refuses_what_is_wrong(schema: Any) -> None:
    wrong = manifest() | {"display_information": {"name": "x" * 36}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema)


def test_every_event_is_listened_to_and_allowed_by_a_scope(shared: Path) -> None:
    known = web_api(shared).events
    assert set(EVENTS) == {"app_mention", "message.im", HOME_EVENT, *CHANNEL_EVENTS, *PERSON_EVENTS, *GONE_EVENTS}
    for event in EVENTS:
        assert not known[event] or known[event] & BOT_SCOPES.keys(), event


def test_no_scope_is_asked_for_in_vain(shared: Path) -> None:
    api = web_api(shared)
    called = ("chat.postMessage", "users.info", "conversations.info", "conversations.members")
    wanted = {scope for event in EVENTS for scope in api.events[event]}
    wanted |= {scope for method in called for scope in api.methods[method].bot_scopes}
    # The address of users.info, the command, the agent's own place and a file's bytes: no method names these scopes.
    assert set(BOT_SCOPES) <= wanted | {"users:read.email", "commands", "assistant:write", "files:read"}


def test_over_http_every_address_is_the_one_that_is_served() -> None:
    made = manifest(url="https://liaison.example")
    urls = [made["settings"][part]["request_url"] for part in ("event_subscriptions", "interactivity")]
    urls.append(made["features"]["slash_commands"][0]["url"])
    assert set(urls) == {"https://liaison.example/slack/events"}
    assert not made["settings"]["socket_mode_enabled"]


def test_the_command_prints_it() -> None:
    result = CliRunner().invoke(app, ["manifest"])
    assert json.loads(result.stdout) == manifest()
