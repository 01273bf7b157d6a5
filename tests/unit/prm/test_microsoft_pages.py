"""What the pages of Partner Center show: their examples are read, and their webhooks are told from forged ones."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from assistant.domain.deals import DealState
from assistant.errors import NotAuthenticated
from integrations.prm.microsoft.api import skip_token
from integrations.prm.microsoft.reading import deal_of
from integrations.prm.microsoft.referral import Referral, ReferralList
from integrations.prm.microsoft.webhook import WebhookEvent, WebhookVerifier, referral_of
from tests.contract.prm_world import START, TurnableClock

BLOCK = re.compile(r"```\s*(?:http|json)\s*\n(.*?)```", re.DOTALL)
EVENT = {
    "EventName": "referral-updated",
    "ResourceUri": "https://api.partnercenter.microsoft.com/engagements/v1/referrals/r-1",
    "ResourceName": "referral",
    "AuditUri": None,
    "ResourceChangeUtcDate": "2018-02-17T00:05:39.5485487+00:00",
}


def examples(shared: Path, page: str) -> list[Any]:
    """The JSON of a page's examples, without the lines of HTTP above it; fragments of JSON are left out."""
    text = (shared / "corpora" / "partner-center" / "en" / "developer" / page).read_text(encoding="utf-8")
    found = []
    for block in BLOCK.findall(text.replace("\u2002", " ")):
        start = re.search(r"^\s*[\[{]\s*$", block, re.MULTILINE)
        if start is not None and not block.strip().startswith('"'):
            found.append(json.loads(block[start.start() :]))
    return found


def test_the_examples_of_creating_are_read_with_every_value(shared: Path) -> None:
    sent, answered = (Referral.model_validate(each) for each in examples(shared, "create-a-referral.md")[:2])
    before, after = (deal_of(each, partner_id="acme") for each in (sent, answered))
    assert (before.state, after.state) == (DealState.SUBMITTED, DealState.ACTIVE)  # the page's own difference
    assert str(after.draft.value) == "50,000 USD"
    assert before.draft.target_close.isoformat() == "2018-11-14"
    assert (after.draft.product, after.draft.customer.city) == ("SOL-34104-EBB", "Redmond")
    assert after.draft.contact.email == "sue.smith@contoso.com"
    assert after.version == '"00006d10-0000-0000-0000-5c70aa630000"'


def test_the_examples_of_listing_and_getting_are_read(shared: Path) -> None:
    (listed,) = examples(shared, "get-a-list-of-referrals.md")
    page = ReferralList.model_validate(listed)
    (deal,) = (deal_of(each, partner_id="acme") for each in page.value)
    assert (deal.state, deal.version) == (DealState.SUBMITTED, "")  # lists carry no eTag
    assert skip_token(page.next_link) == "k181pEdP0ykypkieJfcxX"
    (got,) = examples(shared, "get-a-referral-by-id.md")
    found = deal_of(Referral.model_validate(got), partner_id="acme")
    assert (found.draft.product, found.version) == ("SOL-Microsoft365", '"2500ec5a-0000-0000-0000-5bf4967d0000"')


def test_the_examples_of_patches_use_the_two_operations_we_send(shared: Path) -> None:
    patches = [each for each in examples(shared, "patch-a-referral.md") if isinstance(each, list)]
    assert len(patches) >= 3
    assert {step["op"] for patch in patches for step in patch} == {"replace", "add"}


def test_every_referral_event_of_the_page_names_its_referral(shared: Path) -> None:
    events = [each for each in examples(shared, "partner-center-webhook-events.md") if "referral" in str(each)]
    named = [referral_of(WebhookEvent.model_validate(each)) for each in events if isinstance(each, dict)]
    assert named == ["{{ReferralID}}"] * 4


