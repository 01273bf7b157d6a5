"""The webhook of Partner Center: what is posted is verified, kept once, and read again."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import SecretStr

from assistant.domain.deals import DealChange
from assistant.errors import NotAuthenticated, SettingsError
from assistant.ports.prm import Change
from integrations.bootstrap import build
from integrations.prm.microsoft.events import WebhookReceiver, open_receiver
from integrations.prm.microsoft.prm import MicrosoftPrm
from integrations.prm.microsoft.webhook import WebhookVerifier
from integrations.prm.partner_central.events import Inbox
from integrations.settings import Settings
from integrations.surfaces.prm_http.app import open_service, prm_app
from integrations.surfaces.prm_http.server import installed
from tests.contract.prm_world import ACME, BETA, START, TurnableClock, by
from tests.unit.prm.microsoft_bench import AZURE, Bench, opened
from tests.unit.prm.test_microsoft_pages import ISSUER, Issuer, verifier

ELSEWHERE = "https://elsewhere.example/engagements/v1/referrals"
PATH = "/microsoft/events"


@dataclass(frozen=True, slots=True)
class Callback:
    """The PRM server with the webhook's route, and the adapter that tells what was posted."""

    bench: Bench
    prm: MicrosoftPrm
    client: httpx.AsyncClient

    async def post(self, body: bytes, **headers: str) -> int:
        """The status of a call that Partner Center signed, but for what `headers` change."""
        return (await self.client.post(PATH, content=body, headers=ISSUER.headers(body) | headers)).status_code

    async def told(self) -> tuple[Change, ...]:
        return await self.prm.changes(since=0, requester=ACME)


def event(referral_id: str, name: str = "referral-updated", *, second: int = 0) -> bytes:
    """An event, whose address is on a host that must never be asked."""
    changed = (START + timedelta(seconds=second)).isoformat()
    return json.dumps(
        {
            "EventName": name,
            "ResourceUri": f"{ELSEWHERE}/{referral_id}",
            "ResourceName": "referral",
            "AuditUri": None,
            "ResourceChangeUtcDate": changed,
        }
    ).encode()


@pytest.fixture
async def callback(tmp_path: Path) -> AsyncIterator[Callback]:
    with opened(tmp_path) as bench:
        receiver = WebhookReceiver(
            Inbox(bench.database),
            verifier(ISSUER, clock=bench.clock),
            partner_id="acme",
            version_of=lambda referral_id: version_of(bench, referral_id),
        )
        posted = bench.posted()
        liaison = build(Settings(data=tmp_path / "office"), clock=bench.clock)
        service = open_service(posted, liaison.prm.desk, keys=liaison.api_keys, clock=bench.clock, rate=0)
        transport = httpx.ASGITransport(prm_app(service, microsoft=receiver.take))
        async with httpx.AsyncClient(transport=transport, base_url="http://prm") as client:
            yield Callback(bench, posted, client)
        liaison.close()


async def version_of(bench: Bench, referral_id: str) -> str:
    return (await bench.prm.get_deal(referral_id, requester=ACME)).version


async def test_an_event_is_told_with_the_version_that_was_read_again(callback: Callback) -> None:
    deal = await callback.prm.register_deal(AZURE, write=by(ACME, "k1"))
    assert await callback.post(event(deal.id, "referral-created")) == 204
    (change,) = await callback.told()
    assert (change.kind, change.record_id, change.version, change.at) == (
        "deal.registered",
        deal.id,
        deal.version,
        START,
    )
    assert await callback.prm.changes(since=0, requester=BETA) == ()
    assert {request.url.host for request in callback.bench.server.requests} == {"api.partner.example"}


async def test_a_replayed_event_is_kept_once(callback: Callback) -> None:
    deal = await callback.prm.register_deal(AZURE, write=by(ACME, "k1"))
    assert [await callback.post(event(deal.id)) for _ in range(3)] == [204] * 3
    assert len(await callback.told()) == 1


