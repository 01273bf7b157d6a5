"""An app that a whole Grid organization installed: what is begun in one of its workspaces is gone on with there."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from integrations.bootstrap import Liaison, build
from integrations.surfaces.slack.actor import Actor, actor_of
from integrations.surfaces.slack.delivery import Delivery, Json
from integrations.surfaces.slack.handler import Handler
from integrations.surfaces.slack.surface import open_surface
from integrations.surfaces.slack.workspaces import Workspaces
from tests.slack.mock import serving
from tests.slack.people import JONAS, LENA, PATIENT, Office, a_customer, a_slack, filled, found, shown_in
from tests.unit.slack.test_installations import OLD, installation, oauth

ORGANIZATIONS = """
teams: {E1: vendor, TACME: 'partner:acme'}
people: {jonas@vendor.example: 'channel_manager:jonas'}
"""
INSTALLED = {"enterprise_id": "E1", "team_id": None, "user_id": "UBOT", "is_bot": True, "is_enterprise_install": True}


def org_wide(delivery: Delivery) -> Delivery:
    """A delivery as Slack makes it for an organization that installed the app as a whole."""
    payload, kind = delivery.payload, delivery.kind
    if "event" in payload:
        more: Json = {"enterprise_id": "E1", "authorizations": [INSTALLED]}
    elif kind == "slash_command":
        more = {"enterprise_id": "E1", "is_enterprise_install": "true"}
    else:
        more = {"team": None, "enterprise": {"id": "E1", "name": "Vendor"}, "is_enterprise_install": True}
        if "view" in payload:
            more["view"] = {**payload["view"], "app_installed_team_id": "E1"}
    return replace(delivery, payload={**payload, **more})


@dataclass
class OrgHandle:
    """Hands over what Slack delivers of an organization."""

    handler: Handler

    async def __call__(self, delivery: Delivery) -> None:
        await self.handler(org_wide(delivery))

    async def at_once(self, delivery: Delivery) -> Json:
        return await self.handler.at_once(org_wide(delivery))

    async def teams(self, named: frozenset[str]) -> frozenset[str]:
        return await self.handler.teams(named)

    @property
    def workspaces(self) -> Workspaces:
        return self.handler.workspaces


@dataclass
class OrgSurface:
    """A surface whose deliveries are those of an organization."""

    liaison: Liaison
    handle: Any
    workers: Any


@pytest.fixture
async def organization(installation: Liaison, shared: Path) -> AsyncIterator[Office]:
    slack = a_slack(shared)
    slack.tokens = {"xoxb-organization": "E1"}
    slack.people[JONAS] |= {"enterprise_user": {"enterprise_id": "E1"}}
    async with serving(slack):
        folder = installation.settings.data.parent
        (folder / "organizations.yaml").write_text(ORGANIZATIONS)
        told = {**oauth(slack), "slack_bot_token": "", "slack_organizations": folder / "organizations.yaml"}
        settings = type(installation.settings).model_validate({**installation.settings.model_dump(), **told})
        liaison = build(settings, embedder=installation.embedder)
        await installed_by_the_organization(liaison)
        async with open_surface(liaison, patience=PATIENT) as surface:
            yield Office(OrgSurface(liaison, OrgHandle(surface.handle), surface.workers), slack)  # type: ignore[arg-type]
        liaison.close()
        assert slack.faults == []


async def installed_by_the_organization(liaison: Liaison) -> None:
    store = liaison.slack.installations(client_id="1.2", keys=OLD)
    whole: Any = {"enterprise_id": "E1", "is_enterprise_install": True}
    await store.async_save(installation(None, "xoxb-organization", **whole))


@pytest.mark.parametrize(
    ("delivery", "actor"),
    [
        (
            Delivery(
                "message",
                {"team_id": "T1", "is_ext_shared_channel": False, "event": {"type": "message", "user": "U1"}},
            ),
            Actor("E1", "U1", team="T1"),
        ),
        (Delivery("slash_command", {"team_id": "T1", "user_id": "U1"}), Actor("E1", "U1", team="T1")),
        (Delivery("block_actions", {"user": {"id": "U1", "team_id": "T1"}}), Actor("E1", "U1", team="T1")),
        (
            Delivery("view_submission", {"user": {"id": "U1", "team_id": "T1"}, "view": {"id": "V1"}}),
            Actor("E1", "U1", team="T1"),
        ),
    ],
)
def test_what_a_workspace_of_it_delivers_came_by_the_organizations_installation(
    delivery: Delivery, actor: Actor
) -> None:
    assert actor_of(org_wide(delivery)) == actor
    assert actor_of(replace(delivery, payload={**delivery.payload, "team": {"id": "T1"}})).installed in {"T1", ""}


async def test_a_form_becomes_a_card_that_registers_and_says_so(organization: Office) -> None:
    customer = a_customer()
    await organization.command("")
    shown = await organization.send(filled(customer))
    assert "no longer good" not in str(shown)
    await organization.settle()
    (card,) = organization.to(LENA)
    assert customer in shown_in(card)
    await organization.click(card, "approval_approve")
    assert found(organization.slack.messages[card.ts].blocks, "approval_approve") is None
    assert f"{customer}: active" in await organization.deals()


async def test_its_channel_managers_are_known_and_get_what_waits(organization: Office) -> None:
    customer = a_customer()
    await organization.follow()
    await organization.command("")
    await organization.send(filled(customer, amount="2000000"))
    await organization.settle()
    await organization.click(organization.to(LENA)[-1], "approval_approve")
    await organization.follow()
    (card,) = [each for each in organization.to(JONAS) if customer in shown_in(each)]
    await organization.click(card, "review_approve", by=JONAS)
    assert f"{customer}: active" in await organization.deals()


async def test_when_it_leaves_what_was_said_in_its_workspaces_goes_too(organization: Office) -> None:
    await organization.say("How long does an approved deal registration protect a partner?")
    liaison = organization.liaison
    assert liaison.slack.installed() == (("E1", "Team"),)
    gone = {"type": "event_callback", "team_id": "T1", "event_id": "E9", "event_time": int(time.time()) + 60}
    await organization.surface.handle(Delivery("app_uninstalled", {**gone, "event": {"type": "app_uninstalled"}}))
    assert liaison.slack.installed() == ()
    kept = list(liaison.settings.data.rglob("*.sqlite3*"))
    assert not [path.name for path in kept if b"slack:E1:" in path.read_bytes() or b"slack:T1:D1" in path.read_bytes()]
