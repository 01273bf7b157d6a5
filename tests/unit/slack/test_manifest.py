"""The manifest is what Slack accepts, and says what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from typer.testing import CliRunner

from integrations.commands.slack import app
from integrations.surfaces import slack
from integrations.surfaces.slack.app import (
    ASSISTANT_EVENTS,
    CHANNEL_EVENTS,
    COMMANDS,
    CONTEXT_EVENT,
    HOME_EVENT,
    PERSON_EVENTS,
    SAID_EVENTS,
)
from integrations.surfaces.slack.forgetting import GONE_EVENTS
from integrations.surfaces.slack.interactions import SHORTCUT
from integrations.surfaces.slack.manifest import BOT_SCOPES, EVENTS, manifest
from tests.slack.spec import web_api

METHOD = re.compile(r'"([a-z]+(?:\.[a-zA-Z]+)+)"')


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


@pytest.mark.parametrize("assistant", [False, True])
@pytest.mark.parametrize("follow_ups", [False, True])
def test_every_event_is_listened_to_and_allowed_by_a_scope(shared: Path, assistant: bool, follow_ups: bool) -> None:
    made = manifest(assistant=assistant, follow_ups=follow_ups)
    events, known = set(made["settings"]["event_subscriptions"]["bot_events"]), web_api(shared).events
    heard = {HOME_EVENT, CONTEXT_EVENT, *ASSISTANT_EVENTS, *CHANNEL_EVENTS, *PERSON_EVENTS, *GONE_EVENTS}
    assert {event.partition(".")[0] for event in events} <= heard | set(SAID_EVENTS)
    scopes = set(made["oauth_config"]["scopes"]["bot"])
    for event in events:
        assert not known[event] or known[event] & scopes, event


def test_an_app_of_either_kind_has_one_place_for_its_agent(schema: Any) -> None:
    for assistant, place in ((False, "agent_view"), (True, "assistant_view")):
        made = manifest(assistant=assistant, follow_ups=True)
        jsonschema.validate(made, schema)
        assert [name for name in made["features"] if name.endswith("_view")] == [place]
    assert CONTEXT_EVENT not in manifest(assistant=True)["settings"]["event_subscriptions"]["bot_events"]


def test_channels_are_read_only_when_that_was_asked_for() -> None:
    assert not any("history" in scope and "im:" not in scope for scope in manifest()["oauth_config"]["scopes"]["bot"])
    assert "channels:history" in manifest(follow_ups=True)["oauth_config"]["scopes"]["bot"]


def test_commands_and_the_shortcut_are_those_that_are_listened_to() -> None:
    made = manifest()["features"]
    assert {command["command"] for command in made["slash_commands"]} == set(COMMANDS)
    assert [shortcut["callback_id"] for shortcut in made["shortcuts"]] == [SHORTCUT]


def methods_called() -> set[str]:
    """The methods of the Web API that the surface names."""
    folder = Path(slack.__file__).parent
    return {name for file in folder.glob("*.py") for name in METHOD.findall(file.read_text(encoding="utf-8"))}


def test_every_method_that_is_called_is_allowed_and_no_scope_is_asked_for_in_vain(shared: Path) -> None:
    api = web_api(shared)
    called = {method for method in methods_called() if method in api.methods}
    assert {"views.open", "chat.postMessage", "users.lookupByEmail", "conversations.replies"} <= called
    for method in called:
        scopes = api.methods[method].bot_scopes
        assert not scopes or scopes & BOT_SCOPES.keys(), method
    wanted = {scope for event in EVENTS for scope in api.events[event]}
    wanted |= {scope for method in called for scope in api.methods[method].bot_scopes}
    # The address of users.info, the commands and a file's bytes: no method names these scopes.
    assert set(BOT_SCOPES) <= wanted | {"users:read.email", "commands", "files:read"}


def test_over_http_every_address_is_the_one_that_is_served() -> None:
    made = manifest(url="https://liaison.example")
    urls = [made["settings"][part]["request_url"] for part in ("event_subscriptions", "interactivity")]
    urls += [command["url"] for command in made["features"]["slash_commands"]]
    assert set(urls) == {"https://liaison.example/slack/events"}
    assert not made["settings"]["socket_mode_enabled"]


def test_the_command_prints_it() -> None:
    result = CliRunner().invoke(app, ["manifest"])
    assert json.loads(result.stdout) == manifest()
