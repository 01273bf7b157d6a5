"""The PRM server: who gets in, how often, and what the headers of HTTP promise."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from assistant.domain.deals import DealDraft
from assistant.errors import Forbidden, InvalidRecord, ProviderUnavailable, SettingsError, Throttled
from assistant.ports.prm import DealQuery
from integrations.bootstrap import Liaison, build
from integrations.prm.remote import RemotePrm
from integrations.settings import Settings
from integrations.surfaces.http.rates import RateLimits, Rates
from integrations.surfaces.prm_http.app import open_service, prm_app
from integrations.surfaces.prm_http.server import installed
from integrations.surfaces.prm_http.wire import PrmService
from tests.contract.prm_world import ACME, DRAFT, WORLD, TurnableClock, a_draft, by

DRAFTS = TypeAdapter(DealDraft)


@dataclass(frozen=True, slots=True)
class Office:
    """A PRM server and how to call it."""

    liaison: Liaison
    clock: TurnableClock
    service: PrmService

    async def token(self, who: str, *scopes: str, days: int = 30, rate: int = 0) -> str:
        ring = self.service.doorkeeper.keys
        lifetime = timedelta(days=days)
        return (
            await ring.create(name="x", principal=who, scopes=scopes, lifetime=lifetime, rate_per_minute=rate)
        ).token

    def client(self, token: str = "") -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(prm_app(self.service))
        return httpx.AsyncClient(transport=transport, base_url="http://prm", headers=headers)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    clock = TurnableClock()
    liaison = build(Settings(data=tmp_path), clock=clock)
    liaison.prm.load(WORLD, tenant="default")
    service = open_service(liaison.prm.prm, liaison.prm.desk, keys=liaison.api_keys, clock=clock, rate=0)
    yield Office(liaison, clock, service)
    liaison.close()


def body(draft: DealDraft = DRAFT) -> Any:
    return DRAFTS.dump_python(draft, mode="json", exclude_none=True)


async def test_an_expired_token_is_refused_as_such_and_says_what_to_do(office: Office) -> None:
    async with office.client(await office.token("partner:acme", "prm:read", days=1)) as client:
        assert (await client.get("/v1/deals")).status_code == 200
        office.clock.turn(days=2)
        refused = await client.get("/v1/deals")
    assert (refused.status_code, refused.json()["code"]) == (401, "not_authenticated")
    assert refused.headers["www-authenticate"] == "Bearer"
    assert "key" in refused.json()["hint"]


@pytest.mark.parametrize("header", ["", "Bearer liaison_no_such", "Basic abc", "Bearer "])
async def test_without_a_good_token_nothing_is_answered(office: Office, header: str) -> None:
    async with office.client() as client:
        refused = await client.get("/v1/partners", headers={"Authorization": header} if header else {})
    assert (refused.status_code, refused.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize(
    ("scope", "method", "place"),
    [("prm:write", "GET", "/v1/deals"), ("prm:read", "POST", "/v1/deals"), ("prm:read", "GET", "/v1/queue")],
)
async def test_a_token_does_only_what_its_scopes_allow(office: Office, scope: str, method: str, place: str) -> None:
    async with office.client(await office.token("partner:acme", scope)) as client:
        refused = await client.request(method, place, json=body(), headers={"Idempotency-Key": "k"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_a_partners_token_cannot_decide_even_with_the_scope(office: Office) -> None:
    async with office.client(await office.token("partner:acme", "prm:decide")) as client:
        assert (await client.get("/v1/queue")).status_code == 403


async def test_a_token_speaks_for_others_only_when_it_may(office: Office) -> None:
    plain = await office.token("administrator:root", "prm:read")
    async with office.client(plain) as client:
        refused = await client.get("/v1/deals", headers={"Liaison-Act-For": "partner:acme"})
    assert refused.status_code == 403
    peer = await office.token("administrator:root", "prm:read", "prm:act_for")
    async with office.client(peer) as client:
        deals = RemotePrm(client, token=peer)
        assert (await deals.find_deals(DealQuery(), requester=ACME)).items == ()
        nobody = await client.get("/v1/deals", headers={"Liaison-Act-For": "manager:cora"})
    assert nobody.status_code == 401


async def test_too_many_calls_are_told_how_long_to_wait(office: Office) -> None:
    limited = replace(office, service=replace(office.service, rates=Rates(RateLimits(2, now=lambda: 0.0))))
    token = await office.token("administrator:root", "prm:read", "prm:act_for")
    async with limited.client(token) as client:
        assert [(await client.get("/v1/changes")).status_code for _ in range(3)] == [200, 200, 429]
        refused = await client.get("/v1/changes")
        assert (refused.json()["code"], refused.json()["retryable"]) == ("throttled", True)
        assert int(refused.headers["retry-after"]) >= 1
        with pytest.raises(Throttled) as caught:
            await RemotePrm(client, token=token).find_deals(DealQuery(), requester=ACME)
    assert caught.value.retry_after >= 1


async def test_a_write_says_where_the_record_is_and_which_version_it_has(office: Office) -> None:
    async with office.client(await office.token("partner:acme", "prm:read", "prm:write")) as client:
        made = await client.post("/v1/deals", json=body(), headers={"Idempotency-Key": "k1"})
        assert made.status_code == 201
        again = await client.post("/v1/deals", json=body(), headers={"Idempotency-Key": "k1"})
        assert (again.status_code, again.json()) == (201, made.json())
        found = await client.get(made.headers["location"])
        assert found.headers["etag"] == made.headers["etag"] == '"1"'
        seen = {"Idempotency-Key": "k2", "If-Match": found.headers["etag"]}
        changed = await client.patch(made.headers["location"], json={"next_steps": "Visit"}, headers=seen)
        assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
        stale = seen | {"Idempotency-Key": "k3"}
        refused = await client.patch(made.headers["location"], json={"next_steps": "Again"}, headers=stale)
        assert (refused.json()["code"], refused.json()["retryable"]) == ("stale_version", True)


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ({}, {"Idempotency-Key", "If-Match"}),
        ({"Idempotency-Key": "k"}, {"If-Match"}),
        ({"Idempotency-Key": "k", "If-Match": "*"}, {"If-Match"}),
        ({"Idempotency-Key": "k" * 256, "If-Match": '"1"'}, {"key"}),
    ],
)
async def test_a_change_without_key_or_version_is_refused(
    office: Office, headers: dict[str, str], fields: set[str]
) -> None:
    deal = await office.liaison.prm.prm.register_deal(DRAFT, write=by(ACME, "k1"))
    async with office.client(await office.token("partner:acme", "prm:write")) as client:
        refused = await client.patch(f"/v1/deals/{deal.id}", json={"comments": "x"}, headers=headers)
    assert refused.status_code == 422
    assert {each["field"] for each in refused.json()["problems"]} == fields


async def test_pages_are_joined_by_their_cursor(office: Office) -> None:
    for number in range(5):
        await office.liaison.prm.prm.register_deal(a_draft(f"d{number}"), write=by(ACME, f"k{number}"))
        office.clock.turn(minutes=1)
    seen: list[str] = []
    async with office.client(await office.token("partner:acme", "prm:read")) as client:
        cursor = ""
        while True:
            page = (await client.get("/v1/deals", params={"limit": 2, "cursor": cursor})).json()
            seen += [item["draft"]["partner_ref"] for item in page["items"]]
            cursor = page["cursor"]
            if not cursor:
                break
        bad = await client.get("/v1/deals", params={"cursor": "nonsense"})
        many = await client.get("/v1/deals", params={"limit": 5000})
    assert seen == ["d4", "d3", "d2", "d1", "d0"]
    assert (bad.status_code, bad.json()["problems"][0]["field"]) == (422, "cursor")
    assert (many.status_code, many.json()["problems"][0]["field"]) == (422, "limit")


async def test_the_queue_is_decided_over_http(office: Office) -> None:
    large = replace(DRAFT, value=replace(DRAFT.value, amount=DRAFT.value.amount * 100))
    deal = await office.liaison.prm.prm.register_deal(large, write=by(ACME, "k1"))
    async with office.client(await office.token("channel_manager:cora", "prm:read", "prm:decide")) as client:
        waiting = (await client.get("/v1/queue")).json()["items"]
        assert [item["id"] for item in waiting] == [deal.id]
        seen = {"Idempotency-Key": "d1", "If-Match": f'"{deal.version}"'}
        approved = await client.post(f"/v1/deals/{deal.id}/approve", json={}, headers=seen)
        assert approved.json()["state"] == "active"
        assert (await client.get(f"/v1/deals/{deal.id}/decisions")).json()[0]["verdict"] == "review"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"null"])
async def test_a_body_that_is_no_record_is_a_problem(office: Office, content: bytes) -> None:
    async with office.client(await office.token("partner:acme", "prm:write")) as client:
        headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
        refused = await client.post("/v1/deals", content=content, headers=headers)
    assert (refused.status_code, refused.headers["content-type"]) in {
        (422, "application/problem+json"),
        (400, "application/problem+json"),
    }


@pytest.mark.parametrize("cursor", ["W251bGwsICJ5Il0=", "WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAsICJ5Il0=", "é", "%"])
async def test_a_cursor_we_never_made_is_refused(office: Office, cursor: str) -> None:
    async with office.client(await office.token("partner:acme", "prm:read")) as client:
        refused = await client.get("/v1/deals", params={"cursor": cursor})
    assert (refused.status_code, refused.json()["problems"][0]["field"]) == (422, "cursor")


async def test_half_a_character_is_refused_wherever_it_stands(office: Office) -> None:
    deal = await office.liaison.prm.prm.register_deal(DRAFT, write=by(ACME, "k1"))
    broken, seen = json.dumps({"reason": "\ud800"}), {"Idempotency-Key": "k2", "If-Match": '"1"'}
    async with office.client(await office.token("partner:acme", "prm:write")) as client:
        place = f"/v1/deals/{deal.id}/withdraw"
        refused = await client.post(place, content=broken, headers=seen | {"Content-Type": "application/json"})
    assert (refused.status_code, refused.json()["problems"][0]["code"]) == (422, "malformed_text")
    with pytest.raises(InvalidRecord):
        await office.liaison.prm.prm.withdraw_deal(deal.id, "\ud800", write=by(ACME, "k3", deal.version))
    assert await office.liaison.prm.prm.get_deal(deal.id, requester=ACME) == deal


async def test_the_description_names_every_resource_and_its_problems(office: Office) -> None:
    async with office.client() as client:
        described = (await client.get("/openapi.json")).json()
    places = set(described["paths"])
    assert {"/v1/partners", "/v1/accounts", "/v1/deals", "/v1/invitations", "/v1/fund-requests"} <= places
    assert {"/v1/changes", "/v1/queue", "/v1/deals/{deal_id}/approve"} <= places
    for operations in described["paths"].values():
        assert all("429" in operation["responses"] for operation in operations.values())
    assert "retryable" in described["components"]["schemas"]["FieldProblem"]["properties"]


async def test_the_server_turns_its_clocks_and_speaks_the_aws_wire(office: Office) -> None:
    deal = await office.liaison.prm.prm.register_deal(DRAFT, write=by(ACME, "k1"))
    office.clock.turn(days=400)
    app = installed(office.liaison, every=0.01)
    async with app.router.lifespan_context(app):
        for _ in range(3000):
            kept = await office.liaison.prm.prm.get_deal(deal.id, requester=ACME)
            if kept.state == "expired":
                break
            await asyncio.sleep(0.01)
        else:
            pytest.fail("the deal did not lapse")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://prm") as client:
        answer = await client.post("/aws/", content=b"{}")
    assert answer.headers["content-type"] == "application/x-amz-json-1.0"


async def test_a_server_that_is_away_is_told_apart_from_one_that_refuses() -> None:
    def refused(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody listens", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(refused), base_url="http://prm") as client:
        with pytest.raises(ProviderUnavailable):
            await RemotePrm(client, token="t").register_deal(DRAFT, write=by(ACME, "k"))
        with pytest.raises(Forbidden):
            await RemotePrm(client, token="t").get_deal("x", requester=replace(ACME, role=None))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"prm": "nonsense"}, "LIAISON_PRM to one of"),
        ({"prm_url": "https://prm.example"}, "LIAISON_PRM_TOKEN"),
        ({"prm": "remote"}, "LIAISON_PRM_URL"),
    ],
)
def test_a_prm_that_the_settings_cannot_name_is_refused(tmp_path: Path, settings: Any, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        _ = build(Settings(data=tmp_path, **settings)).prm
    assert words in caught.value.hint


def test_an_address_of_a_server_makes_it_the_prm(tmp_path: Path) -> None:
    liaison = build(Settings.model_validate({"data": tmp_path, "prm_url": "https://prm.example", "prm_token": "t"}))
    assert isinstance(liaison.prm.prm, RemotePrm)
    liaison.close()
