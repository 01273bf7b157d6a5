"""Who gets in, how often, with how much, and what refusals look like."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from assistant import errors
from assistant.errors import LiaisonError
from integrations.surfaces.http.app import create_app
from integrations.surfaces.http.oidc import OidcTokens
from integrations.surfaces.http.problems import STATUS, status_of
from integrations.surfaces.http.service import Service
from tests.unit.surfaces.world import READER_SCOPES, STAFF_SCOPES, client, key, partner, serving_quickly, staff

QUESTION = {"question": "How long is a deal protected?"}
ISSUER, AUDIENCE = "https://login.example", "liaison"
SIGNER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving_quickly(tmp_path_factory.mktemp("access")) as service:
        yield service


def all_errors(kind: type[LiaisonError] = LiaisonError) -> set[type[LiaisonError]]:
    return {kind, *(below for child in kind.__subclasses__() for below in all_errors(child))}


@pytest.mark.parametrize("kind", sorted(all_errors(), key=str), ids=str)
def test_every_error_has_a_status_and_only_an_unforeseen_one_is_the_servers_fault(kind: type[LiaisonError]) -> None:
    if kind.__module__ != errors.__name__:
        pytest.skip("an error of a test")
    status = status_of(kind.__new__(kind))
    assert (status == HTTPStatus.INTERNAL_SERVER_ERROR) == (kind is LiaisonError)
    assert set(STATUS) <= all_errors()


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic Zm9vOmJhcg==", "Bearer liaison_00_x", "Bearer x.y.z"]
)
async def test_without_a_good_key_nothing_is_told(service: Service, header: str) -> None:
    async with client(service) as caller:
        for method, path in (("POST", "/v1/ask"), ("GET", "/v1/documents"), ("DELETE", "/v1/documents/00")):
            response = await caller.request(method, path, headers={"authorization": header} if header else {})
            assert response.status_code == 401
            assert response.headers["www-authenticate"] == "Bearer"
            assert response.json()["code"] == "not_authenticated"


async def test_a_key_may_do_only_what_its_scopes_say(service: Service) -> None:
    made = await key(service, "administrator:callum", ["ask"])
    async with client(service, made.token) as caller:
        assert (await caller.post("/v1/ask", json=QUESTION)).status_code == 200
        assert (await caller.get("/v1/documents")).status_code == 403
        assert (await caller.get("/v1/gaps")).status_code == 403


async def test_a_partner_changes_no_content_whatever_its_scopes(service: Service) -> None:
    made = await key(service, "partner:acme", STAFF_SCOPES)
    async with client(service, made.token) as caller:
        sent = await caller.post("/v1/documents", files=[("files", ("a.md", b"# A\n\ntext"))])
        listed = (await caller.get("/v1/documents")).json()["items"]
        removed = await caller.delete(f"/v1/documents/{listed[0]['id']}")
        assert (sent.status_code, removed.status_code) == (403, 403)
        assert (await caller.get("/v1/documents")).json()["items"] == listed


async def test_a_key_of_somebody_who_left_is_refused(service: Service) -> None:
    made = await key(service, "partner:gone")
    async with client(service, made.token) as caller:
        assert (await caller.get("/v1/documents")).status_code == 401


async def test_a_key_over_its_limit_is_told_when_to_come_back_and_others_are_not_held_up(service: Service) -> None:
    noisy, quiet = await key(service, "partner:acme", rate=3), await key(service, "partner:acme", rate=3)
    async with client(service, noisy.token) as caller, client(service, quiet.token) as other:
        statuses = [(await caller.get("/v1/documents")).status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        refused = await caller.get("/v1/documents")
        assert 1 <= int(refused.headers["retry-after"]) <= 20
        assert refused.json()["retryable"] is True
        assert (await other.get("/v1/documents")).status_code == 200


async def test_a_body_over_the_limit_is_refused_whether_it_says_its_size_or_not(service: Service) -> None:
    async def in_pieces() -> object:
        for _ in range(400):
            yield b" " * 1024

    async with partner(service) as caller:
        said = await caller.post("/v1/ask", content=b" " * 400 * 1024)
        unsaid = await caller.post("/v1/ask", content=in_pieces(), headers={"content-type": "application/json"})  # type: ignore[arg-type]
    assert (said.status_code, unsaid.status_code) == (413, 413)
    assert said.json()["code"] == "request_entity_too_large"


async def test_a_call_that_takes_too_long_is_ended_with_its_reason(tmp_path: Path) -> None:
    with serving_quickly(tmp_path, api_timeout=0.2) as slow:

        async def sleepy(text: str, weights: object) -> object:
            await asyncio.sleep(30)
            return text, weights

        object.__setattr__(slow.liaison.embedder, "embed_weighed", sleepy)
        async with partner(slow) as caller:
            response = await caller.post("/v1/ask", json=QUESTION)
    assert (response.status_code, response.json()["retryable"]) == (504, True)


async def test_an_error_nobody_foresaw_is_a_problem_without_details_and_is_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with serving_quickly(tmp_path) as broken:

        async def bug(text: str, weights: object) -> object:
            raise ZeroDivisionError("the secret of the house")

        object.__setattr__(broken.liaison.embedder, "embed_weighed", bug)
        made = await key(broken, "partner:acme")
        transport = httpx.ASGITransport(app=create_app(broken), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://liaison") as caller:
            response = await caller.post("/v1/ask", json=QUESTION, headers={"authorization": f"Bearer {made.token}"})
    assert response.status_code == 500
    assert "secret" not in response.text
    assert response.json()["request_id"] == response.headers["x-request-id"]


async def test_every_response_has_an_id_and_safe_headers(service: Service) -> None:
    async with partner(service) as caller:
        for path in ("/v1/documents", "/nowhere", "/healthz"):
            response = await caller.get(path)
            assert len(response.headers["x-request-id"]) == 16
            assert response.headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in response.headers["content-security-policy"]


async def test_the_log_has_a_line_for_each_request_and_never_what_was_asked(
    service: Service, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with partner(service) as caller:
            await caller.post("/v1/ask", json={"question": "What does zanzibarquux cost?"})
            await caller.get("/v1/documents?cursor=1", headers={"x-secret": "zanzibarquux"})
    told = capsys.readouterr().out + caplog.text
    assert "/v1/ask" in told
    assert "key:" in told
    assert "zanzibarquux" not in told


def token(signer: rsa.RSAPrivateKey = SIGNER, *, without: str = "", algorithm: str = "RS256", **claims: object) -> str:
    now = datetime.now(UTC)
    said: dict[str, object] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "lena.vogt",
        "exp": now + timedelta(minutes=5),
        "scope": "openid ask documents:read",
        "liaison_principal": "partner:acme",
        **claims,
    }
    said.pop(without, None)
    return jwt.encode(said, signer, algorithm=algorithm)


class OneKey:
    """An issuer with one published key."""

    def get_signing_key_from_jwt(self, token: str) -> object:
        jwt.get_unverified_header(token)

        class Key:
            key = SIGNER.public_key()

        return Key()


@pytest.fixture
def with_oidc(service: Service) -> Iterator[Service]:
    before = service.doorkeeper
    tokens = OidcTokens(issuer=ISSUER, audience=AUDIENCE, claim="liaison_principal", signing_keys=OneKey())
    service.doorkeeper = type(before)(keys=before.keys, people=before.people, oidc=tokens)
    yield service
    service.doorkeeper = before


async def test_an_oidc_token_acts_for_the_person_it_names_within_its_scopes(with_oidc: Service) -> None:
    async with client(with_oidc, token()) as caller:
        titles = [item["title"] for item in (await caller.get("/v1/documents")).json()["items"]]
        assert "Gold rebate" in titles
        assert "Brightpath plan" not in titles
        assert (await caller.get("/v1/gaps")).status_code == 403


# Made when they are used: a token of the start of a long run has expired by then, and would be refused for that alone.
BAD_TOKENS: dict[str, Callable[[], str]] = {
    "signed by a stranger": lambda: token(STRANGER),
    "of another issuer": lambda: token(iss="https://evil.example"),
    "for another audience": lambda: token(aud="another"),
    "expired": lambda: token(exp=datetime.now(UTC) - timedelta(minutes=6)),
    "without an end": lambda: token(without="exp"),
    "without a subject": lambda: token(without="sub"),
    "without a principal": lambda: token(without="liaison_principal"),
    "of a partner nobody knows": lambda: token(liaison_principal="partner:nobody"),
    "of several principals": lambda: token(liaison_principal=["administrator:callum"]),
    "not signed": lambda: jwt.encode({"sub": "x"}, key="", algorithm="none"),
    "with another signature": lambda: token()[:-4] + "AAAA",
    "far too long": lambda: "a." * 9000,
}


@pytest.mark.parametrize("bad", BAD_TOKENS)
async def test_any_other_token_is_refused(with_oidc: Service, bad: str) -> None:
    async with client(with_oidc, BAD_TOKENS[bad]()) as caller:
        assert (await caller.get("/v1/documents")).status_code == 401


async def test_clocks_may_differ_by_five_minutes(with_oidc: Service) -> None:
    async with client(with_oidc, token(exp=datetime.now(UTC) - timedelta(minutes=4))) as caller:
        assert (await caller.get("/v1/documents")).status_code == 200


def test_the_scopes_of_tests_are_scopes() -> None:
    assert set(READER_SCOPES) < set(STAFF_SCOPES)


async def test_the_description_names_every_route_with_its_problems(service: Service) -> None:
    async with staff(service) as caller:
        described = (await caller.get("/openapi.json")).json()
    operations = [op for path in described["paths"].values() for op in path.values()]
    assert {"/v1/ask", "/v1/documents", "/v1/documents/{document}", "/readyz"} <= set(described["paths"])
    assert all(op["summary"] and op["description"] for op in operations)
    assert json.dumps(described).count("#/components/schemas/Problem") >= len(operations)