class Issuer:
    """A root and a certificate of it, to sign events with; `between` is where an issuer between them lies, if any."""

    def __init__(self, organization: str = "Microsoft Corporation", *, days: int = 365, between: str = "") -> None:
        self._until = START + timedelta(days=days)
        self.key, root_key, middle_key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in "123")
        root, middle = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("Root", "Between"))
        name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)])
        self.root = self._certificate(root, root_key, by=(root, root_key), ca=True)
        self.between = self._certificate(middle, middle_key, by=(root, root_key), ca=True)
        signer = (middle, middle_key) if between else (root, root_key)
        self.leaf = self._certificate(name, self.key, by=signer, ca=False, issuer_at=between)

    def _certificate(
        self,
        subject: x509.Name,
        key: rsa.RSAPrivateKey,
        *,
        by: tuple[x509.Name, rsa.RSAPrivateKey],
        ca: bool,
        issuer_at: str = "",
    ) -> x509.Certificate:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(by[0]).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(START - timedelta(days=1)).not_valid_after(self._until)
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        if issuer_at:
            at = x509.AccessDescription(
                AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(issuer_at)
            )
            builder = builder.add_extension(x509.AuthorityInformationAccess([at]), critical=False)
        return builder.sign(by[1], SHA256())

    async def fetch(self, _url: str) -> bytes:
        return self.leaf.public_bytes(Encoding.DER)

    def headers(self, body: bytes, **changes: str) -> dict[str, str]:
        signature = base64.b64encode(self.key.sign(body, padding.PKCS1v15(), SHA256())).decode()
        return {
            "Authorization": f"Signature {signature}",
            "X-MS-Certificate-Url": "https://3psostorageacct.blob.core.windows.net/cert/x.cer",
            "X-MS-Signature-Algorithm": "rsa-sha256",
        } | changes


BODY = json.dumps(EVENT).encode()
ISSUER = Issuer()


def verifier(issuer: Issuer, *, trusted: Issuer | None = None, clock: TurnableClock | None = None) -> WebhookVerifier:
    return WebhookVerifier(issuer.fetch, trusted=[(trusted or issuer).root], clock=clock or TurnableClock())


async def test_a_signed_event_says_what_to_read_again() -> None:
    event = await verifier(ISSUER).verified(ISSUER.headers(BODY), BODY)
    assert referral_of(event) == "r-1"
    elsewhere = ISSUER.headers(BODY)
    moved = {**elsewhere, "x-ms-signature": elsewhere["Authorization"].removeprefix("Signature "), "Authorization": ""}
    assert referral_of(await verifier(ISSUER).verified(moved, BODY)) == "r-1"


@pytest.mark.parametrize(
    ("changes", "body", "words"),
    [
        ({}, BODY.replace(b"r-1", b"r-2"), "does not fit"),
        ({"Authorization": "Signature !!"}, BODY, "no signature"),
        ({"X-MS-Signature-Algorithm": "none"}, BODY, "rsa-sha256"),
        ({"X-MS-Certificate-Url": "https://evil.example/x.cer"}, BODY, "evil.example"),
        ({"X-MS-Certificate-Url": "http://api.microsoft.com/x.cer"}, BODY, "names a certificate"),
        ({"X-MS-Certificate-Url": "https://evilmicrosoft.com/x.cer"}, BODY, "evilmicrosoft.com"),
    ],
)
async def test_a_forged_event_is_refused(changes: dict[str, str], body: bytes, words: str) -> None:
    with pytest.raises(NotAuthenticated) as caught:
        await verifier(ISSUER).verified(ISSUER.headers(BODY, **changes), body)
    assert words in caught.value.message


async def test_a_certificate_of_others_is_refused() -> None:
    other = Issuer("Contoso")
    with pytest.raises(NotAuthenticated, match="another organization"):
        await verifier(other).verified(other.headers(BODY), BODY)
    with pytest.raises(NotAuthenticated, match="trusted root"):
        await verifier(ISSUER, trusted=other).verified(ISSUER.headers(BODY), BODY)
    late = TurnableClock()
    late.turn(days=400)
    with pytest.raises(NotAuthenticated, match="not valid today"):
        await verifier(ISSUER, clock=late).verified(ISSUER.headers(BODY), BODY)
