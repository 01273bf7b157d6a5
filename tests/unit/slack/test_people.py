"""Who somebody in Slack is, and what a channel may hear."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
import structlog

from assistant.domain.people import Requester, Role
from evals.slack_canary import PARTNERS, case
from integrations.surfaces.slack.actor import Actor
from integrations.surfaces.slack.people import MOST_MEMBERS, WhoIsWho, common_view
from tests.unit.slack.workspace import LADDER, Slack, known, mail, user


async def test_an_explicit_link_comes_before_the_map() -> None:
    slack = Slack(linked={("TACME", "U1"): "partner:beta"})
    found = await known(slack).requester(Actor("THOST", "U1", team="TACME"))
    assert (found.partner_id, found.tier, found.user, found.locale) == ("beta", "silver", "slack:TACME:U1", "ja-JP")


async def test_a_workspace_of_the_map_makes_its_members_that_partner() -> None:
    found = await known(Slack()).requester(Actor("THOST", "U1", team="TACME"))
    assert (found.role, found.partner_id, found.tier) == (Role.PARTNER, "acme", "gold")


async def test_somebody_of_a_grid_organization_is_known_by_it() -> None:
    slack = Slack({"U1": user("TGAMMA", enterprise_user={"enterprise_id": "EGAMMA"})})
    found = await known(slack).requester(Actor("THOST", "U1", enterprise="EGAMMA"))
    assert found.partner_id == "gamma"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("cora@vendor.example", "channel_manager:cora"),
        ("x@delta.example", "partner:delta"),
        ("x@other.example", "anonymous"),
    ],
)
async def test_in_the_vendors_own_workspace_a_confirmed_address_tells(address: str, name: str) -> None:
    slack = Slack({"U1": user("THOST", **mail(address))})
    assert (await known(slack).requester(Actor("THOST", "U1", team="THOST"))).name == name
    unsure = Slack({"U1": user("THOST", **mail(address, confirmed=False))})
    assert (await known(unsure).requester(Actor("THOST", "U1", team="THOST"))).name == "anonymous"


@pytest.mark.parametrize("team", ["TBETA", "TODD"])
async def test_elsewhere_an_address_proves_nothing(team: str) -> None:
    slack = Slack({"U1": user(team, **mail("cora@vendor.example"))})
    found = await known(slack).requester(Actor("THOST", "U1", team=team))
    assert found.name == ("partner:beta" if team == "TBETA" else "anonymous")


@pytest.mark.parametrize(
    "described",
    [
        None,
        user(is_restricted=True),
        user(is_ultra_restricted=True),
        user(is_stranger=True),
        user(deleted=True),
        user(is_bot=True),
        user(is_restricted=None),
        user("TBETA"),
    ],
)
async def test_whoever_is_not_plainly_a_member_sees_public_content_only(described: dict[str, Any] | None) -> None:
    found = await known(Slack({"U1": described})).requester(Actor("THOST", "U1", team="TACME"))
    assert (found.known, found.user) == (False, "slack:TACME:U1")


async def test_a_guest_who_linked_their_account_is_who_they_linked() -> None:
    slack = Slack({"U1": user("THOST", is_restricted=True)}, linked={("THOST", "U1"): "partner:acme"})
    assert (await known(slack).requester(Actor("THOST", "U1", team="THOST"))).partner_id == "acme"


async def test_an_unknown_home_is_nobody_even_with_a_link() -> None:
    slack = Slack(linked={("", "U1"): "partner:acme", ("THOST", "U1"): "partner:acme"})
    assert not (await known(slack).requester(Actor("THOST", "U1"))).known


async def heard(slack: Slack, *, teams: list[str], **more: Any) -> Requester:
    slack.facts = {"is_im": False, "connected_team_ids": teams} | more
    who = known(slack)
    actor = Actor("THOST", "U1", team="TACME", channel="C1")
    return await who.audience(actor, await who.requester(actor))


async def test_a_channel_with_one_partner_hears_what_that_partner_may_see() -> None:
    found = await heard(Slack({"U1": user(), "U2": user("THOST")}), teams=["TACME"])
    assert (found.role, found.partner_id, found.tier, found.user) == (Role.PARTNER, "acme", "gold", "channel:C1")


async def test_a_channel_with_two_partners_hears_what_both_may_see() -> None:
    found = await heard(Slack({"U1": user(), "U2": user("TBETA")}), teams=["TACME", "TBETA"])
    assert (found.partner_id, found.tier, found.regions) == ("", "silver", frozenset())


@pytest.mark.parametrize(
    ("slack", "teams"),
    [
        (Slack({"U1": user(), "U2": user("THOST", is_restricted=True)}), ["TACME"]),
        (Slack({"U1": user(), "U2": None}), ["TACME"]),
        (Slack({"U1": user(), "U2": user("TODD")}), ["TACME"]),
        (Slack(), ["TACME", "TODD"]),
        (Slack(), []),
        (Slack({f"U{n}": user() for n in range(1, MOST_MEMBERS + 2)}), ["TACME"]),
    ],
    ids=["guest", "unknown member", "stranger", "unknown organization", "vendor alone", "too many"],
)
async def test_a_channel_that_is_not_plainly_partners_hears_public_content_only(slack: Slack, teams: list[str]) -> None:
    assert not (await heard(slack, teams=teams)).known


async def test_an_invitation_counts_before_it_is_accepted() -> None:
    assert not (await heard(Slack(), teams=["TACME"], pending_connected_team_ids=["TODD"])).known


async def test_a_channel_that_cannot_be_looked_up_hears_public_content_only() -> None:
    who = known(Slack(facts=None))
    actor = Actor("THOST", "U1", team="TACME", channel="C1")
    assert not (await who.audience(actor, await who.requester(actor))).known


async def test_a_direct_message_hears_what_the_person_may_see() -> None:
    requester = await heard(Slack(), teams=[], is_im=True)
    assert (requester.partner_id, requester.user) == ("acme", "slack:TACME:U1")


def test_nobody_sees_more_together_than_alone() -> None:
    both = common_view([PARTNERS["acme"], PARTNERS["gamma"]], LADDER)
    assert (both.tier, both.regions, both.partner_id) == ("gold", frozenset({"EMEA"}), "")
    assert not common_view([PARTNERS["acme"], Requester("x", Role.PARTNER, partner_id="x", tier="tin")], LADDER).known
    assert not common_view([], LADDER).known


class Careless(WhoIsWho):
    """Answers a channel with what the asker may see."""

    async def audience(self, actor: Actor, requester: Requester) -> Requester:
        return requester


async def leaks(rules: type[WhoIsWho], cases: int) -> Counter[str]:
    chance, seen = random.Random(7), Counter[str]()
    with structlog.testing.capture_logs():
        for _ in range(cases):
            seen += await case(chance, rules)
    return seen


async def test_no_canary_is_heard_by_anybody_who_may_not_know_it() -> None:
    seen = await leaks(WhoIsWho, 400)
    assert (seen["leaked publicly"], seen["leaked privately"]) == (0, 0)
    assert seen["restricted and told publicly"] > 50
    assert (await leaks(Careless, 100))["leaked publicly"] > 10


@pytest.mark.parametrize(
    ("installed", "partner"), [("EGAMMA", ""), ("THOST", "acme"), ("EODD", "")], ids=["another's", "vendor", "unknown"]
)
async def test_whoever_installed_the_app_hears_too(installed: str, partner: str) -> None:
    """Also an organization that installed it as a whole, which Slack does not name among those of the channel."""
    slack = Slack({"U1": user()}, facts={"is_im": False, "connected_team_ids": ["TACME"]})
    who = known(slack)
    actor = Actor(installed, "U1", team="TACME", channel="C1")
    assert (await who.audience(actor, await who.requester(actor))).partner_id == partner


@pytest.mark.parametrize(("installed", "name"), [("EHOST", "cora"), ("THOST", "cora"), ("EGAMMA", ""), ("TACME", "")])
async def test_the_vendors_people_are_known_by_their_address_where_the_vendor_installed_the_app(
    installed: str, name: str
) -> None:
    described = user("THOST", enterprise_user={"enterprise_id": "EHOST"}, **mail("cora@vendor.example"))
    found = await known(Slack({"U1": described})).requester(Actor(installed, "U1", team="THOST"))
    assert (found.user if found.known else "") == name


@pytest.mark.parametrize("linked", ["TACME", "EACME"])
@pytest.mark.parametrize("home", [{"team": "TACME"}, {"enterprise": "EACME"}])
async def test_a_link_holds_wherever_slack_says_that_its_owner_belongs(linked: str, home: dict[str, str]) -> None:
    """Of somebody on Enterprise Grid a command names the workspace, a message in a shared channel the organization."""
    described = user("TACME", enterprise_user={"enterprise_id": "EACME"}, is_stranger=True)
    slack = Slack({"U1": described}, linked={(linked, "U1"): "partner:beta"})
    assert (await known(slack).requester(Actor("THOST", "U1", **home))).partner_id == "beta"


async def test_a_link_of_somebody_elses_home_is_none() -> None:
    slack = Slack({"U1": user("TACME", is_stranger=True)}, linked={("TODD", "U1"): "partner:beta"})
    assert not (await known(slack).requester(Actor("THOST", "U1", team="TACME"))).known
