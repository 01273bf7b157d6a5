"""Our application stands wherever Bolt's does: what was written for Bolt's class runs with ours."""

from __future__ import annotations

import inspect
import json
import time
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest

from assistant.errors import ProviderUnavailable
from integrations.surfaces.slack.bolt_app import WorkspaceApp
from integrations.surfaces.slack.delivery import Delivery
from integrations.surfaces.slack.signature import signature

SECRET = "s3cret"
MENTION = {"type": "app_mention", "user": "U1", "text": "<@UBOT> hi", "channel": "C1", "ts": "1.0"}
BODY = {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": MENTION}


async def authorize(**_given: Any) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="UBOT", bot_id="B1", bot_token="xoxb-1")


def an_app(**more: Any) -> WorkspaceApp:
    return WorkspaceApp(signing_secret=SECRET, authorize=authorize, **more)


def request(body: str, *, secret: str = SECRET) -> AsyncBoltRequest:
    stamp = str(int(time.time())).encode()
    signed = signature(secret.encode(), stamp, body.encode()).decode()
    kind = {"content-type": "application/json"}
    return AsyncBoltRequest(
        body=body, headers={**kind, "x-slack-signature": signed, "x-slack-request-timestamp": stamp.decode()}
    )


def test_it_is_made_like_bolts_and_changes_nothing_of_it() -> None:
    assert inspect.signature(WorkspaceApp) == inspect.signature(AsyncApp)
    own = {name for name in vars(WorkspaceApp) if not name.startswith("__")}
    assert own == {"take"}
    assert own.isdisjoint(dir(AsyncApp))


@pytest.mark.parametrize("name", ["event", "action", "command", "shortcut", "view", "options", "message", "function"])
def test_it_registers_listeners_as_bolts_does(name: str) -> None:
    assert getattr(WorkspaceApp, name) is getattr(AsyncApp, name)


async def test_a_signed_request_reaches_its_listener_and_a_forged_one_does_not() -> None:
    app, heard = an_app(process_before_response=True), []

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    forged = await app.async_dispatch(request(json.dumps(BODY), secret="another"))
    assert (forged.status, heard) == (401, [])
    answered = await app.async_dispatch(request(json.dumps(BODY)))
    assert (answered.status, heard) == (200, ["<@UBOT> hi"])


async def test_what_was_kept_reaches_it_without_a_signature() -> None:
    app, heard = an_app(process_before_response=True), []

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    await app.take(Delivery("app_mention", BODY))
    assert heard == ["<@UBOT> hi"]


async def test_what_no_listener_is_for_is_done_with() -> None:
    await an_app().take(Delivery("app_mention", BODY))


async def test_a_listener_that_fails_is_told() -> None:
    app = an_app(process_before_response=True)

    @app.event("app_mention")
    async def mentioned() -> None:
        raise ValueError

    with pytest.raises(ProviderUnavailable):
        await app.take(Delivery("app_mention", BODY))
