"""Campaign kits over HTTP: drafted by partners, reviewed by the vendor's people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integrations.surfaces.http.campaigns import BRIEF
from integrations.surfaces.http.service import Service
from tests.conftest import ROOT
from tests.unit.surfaces.world import client, key, serving_quickly


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("campaigns")
    with serving_quickly(folder, library={}, prm_rules=ROOT / "samples" / "prm" / "rules.yaml") as service:
        service.liaison.prm.seed(ROOT / "samples" / "prm", data=service.liaison.settings.data, tenant="default")
        yield service


async def call(service: Service, who: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    made = await key(service, who, ("campaigns",))
    async with client(service, made.token) as caller:
        return await caller.request(method, path, json=body)


async def test_the_documented_brief_is_drafted_reviewed_by_role_and_approved(service: Service) -> None:
    drafted = await call(service, "partner:acme", "POST", "/v1/campaigns", BRIEF)
    assert drafted.status_code == 201, drafted.text
    [kit] = drafted.json()["items"]
    assert {field["status"] for field in kit["fields"]} == {"ready for approval"}
    assert any("Wiederherstellung" in field["text"] for field in kit["fields"])
    path, given = f"/v1/campaigns/{kit['id']}/reviews", {"decision": "approve", "digest": kit["digest"]}
    for role in ("brand", "market", "legal"):
        reviewed = await call(service, "channel_manager:jonas", "POST", path, {**given, "role": role})
        assert reviewed.status_code == 201, reviewed.text
    seen = (await call(service, "partner:acme", "GET", f"/v1/campaigns/{kit['id']}")).json()
    assert (seen["status"], [review["role"] for review in seen["reviews"]]) == (
        "approved",
        ["brand", "market", "legal"],
    )
    assert {(review["reviewer"], review["void"]) for review in seen["reviews"]} == {("channel_manager:jonas", False)}
    changed = await call(service, "partner:acme", "POST", "/v1/campaigns", {**BRIEF, "send_on": "2026-12-02"})
    assert changed.json()["items"][0]["status"] == "in review"
    late = await call(service, "channel_manager:jonas", "POST", path, {**given, "role": "legal"})
    assert (late.status_code, late.json()["code"]) == (409, "stale_version")


async def test_another_partner_neither_drafts_for_it_nor_sees_its_kits(service: Service) -> None:
    [kit] = (await call(service, "partner:acme", "POST", "/v1/campaigns", BRIEF)).json()["items"]
    drafted = await call(service, "partner:brightpath", "POST", "/v1/campaigns", BRIEF)
    seen = await call(service, "partner:brightpath", "GET", f"/v1/campaigns/{kit['id']}")
    assert (drafted.status_code, seen.status_code) == (404, 404)


async def test_bad_briefs_are_problems_that_name_what_is_off(service: Service) -> None:
    unknown = await call(service, "partner:acme", "POST", "/v1/campaigns", {**BRIEF, "theme": "no-such"})
    assert (unknown.status_code, "keep-recovery" in unknown.json()["hint"]) == (400, True)
    shape = await call(service, "partner:acme", "POST", "/v1/campaigns", {**BRIEF, "url": "http://plain.example"})
    assert (shape.status_code, shape.json()["problems"][0]["field"]) == (422, "url")
    model = await call(service, "partner:acme", "POST", "/v1/campaigns", {**BRIEF, "write": True})
    assert (model.status_code, "LIAISON_MODEL" in model.json()["hint"]) == (400, True)


async def test_a_key_without_the_scope_does_nothing(service: Service) -> None:
    made = await key(service, "partner:acme", ("ask",))
    async with client(service, made.token) as caller:
        refused = await caller.post("/v1/campaigns", json=BRIEF)
    assert (refused.status_code, "campaigns" in refused.json()["hint"]) == (403, True)


async def test_partners_do_not_review(service: Service) -> None:
    [kit] = (await call(service, "partner:acme", "POST", "/v1/campaigns", BRIEF)).json()["items"]
    given = {"role": "legal", "decision": "approve", "digest": kit["digest"]}
    refused = await call(service, "partner:acme", "POST", f"/v1/campaigns/{kit['id']}/reviews", given)
    assert refused.status_code == 403
