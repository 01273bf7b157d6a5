"""Bad input at the port, the HTTP server and the terminal: a typed error names the field, and nothing is written."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from assistant.deals.draft import checked
from assistant.domain.deals import DealChange, DealDraft, DealRegistration
from assistant.domain.people import Requester
from assistant.errors import PrmError
from assistant.ports.prm import DealQuery, Write
from integrations.bootstrap import Liaison, build
from integrations.cli import app
from integrations.settings import Settings
from integrations.surfaces.prm_http.app import open_service, prm_app
from tests.contract.prm_world import ACME, BETA, WORLD

Found = set[tuple[str, str]]
Values = dict[str, Any]
LINE = re.compile(r"^(?:(\S+): )?.*\(([\w-]+)\)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entrance:
    """A way into the PRM: registering, changing and reading; each gives the problems, none when it worked."""

    liaison: Liaison
    register: Callable[[Values, Requester, str], Found]
    update: Callable[[str, Values, Requester, str], Found]
    read: Callable[[str, Requester], Found]

    def deals(self) -> list[DealRegistration]:
        return list(asyncio.run(self.liaison.prm.prm.find_deals(DealQuery(), requester=ACME)).items)

    def events(self) -> int:
        return len(asyncio.run(self.liaison.prm.prm.changes(since=0, requester=ACME)))


def at_the_port(liaison: Liaison, _folder: Path) -> Entrance:
    prm = liaison.prm.prm

    def found(work: Callable[[], Any]) -> Found:
        try:
            asyncio.run(work())
        except PrmError as error:
            return {(problem.field, problem.code) for problem in error.problems}
        return set()

    async def register(values: Values, who: Requester, key: str) -> None:
        await prm.register_deal(checked(values, DealDraft), write=Write(who, key))

    async def update(deal_id: str, values: Values, who: Requester, version: str) -> None:
        await prm.update_deal(deal_id, checked(values, DealChange), write=Write(who, f"u{version}", version))

    return Entrance(
        liaison,
        lambda values, who, key: found(lambda: register(values, who, key)),
        lambda deal_id, values, who, version: found(lambda: update(deal_id, values, who, version)),
        lambda deal_id, who: found(lambda: prm.get_deal(deal_id, requester=who)),
    )


def over_http(liaison: Liaison, _folder: Path) -> Entrance:
    service = open_service(liaison.prm.prm, liaison.prm.desk, keys=liaison.api_keys, clock=liaison.clock, rate=0)
    scopes, served = ["prm:read", "prm:write"], prm_app(service)
    ring = service.doorkeeper.keys
    tokens = {
        who.name: asyncio.run(ring.create(name="x", principal=who.name, scopes=scopes)).token for who in (ACME, BETA)
    }

    def found(method: str, place: str, who: Requester, body: Values | None = None, **headers: str) -> Found:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(served)
            async with httpx.AsyncClient(transport=transport, base_url="http://prm") as client:
                sent = {"Authorization": f"Bearer {tokens[who.name]}", "Content-Type": "application/json"} | headers
                return await client.request(method, place, content=json.dumps(body), headers=sent)

        answer = asyncio.run(call())
        if answer.is_success:
            return set()
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["hint"]
        return {(each["field"], each["code"]) for each in answer.json()["problems"]}

    def update(deal_id: str, values: Values, who: Requester, version: str) -> Found:
        headers = {"Idempotency-Key": f"u{version}", "If-Match": f'"{version}"'}
        return found("PATCH", f"/v1/deals/{deal_id}", who, values, **headers)

    return Entrance(
        liaison,
        lambda values, who, key: found("POST", "/v1/deals", who, values, **{"Idempotency-Key": key}),
        update,
        lambda deal_id, who: found("GET", f"/v1/deals/{deal_id}", who),
    )


def from_the_terminal(liaison: Liaison, folder: Path) -> Entrance:
    runner, file = CliRunner(env={"COLUMNS": "400", "LIAISON_DATA": str(folder)}), folder / "body.json"

    def found(*arguments: str, body: Values | None = None) -> Found:
        file.write_text(json.dumps(body), encoding="utf-8")
        outcome = runner.invoke(app, ["deals", *arguments])
        if outcome.exit_code == 0:
            return set()
        assert len(outcome.stderr.strip().splitlines()) > 1  # the problems, and what to do
        return {(field, code) for field, code in LINE.findall(outcome.stderr)}

    return Entrance(
        liaison,
        lambda values, who, key: found("register", str(file), "--as", who.name, "--key", key, body=values),
        lambda deal_id, values, who, version: found(
            "update", deal_id, str(file), "--as", who.name, "--version", version, body=values
        ),
        lambda deal_id, who: found("show", deal_id, "--as", who.name),
    )


@pytest.fixture(params=[at_the_port, over_http, from_the_terminal], ids=lambda way: way.__name__)
def entrance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Entrance]:
    liaison = build(Settings(data=tmp_path))
    liaison.prm.load(WORLD, tenant="default")
    yield request.param(liaison, tmp_path)
    liaison.close()


def a_deal(**changes: Any) -> Values:
    """A good registration as JSON, with these changes."""
    values = {
        "partner_ref": "crm-1",
        "title": "Backup for two sites",
        "problem": "The customer needs immutable backup in two regions.",
        "product": "keep",
        "value": {"amount": "40000", "currency": "EUR"},
        "target_close": (datetime.now(UTC).date() + timedelta(days=60)).isoformat(),
        "customer": {"name": "Nordwind Logistik GmbH", "country": "DE", "website": "nordwind-logistik.de"},
    }
    for path, value in changes.items():
        place: Any = values
        *parents, last = path.split("__")
        for parent in parents:
            place = place[parent]
        place[last] = value
    return deepcopy(values)


def test_a_good_deal_passes_every_entrance(entrance: Entrance) -> None:
    assert entrance.register(a_deal(), ACME, "k1") == set()
    assert [deal.partner_id for deal in entrance.deals()] == ["acme"]


CASES: tuple[tuple[Values, str, str], ...] = (
    ({"stage": "dreaming"}, "stage", "enum"),
    ({"target_close": "2020-01-31"}, "target_close", "past_date"),
    ({"value__amount": "-5"}, "value.amount", "not_positive"),
    ({"source": "marketing"}, "mdf_used", "required"),
    ({"customer__country": "US"}, "customer.state", "required"),
    ({"kind": "renewal"}, "customer.vendor_account_id", "required"),
    ({"value__currency": "DEM"}, "value.currency", "unknown_currency"),
    ({"value__amount": "10.001"}, "value.amount", "too_many_decimals"),
    ({"team": [{"email": f"p{n}@a.example"} for n in range(20)]}, "team", "too_many"),
    ({"customer__duns": "abc"}, "customer.duns", "malformed"),
    ({"title": "x" * 256}, "title", "too_long"),
    ({"problem": "x" * 2001}, "problem", "too_long"),
    ({"colour": "red"}, "colour", "unknown_field"),
    ({"customer__dunns": "123456789"}, "customer.dunns", "unknown_field"),
    ({"title": "Back\x00up"}, "title", "control_character"),
    ({"value": "a lot"}, "value", "dataclass_type"),
    ({"title": "Back\ud800up"}, "title", "malformed_text"),
    ({"customer__street": "x" * 256}, "customer.street", "too_long"),
    ({"delivery": "x" * 256}, "delivery", "too_long"),
    ({"needs": ["help"] * 21}, "needs", "too_many"),
    ({"partner_count": 0}, "partner_count", "out_of_range"),
    ({"customer__website": "http://[::1"}, "customer.website", "malformed"),
    ({"contact": {"email": "Not An Address"}}, "contact.email", "malformed"),
)


def test_a_field_that_is_off_is_named_and_nothing_is_written(entrance: Entrance) -> None:
    for changes, field, code in CASES:
        assert (field, code) in entrance.register(a_deal(**changes), ACME, "k1"), changes
    assert entrance.deals() == []
    assert entrance.events() == 0
    assert entrance.register(a_deal(), ACME, "k1") == set()  # the key was not used up


def test_another_partners_deal_cannot_be_read_or_changed(entrance: Entrance) -> None:
    entrance.register(a_deal(), ACME, "k1")
    (deal,) = entrance.deals()
    assert ("id", "not_found") in entrance.read(deal.id, BETA)
    assert ("id", "not_found") in entrance.update(deal.id, {"next_steps": "Mine now"}, BETA, deal.version)
    assert entrance.deals() == [deal]
    assert entrance.read("deal-none", BETA) == entrance.read(deal.id, BETA)


def test_a_stale_version_changes_nothing(entrance: Entrance) -> None:
    entrance.register(a_deal(), ACME, "k1")
    (deal,) = entrance.deals()
    assert entrance.update(deal.id, {"next_steps": "First"}, ACME, deal.version) == set()
    assert ("version", "stale_version") in entrance.update(deal.id, {"comments": "Second"}, ACME, "7")
    (kept,) = entrance.deals()
    assert (kept.draft.next_steps, kept.draft.comments) == ("First", "")


def test_a_key_that_comes_again_with_another_body_is_refused(entrance: Entrance) -> None:
    assert entrance.register(a_deal(), ACME, "k1") == set()
    assert entrance.register(a_deal(), ACME, "k1") == set()
    assert ("key", "key_reused") in entrance.register(a_deal(title="Another"), ACME, "k1")
    assert [deal.draft.title for deal in entrance.deals()] == ["Backup for two sites"]


def test_a_customer_that_another_partner_has_is_refused_by_rule_without_naming_it(entrance: Entrance) -> None:
    entrance.register(a_deal(), ACME, "k1")
    found = entrance.register(a_deal(partner_ref="beta-9"), BETA, "k2")
    assert "first-approved-wins" in {code for _, code in found}
    assert len(entrance.deals()) == 1
