"""Workspaces install the app, are served with their own tokens, and leave nothing behind when they go."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from slack_sdk.oauth.installation_store import Installation
from sqlalchemy.event import listen

from assistant.errors import SettingsError, StorageError
from integrations.bootstrap import build
from integrations.records.slack import EncryptedInstallations, SlackRecords, open_slack_records
from integrations.settings import Settings
from integrations.surfaces.http.app import create_app
from integrations.surfaces.slack.delivery import Delivery
from integrations.surfaces.slack.installing import install_routes
from integrations.surfaces.slack.surface import open_surface
from tests.contract.prm_world import TurnableClock
from tests.servers import fresh_database
from tests.slack.mock import MockSlack
from tests.slack.mock import serving as slack_serving
from tests.slack.spec import web_api
from tests.unit.slack.test_app import PROTECTION, said
from tests.unit.slack.workspace import user
from tests.unit.surfaces.world import serving, serving_quickly

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
ADDRESS = "https://liaison.example"


@pytest.fixture(params=["sqlite", "postgres"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SlackRecords]:
    if request.param == "sqlite":
        made = open_slack_records(tmp_path, clock=TurnableClock())
        yield made
        made.close()
    else:
        with fresh_database(request.getfixturevalue("postgres")) as url:
            kept = open_slack_records(tmp_path, url=url, clock=TurnableClock())
            yield kept
            kept.close()


def store(records: SlackRecords, keys: str = OLD) -> EncryptedInstallations:
    return records.installations(client_id="1.2", keys=keys)


def installation(team: str | None = "T1", token: str = "xoxb-secret", **more: Any) -> Installation:
    bot = {"bot_token": token, "bot_id": "B1", "bot_user_id": "UBOT", "bot_scopes": "chat:write"}
    return Installation(app_id="A1", team_id=team, team_name="Team", user_id="U1", **{**bot, **more})


def kept(records: SlackRecords, table: str) -> list[str]:
    with records.engine.connect() as connection:
        return [str(tuple(row)) for row in connection.exec_driver_sql(f"SELECT * FROM {table}")]


async def test_a_token_is_kept_encrypted_and_given_back(records: SlackRecords) -> None:
    installed = store(records)
    long = "xoxe.xoxb-1-" + "M" * 250
    await installed.async_save(installation(token=long, bot_refresh_token="xoxe-1-refresh", enterprise_id="E1"))
    found = await installed.serving(team_id="T1")
    assert found is not None
    assert (found.bot_token, found.bot_refresh_token, found.bot_user_id) == (long, "xoxe-1-refresh", "UBOT")
    rows = kept(records, "slack_bots") + kept(records, "slack_installations")
    assert len(rows) == 2
    assert not any("xox" in row for row in rows)


async def test_a_later_installation_takes_the_place_of_the_earlier(records: SlackRecords) -> None:
    installed = store(records)
    for number in range(3):
        await installed.async_save(installation(token=f"xoxb-{number}", installed_at=1_700_000_000.25 + number))
    found = await installed.async_find_bot(enterprise_id=None, team_id="T1")
    assert found is not None
    assert (found.bot_token, found.installed_at) == ("xoxb-2", 1_700_000_002.25)
    assert len(kept(records, "slack_bots")) == len(kept(records, "slack_installations")) == 1
    whole = await installed.async_find_installation(enterprise_id=None, team_id="T1", user_id="U1")
    assert whole is not None
    assert whole.bot_token == "xoxb-2"


async def test_an_installation_is_kept_though_something_else_is_written_meanwhile(records: SlackRecords) -> None:
    writers: list[Thread] = []

    def write_meanwhile(*execution: Any) -> None:
        if "FROM slack_" in str(execution[2]) and not writers:  # what the SDK reads before it writes
            writers.append(Thread(target=asyncio.run, args=(records.states.async_issue(),)))
            writers[0].start()
            writers[0].join(0.5)  # it is done by then, or waits for its turn

    listen(records.engine, "after_cursor_execute", write_meanwhile)
    await store(records).async_save(installation())
    writers[0].join()
    assert [len(kept(records, table)) for table in ("slack_installations", "slack_bots", "slack_install_states")] == [
        1,
        1,
        1,
    ]


async def test_moments_are_the_same_in_every_time_zone(records: SlackRecords, monkeypatch: pytest.MonkeyPatch) -> None:
    for zone in ("Asia/Tokyo", "America/Lima"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        await store(records).async_save(installation(bot_token_expires_at=1_800_000_000))
        found = await store(records).serving(team_id="T1")
        assert found is not None
        assert found.bot_token_expires_at == 1_800_000_000
    monkeypatch.undo()
    time.tzset()


async def test_an_organization_serves_its_workspaces_and_a_workspace_with_an_app_of_its_own_itself(
    records: SlackRecords,
) -> None:
    installed = store(records)
    whole = {"enterprise_id": "E1", "is_enterprise_install": True}
    await installed.async_save(installation(None, "xoxb-organization", **whole))
    await installed.async_save(installation("T2", "xoxb-workspace", enterprise_id="E1"))
    served = [await installed.serving(team_id=t, enterprise_id=e) for t, e in (("T1", "E1"), ("T2", "E1"), ("T2", ""))]
    assert [bot.bot_token if bot else "" for bot in served] == ["xoxb-organization", "xoxb-workspace", "xoxb-workspace"]
    assert await installed.serving(team_id="T1", enterprise_id="E2") is None
    assert await installed.serving(team_id="T1") is None
    assert [team for team, _ in records.installed()] == ["E1", "T2"]


async def test_keys_are_changed_without_a_workspace_noticing(records: SlackRecords) -> None:
    await store(records, OLD).async_save(installation())
    assert store(records, f"{NEW},{OLD}").renew() == 2
    found = await store(records, NEW).serving(team_id="T1")
    assert found is not None
    assert found.bot_token == "xoxb-secret"
    with pytest.raises(StorageError, match="No key opens"):
        await store(records, OLD).serving(team_id="T1")
    with pytest.raises(StorageError, match="No key opens"):
        store(records, OLD).renew()


@pytest.mark.parametrize("keys", ["", " , ", "not-a-key", f"{OLD},short"])
def test_what_is_no_key_is_refused(tmp_path: Path, keys: str) -> None:
    made = open_slack_records(tmp_path, clock=TurnableClock())
    with pytest.raises(SettingsError, match="key"):
        store(made, keys)
    made.close()


async def test_a_state_is_good_once_and_for_ten_minutes(tmp_path: Path) -> None:
    clock = TurnableClock()
    made = open_slack_records(tmp_path, clock=clock)
    first, second = await made.states.async_issue(), await made.states.async_issue()
    assert [await made.states.async_consume(state) for state in (first, first, "other")] == [True, False, False]
    clock.turn(minutes=11)
    assert not await made.states.async_consume(second)
    await made.states.async_issue()
    assert len(kept(made, "slack_install_states")) == 1
    assert first not in str(kept(made, "slack_install_states"))
    made.close()


@pytest.fixture
async def slack(shared: Path) -> AsyncIterator[MockSlack]:
    people = {"ULENA": user("TACME", id="ULENA", locale="en-US")}
    mock = MockSlack(web_api(shared), people=people, channels={"D1": {"id": "D1", "is_im": True}}, tokens={})
    async with slack_serving(mock) as made:
        yield made
        assert made.faults == []


def oauth(slack: MockSlack, **more: Any) -> dict[str, Any]:
    secrets = {"slack_client_secret": SecretStr("cs"), "slack_token_keys": SecretStr(OLD)}
    settings = {"slack_client_id": "1.2", "slack_address": ADDRESS, "slack_url": slack.url, **secrets}
    return {**settings, "slack_signing_secret": SecretStr("s"), **more}


def grant(team: str, token: str, **more: Any) -> dict[str, Any]:
    whose = {"team": {"id": team, "name": team}, "authed_user": {"id": "UINSTALLER"}, "bot_user_id": "UBOT"}
    return {"app_id": "A1", "access_token": token, "token_type": "bot", "scope": "chat:write", **whose, **more}


async def browse(client: httpx.AsyncClient, sent: str, **more: str) -> httpx.Response:
    """Install as a browser does: over the page to Slack, and back with a code."""
    page = await client.get("/slack/install")
    (link,) = re.findall(r'href="(https://slack\.com/oauth[^"]+)"', page.text)
    asked = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
    assert asked["redirect_uri"] == [f"{ADDRESS}/slack/oauth_redirect"]
    assert "chat:write" in asked["scope"][0]
    query = {"code": sent, "state": asked["state"][0], **more}
    return await client.get("/slack/oauth_redirect", params=query)


async def test_two_workspaces_install_the_app_and_are_each_answered_with_their_own_token(
    tmp_path: Path, slack: MockSlack
) -> None:
    slack.grants = {"one": grant("T1", "xoxb-one"), "two": grant("T2", "xoxb-two")}
    with serving(tmp_path, **oauth(slack)) as service:
        app = create_app(service)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
                assert [(await browse(client, code)).status_code for code in ("one", "two")] == [200, 200]
        async with open_surface(service.liaison) as surface:
            for team in ("T1", "T2", "T3"):
                question = said(PROTECTION)
                await surface.handle(Delivery(question.kind, question.payload | {"team_id": team}))
        answering = [call.team for call in slack.calls if call.method == "chat.startStream"]
        assert answering == ["T1", "T2"]
        assert service.liaison.slack.installed() == (("T1", "T1"), ("T2", "T2"))


@pytest.mark.parametrize(
    ("more", "status"), [({"state": "forged"}, 400), ({"code": "unknown"}, 401), ({"error": "access_denied"}, 200)]
)
async def test_an_installation_that_was_forged_or_broken_off_leaves_nothing(
    tmp_path: Path, slack: MockSlack, more: dict[str, str], status: int
) -> None:
    slack.grants = {"one": grant("T1", "xoxb-one")}
    with serving_quickly(tmp_path, library={}, **oauth(slack)) as service:
        app = create_app(service)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ADDRESS) as client:
            answer = await browse(client, "one", **more)
        assert answer.status_code == status
        assert service.liaison.slack.installed() == ()


async def test_a_state_of_another_browser_installs_nothing(tmp_path: Path, slack: MockSlack) -> None:
    slack.grants = {"one": grant("T1", "xoxb-one")}
    with serving_quickly(tmp_path, library={}, **oauth(slack)) as service:
        state = await service.liaison.slack.states.async_issue()
        app = create_app(service)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ADDRESS) as client:
            answer = await client.get("/slack/oauth_redirect", params={"code": "one", "state": state})
        assert answer.status_code == 400
        assert service.liaison.slack.installed() == ()


@pytest.mark.parametrize(("missing", "told"), [("slack_client_secret", "secret"), ("slack_token_keys", "key")])
def test_an_installation_needs_a_secret_and_a_key(tmp_path: Path, slack: MockSlack, missing: str, told: str) -> None:
    liaison = build(Settings(data=tmp_path, **oauth(slack, **{missing: SecretStr("")})))
    with pytest.raises(SettingsError, match=told):
        install_routes(liaison)
    liaison.close()


def test_an_installation_needs_an_address_to_come_back_to(tmp_path: Path, slack: MockSlack) -> None:
    liaison = build(Settings(data=tmp_path, **oauth(slack, slack_address="")))
    with pytest.raises(SettingsError, match="lead back"):
        install_routes(liaison)
    liaison.close()