async def test_events_in_the_wrong_order_tell_the_version_that_counts(callback: Callback) -> None:
    deal = await callback.prm.register_deal(AZURE, write=by(ACME, "k1"))
    changed = await callback.prm.update_deal(deal.id, DealChange(title="New"), write=by(ACME, "k2", deal.version))
    await callback.post(event(deal.id, second=2))
    await callback.post(event(deal.id, "referral-created", second=1))
    told = await callback.told()
    assert [change.kind for change in told] == ["deal.updated", "deal.registered"]
    assert {change.version for change in told} == {changed.version}


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Signature AAAA"},
        {"Authorization": ""},
        {"X-MS-Signature-Algorithm": ""},
        {"X-MS-Certificate-Url": "https://evil.example/x.cer"},
    ],
    ids=["another signature", "no signature", "no algorithm", "another certificate"],
)
async def test_a_call_that_is_not_signed_well_is_refused_and_nothing_is_read(
    callback: Callback, headers: dict[str, str]
) -> None:
    deal = await callback.prm.register_deal(AZURE, write=by(ACME, "k1"))
    calls = len(callback.bench.server.requests)
    assert await callback.post(event(deal.id), **headers) == 401
    assert len(callback.bench.server.requests) == calls
    assert await callback.told() == ()


async def test_the_signature_covers_the_bytes_as_they_came(callback: Callback) -> None:
    body = event("r-1")
    spaced = json.dumps(json.loads(body), indent=2).encode()  # the same JSON in other bytes
    assert await callback.post(spaced, **ISSUER.headers(body)) == 401
    assert await callback.post(spaced) == 204


async def test_an_event_is_taken_when_it_comes_again_after_the_api_did_not_answer(callback: Callback) -> None:
    deal = await callback.prm.register_deal(AZURE, write=by(ACME, "k1"))
    callback.bench.server.faults = [500]
    assert await callback.post(event(deal.id)) == 503
    assert await callback.told() == ()
    assert await callback.post(event(deal.id)) == 204
    assert len(await callback.told()) == 1


async def test_what_is_gone_is_told_without_a_version_and_other_events_are_passed_over(callback: Callback) -> None:
    assert await callback.post(event("gone")) == 204
    (change,) = await callback.told()
    assert (change.record_id, change.version) == ("gone", "")
    assert await callback.post(event("x", "test-created")) == 204
    assert len(await callback.told()) == 1


async def test_an_issuer_between_signer_and_root_is_fetched_from_where_the_certificate_says() -> None:
    issuer = Issuer(between="https://www.microsoft.com/pkiops/certs/between.crt")
    body, asked = event("r-1"), []

    async def fetch(url: str) -> bytes:
        asked.append(url)
        certificate = issuer.between if url.endswith("between.crt") else issuer.leaf
        assert certificate is not None
        return certificate.public_bytes(Encoding.DER)

    found = WebhookVerifier(fetch, trusted=[issuer.root], clock=TurnableClock())
    await found.verified(issuer.headers(body), body)
    await found.verified(issuer.headers(body), body)
    assert len(asked) == 2  # each was fetched once
    stranger = Issuer(between="https://evil.example/between.crt")
    with pytest.raises(NotAuthenticated, match="trusted root"):
        await verifier(stranger).verified(stranger.headers(body), body)


async def test_the_server_has_the_route_only_where_events_are_posted(tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path,
        prm="microsoft",
        microsoft_tenant="contoso",
        microsoft_client="app",
        microsoft_secret=SecretStr("s3cret"),
        microsoft_partner="acme",
    )
    for posted in (True, False):
        liaison = build(settings.model_copy(update={"microsoft_webhook": posted}))
        transport = httpx.ASGITransport(installed(liaison))
        async with httpx.AsyncClient(transport=transport, base_url="http://prm") as client:
            assert (await client.post(PATH, content=b"{}")).status_code == (401 if posted else 404)
        liaison.close()


async def test_a_file_of_issuers_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with opened(tmp_path) as bench, pytest.raises(SettingsError, match="LIAISON_MICROSOFT_ISSUERS"):
        open_receiver(Settings(data=tmp_path, microsoft_issuers=tmp_path / "none.pem"), bench.database, bench.prm)
