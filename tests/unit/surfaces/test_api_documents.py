"""/v1/documents at its seam: what comes in, who sees it, and that what goes is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from integrations.surfaces.http.service import Service
from tests.unit.surfaces.world import client, key, partner, serving_quickly, staff

GUIDE = b"# Onboarding\n\nThe quokkalink portal opens on day three.\n"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with serving_quickly(tmp_path) as service:
        yield service


async def listed(caller: httpx.AsyncClient) -> dict[str, str]:
    """Titles of what a caller sees, with their ids."""
    return {item["title"]: item["id"] for item in (await caller.get("/v1/documents")).json()["items"]}


async def send(caller: httpx.AsyncClient, *files: tuple[str, bytes], **about: str) -> httpx.Response:
    return await caller.post("/v1/documents", files=[("files", file) for file in files], data=about)


async def test_an_upload_is_searchable_when_the_call_returns(service: Service) -> None:
    async with staff(service) as caller:
        response = await send(caller, ("guide.md", GUIDE), product="Keep", version="2", minimum_tier="gold")
        assert response.status_code == 201
        body = response.json()
        assert (body["added"], body["documents"][0]["title"]) == (1, "Onboarding")
        assert body["documents"][0]["audience"]["minimum_tier"] == "gold"
        passages = await service.liaison.content.passages_of(body["documents"][0]["id"])
        assert "quokkalink" in passages[0].text
        assert body["generation"] == (await service.liaison.content.catalog()).generation


async def test_a_file_of_the_same_name_is_replaced_and_an_equal_one_costs_nothing(service: Service) -> None:
    async with staff(service) as caller:
        first = (await send(caller, ("guide.md", GUIDE))).json()
        same = (await send(caller, ("guide.md", GUIDE))).json()
        other = (await send(caller, ("folder/guide.md", GUIDE.replace(b"three", b"four")))).json()
        assert (same["unchanged"], same["generation"]) == (1, first["generation"])
        assert (other["changed"], other["documents"][0]["id"]) == (1, first["documents"][0]["id"])
        text = await service.liaison.content.text(first["documents"][0]["id"])
        assert "four" in text
        assert "three" not in text


async def test_one_bad_file_leaves_everything_as_it_was(service: Service) -> None:
    async with staff(service) as caller:
        before = (await send(caller, ("guide.md", GUIDE), ("notes.txt", b"Plain notes about margins."))).json()
        refused = await send(
            caller, ("guide.md", b"# Changed\n\nOther words here.\n"), ("notes.pdf", b"%PDF-1.7 nonsense")
        )
        assert refused.status_code == 422
        assert refused.json()["code"] in {"corrupt", "mislabelled", "empty"}
        assert await service.liaison.content.text(before["documents"][0]["id"])
        assert (await service.liaison.content.catalog()).generation == before["generation"]
        assert await service.liaison.content.quarantined() == []


@pytest.mark.parametrize(
    ("name", "data", "about", "status"),
    [
        ("a.exe", b"MZ", {}, 422),
        (".hidden.md", GUIDE, {}, 422),
        ("a.md", b"", {}, 422),
        ("a.md", GUIDE, {"minimum_tier": "diamond"}, 422),
        ("a.md", GUIDE, {"valid_from": "2026-13-45"}, 422),
        ("a.md", GUIDE, {"valid_from": "2027-01-01", "valid_until": "2026-01-01"}, 422),
        ("a.md", GUIDE, {"roles": "king"}, 422),
        ("a.md", GUIDE, {"language": "klingonisch"}, 422),
        ("\x00", GUIDE, {}, 422),
        ("x" * 300 + ".md", GUIDE, {}, 422),
    ],
)
async def test_an_upload_that_cannot_be_used_is_refused_with_its_reason(
    service: Service, name: str, data: bytes, about: dict[str, str], status: int
) -> None:
    async with staff(service) as caller:
        response = await send(caller, (name, data), **about)
        assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
        assert response.json()["hint"] or response.json()["problems"]


async def test_uploads_at_the_same_time_all_arrive_one_after_the_other(service: Service) -> None:
    async with staff(service) as caller:
        bodies = [f"# Guide {n}\n\nWords about topic {n}.\n".encode() for n in range(6)]
        responses = await asyncio.gather(*(send(caller, (f"{n}.md", body)) for n, body in enumerate(bodies)))
        assert {response.status_code for response in responses} == {201}
        assert len({response.json()["generation"] for response in responses}) == 6
        assert {f"Guide {n}" for n in range(6)} <= (await listed(caller)).keys()


async def test_while_another_process_writes_an_upload_is_refused_and_may_be_sent_again(service: Service) -> None:
    async with staff(service) as caller:
        with service.liaison.open_writer():
            refused = await send(caller, ("guide.md", GUIDE))
        assert (refused.status_code, refused.json()["code"]) == (503, "writer_busy")
        assert refused.headers["retry-after"]
        assert (await send(caller, ("guide.md", GUIDE))).status_code == 201


async def test_a_removed_document_is_found_by_nothing(service: Service) -> None:
    async with staff(service) as caller:
        document = (await send(caller, ("guide.md", GUIDE))).json()["documents"][0]["id"]
        assert (await caller.delete(f"/v1/documents/{document}")).status_code == 204
        assert (await caller.delete(f"/v1/documents/{document}")).status_code == 404
        assert (await caller.get(f"/v1/documents/{document}/view")).status_code == 404
        assert "Onboarding" not in await listed(caller)
        answer = (await caller.post("/v1/ask", json={"question": "When does the quokkalink portal open?"})).text
        assert "day three" not in answer


async def test_an_erased_document_leaves_no_byte_in_the_data_directory(service: Service, tmp_path: Path) -> None:
    async with staff(service) as caller:
        document = (await send(caller, ("quokkalink.md", GUIDE))).json()["documents"][0]["id"]
        await caller.post("/v1/ask", json={"question": "When does the portal open?", "thread": "t"})
        assert with_marker(tmp_path / "data")
        assert (await caller.delete(f"/v1/documents/{document}?erase=true")).status_code == 204
        assert with_marker(tmp_path / "data") == []


def with_marker(data: Path) -> list[Path]:
    return [path for path in data.rglob("*") if path.is_file() and b"quokkalink" in path.read_bytes()]


async def test_nobody_sees_that_a_document_of_others_exists(service: Service) -> None:
    async with staff(service) as caller:
        everything = await listed(caller)
    assert set(everything) == {
        "Deal protection",
        "Market development funds",
        "Gold rebate",
        "Brightpath plan",
        "Future prices",
    } - {"Brightpath plan"}
    seen = {"acme": {"Deal protection", "Market development funds", "Gold rebate"}}
    seen["brightpath"] = {"Deal protection", "Market development funds", "Brightpath plan"}
    for name, titles in seen.items():
        async with partner(service, name) as caller:
            mine = await listed(caller)
            assert set(mine) == titles
            for title, document in everything.items():
                status = (await caller.get(f"/v1/documents/{document}/view")).status_code
                assert status == (200 if title in titles else 404)
            unknown = await caller.get("/v1/documents/00000000/view")
            hidden = await caller.get(f"/v1/documents/{everything['Future prices']}/view")
            assert unknown.json()["detail"] == hidden.json()["detail"]


async def test_a_list_can_be_read_page_by_page(service: Service) -> None:
    async with partner(service) as caller:
        first = (await caller.get("/v1/documents?limit=2")).json()
        rest = (await caller.get(f"/v1/documents?limit=2&cursor={first['cursor']}")).json()
        assert (len(first["items"]), len(rest["items"]), rest["cursor"], rest["total"]) == (2, 1, "", 3)


async def test_the_source_view_marks_the_quote_and_shows_content_as_text(service: Service) -> None:
    hostile = b"# Notes\n\nSafe words. <script>alert(1)</script> [x](https://evil.example) more.\n"
    async with staff(service) as caller:
        document = (await send(caller, ("n.md", hostile))).json()["documents"][0]["id"]
        page = (await caller.get(f"/v1/documents/{document}/view?start=0&end=11")).text
        assert '<mark id="quote" tabindex="-1">Safe words.</mark>' in page
        assert "<script" not in page
        assert 'href="https://' not in page


async def test_a_key_without_the_scope_reads_no_source(service: Service) -> None:
    made = await key(service, "partner:acme", ["ask"])
    async with client(service, made.token) as caller:
        assert (await caller.get("/v1/documents/00/view")).status_code == 403
