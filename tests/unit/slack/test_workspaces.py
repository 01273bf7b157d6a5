"""Workspaces are served with tokens that are renewed in time, and leave nothing behind when they go."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.oauth.installation_store import Bot as InstalledBot
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from assistant.errors import ProviderUnavailable
from integrations.bootstrap import Liaison, build
from integrations.records.slack import open_slack_records
from integrations.surfaces.slack.app import Bot, SlackApp
from integrations.surfaces.slack.delivery import Delivery
from integrations.surfaces.slack.surface import SlackSurface, open_surface
from integrations.surfaces.slack.workspaces import ManyWorkspaces
from tests.contract.prm_world import TurnableClock
from tests.slack.mock import MockSlack
from tests.slack.mock import serving as slack_serving
from tests.slack.people import PATIENT
from tests.slack.spec import web_api
from tests.unit.slack.test_app import PROTECTION, said
from tests.unit.slack.test_installations import OLD, installation, kept, oauth, store
from tests.unit.slack.workspace import user
from tests.unit.surfaces.world import serving

MARKER = "quuxmarker"


@pytest.fixture
async def slack(shared: Path) -> AsyncIterator[MockSlack]:
    people = {"ULENA": user("TACME", id="ULENA", locale="en-US")}
    mock = MockSlack(web_api(shared), people=people, channels={"D1": {"id": "D1", "is_im": True}}, tokens={})
    async with slack_serving(mock) as made:
        yield made
        assert made.faults == []


class Rotation:
    """Workspaces whose tokens expire, over a store on disk; `made` are the tokens that apps were made with."""

    def __init__(self, tmp_path: Path, slack: MockSlack) -> None:
        self.records = open_slack_records(tmp_path, clock=TurnableClock())
        self.store = store(self.records)
        self.made: list[str] = []
        self.seconds = time.time()
        self.rotator = AsyncTokenRotator(client_id="1.2", client_secret="cs", client=AsyncWebClient(base_url=slack.url))

    def assemble(self, bot: Bot) -> SlackApp:
        self.made.append(bot.token)
        nothing: Any = None
        client = AsyncWebClient(bot.token)
        return SlackApp(bot, replier=nothing, links=nothing, feedback=nothing, client=client, interactions=nothing)

    def process(self) -> ManyWorkspaces:
        return ManyWorkspaces(self.store, rotator=self.rotator, assemble=self.assemble, now=lambda: self.seconds)

    async def install(self, *, expires: float) -> None:
        more: Any = {"bot_refresh_token": "refresh-1", "bot_token_expires_at": int(self.seconds + expires)}
        await self.store.async_save(installation(token="xoxb-1", **more))


@pytest.fixture
def rotation(tmp_path: Path, slack: MockSlack) -> Iterator[Rotation]:
    made = Rotation(tmp_path, slack)
    yield made
    made.records.close()


RENEWED = {"access_token": "xoxb-2", "refresh_token": "refresh-2", "expires_in": 43_200, "token_type": "bot"}


async def test_a_token_that_expires_soon_is_renewed_once_and_kept(rotation: Rotation, slack: MockSlack) -> None:
    slack.grants = {"refresh-1": {**RENEWED, "team": {"id": "T1"}}}
    await rotation.install(expires=3_600)
    first, second = rotation.process(), rotation.process()
    assert await first.team("T1")
    assert await first.team("T1")
    assert await second.team("T1")
    assert rotation.made == ["xoxb-2", "xoxb-2"]
    found = await rotation.store.serving(team_id="T1")
    assert found is not None
    assert (found.bot_token, found.bot_refresh_token) == ("xoxb-2", "refresh-2")
    assert [call.method for call in slack.calls] == ["oauth.v2.access"]
    assert len(kept(rotation.records, "slack_bots")) == 1


async def test_a_process_that_was_too_late_to_renew_a_token_takes_the_other_ones(
    rotation: Rotation, slack: MockSlack
) -> None:
    await rotation.install(expires=-60)
    look, late = rotation.store.serving, rotation.process()

    async def serving(*, team_id: str, enterprise_id: str = "") -> InstalledBot | None:
        found = await look(team_id=team_id, enterprise_id=enterprise_id)
        if found and found.bot_token == "xoxb-1":  # now the other process renews it
            fresh = InstalledBot(**found.to_dict_for_copying())
            fresh.bot_token, fresh.bot_token_expires_at = "xoxb-2", int(rotation.seconds) + 43_200
            await rotation.store.async_save_bot(fresh)
        return found

    rotation.store.serving = serving  # type: ignore[method-assign]
    assert await late.team("T1")
    assert rotation.made == ["xoxb-2"]


async def test_a_token_that_slack_does_not_renew_is_used_until_it_expires(rotation: Rotation, slack: MockSlack) -> None:
    await rotation.install(expires=3_600)
    workspaces = rotation.process()
    assert await workspaces.team("T1")
    assert rotation.made == ["xoxb-1"]
    rotation.seconds += 4_000
    with pytest.raises(ProviderUnavailable, match="renew"):
        await workspaces.team("T1")


async def test_a_workspace_is_looked_at_again_after_a_minute(rotation: Rotation, slack: MockSlack) -> None:
    workspaces = rotation.process()
    assert await workspaces.team("T1") is None
    await rotation.store.async_save(installation(token="xoxb-1"))
    kept_first = await workspaces.team("T1")
    rotation.seconds += 61
    assert await workspaces.team("T1") is kept_first
    await rotation.store.async_save(installation(token="xoxb-9"))
    rotation.seconds += 61
    assert await workspaces.team("T1") is not kept_first
    await rotation.store.async_delete_all(enterprise_id=None, team_id="T1")
    rotation.seconds += 61
    assert await workspaces.team("T1") is None
    assert rotation.made == ["xoxb-1", "xoxb-9"]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Liaison]:
    with serving(tmp_path_factory.mktemp("slack-many")) as service:
        yield service.liaison


@pytest.fixture
async def surface(library: Liaison, slack: MockSlack) -> AsyncIterator[SlackSurface]:
    liaison = build(library.settings.model_copy(update=oauth(slack)), embedder=library.embedder)
    slack.tokens = {"xoxb-one": "T1"}
    installed = liaison.slack.installations(client_id="1.2", keys=OLD)
    await installed.async_save(installation(token="xoxb-one"))
    async with open_surface(liaison, patience=PATIENT) as made:
        yield made
    liaison.close()


def bytes_with(data: Path, *marks: str) -> list[str]:
    """Files with one of these, outside the content, which the marker was never part of.

    Chroma writes the room that its graph has left as it finds it in the memory of the process, this test's included.
    """
    found = [path for path in data.rglob("*") if path.is_file() and path.name != "data_level0.bin"]
    return sorted(path.name for path in found if any(mark.encode() in path.read_bytes() for mark in marks))


def gone(kind: str = "app_uninstalled", *, at: float, **event: Any) -> Delivery:
    payload = {"type": "event_callback", "team_id": "T1", "event_id": f"E{at}", "event_time": int(at)}
    return Delivery(kind, {**payload, "event": {"type": kind, **event}})


@pytest.mark.parametrize("kind", ["app_uninstalled", "tokens_revoked"])
async def test_a_workspace_that_leaves_leaves_no_byte(surface: SlackSurface, slack: MockSlack, kind: str) -> None:
    liaison = surface.liaison
    code = await liaison.slack.links.new_code(f"partner:{MARKER}", lifetime=timedelta(hours=1))
    await liaison.slack.links.link("T1", "UMARK", code=code)
    question = said(f"{PROTECTION} {MARKER}", user="ULENA")
    await liaison.slack.inbox.put([question.arrival])
    await surface.workers.stop()
    surface.workers.start()
    await surface.handle(question)
    assert {"slack.sqlite3"} <= {name.partition("-")[0] for name in bytes_with(liaison.settings.data, MARKER)}
    (claim,) = await liaison.slack.inbox.claim(limit=9, lease=timedelta(seconds=30))
    await liaison.slack.inbox.finish([claim])
    await surface.handle(gone(kind, at=time.time() + 60, tokens={"bot": ["UBOT"]}))
    assert bytes_with(liaison.settings.data, MARKER, "slack:T1", "xoxb-one") == []
    assert liaison.slack.installed() == ()
    assert await surface.handle.workspaces.team("T1") is not None, "it is known for a minute"


async def test_only_user_tokens_that_are_revoked_and_news_from_before_an_installation_change_nothing(
    surface: SlackSurface,
) -> None:
    await surface.handle(gone("tokens_revoked", at=time.time() + 60, tokens={"oauth": ["U1"]}))
    await surface.handle(gone(at=1_700_000_000))
    assert surface.liaison.slack.installed() == (("T1", "Team"),)
