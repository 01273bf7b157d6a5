"""Events of Partner Center: verified by their signature, then read again from the API.

partner-center-webhooks.md, "How to authenticate the callback": the signature of the body, in `Authorization: Signature`
or `X-MS-Signature`, is made with a certificate that chains to a trusted root and belongs to Microsoft.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from pydantic import BaseModel, ValidationError

from assistant.errors import NotAuthenticated
from assistant.ports.clock import Clock

ORGANIZATION = "Microsoft Corporation"
ALGORITHM = "rsa-sha256"
HOSTS = ("3psostorageacct.blob.core.windows.net", ".microsoft.com")
EVENTS = {"referral-created", "referral-updated", "related-referral-created", "related-referral-updated"}
ISSUER_HOSTS = (".microsoft.com", ".digicert.com")
LONGEST_CHAIN, MOST_ISSUERS = 6, 2
HINT = "Nothing was done. If it comes again, look at the webhook's registration in Partner Center."
Fetch = Callable[[str], Awaitable[bytes]]


class WebhookEvent(BaseModel):
    """What the body says: that something changed, not what."""

    EventName: str
    ResourceUri: str
    ResourceName: str = ""
    ResourceChangeUtcDate: datetime


class WebhookVerifier:
    """Tells real events from others. `trusted` are the certificates of issuers, roots and those between."""

    def __init__(self, fetch: Fetch, *, trusted: Sequence[x509.Certificate], clock: Clock) -> None:
        self._fetch = fetch
        self._trusted = tuple(trusted)
        self._clock = clock
        self._known: dict[str, x509.Certificate] = {}

    async def verified(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
        """The event, when its signature holds; raises NotAuthenticated."""
        found = {name.lower(): value for name, value in headers.items()}
        if found.get("x-ms-signature-algorithm", "").lower() != ALGORITHM:
            raise _refused("is not signed with rsa-sha256")
        certificate = await self._certificate(found.get("x-ms-certificate-url", ""))
        key = certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise _refused("is signed with another kind of key")
        try:
            key.verify(_signature(found), body, padding.PKCS1v15(), SHA256())
        except InvalidSignature:
            raise _refused("has a signature that does not fit its body") from None
        try:
            return WebhookEvent.model_validate_json(body)
        except ValidationError:
            raise _refused("is not an event") from None

    async def _certificate(self, url: str) -> x509.Certificate:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme != "https" or not any(
            host == each or (each[0] == "." and host.endswith(each)) for each in HOSTS
        ):
            raise _refused(f"names a certificate at {host or 'no address'}")
        certificate = self._known.get(url) or _read(await self._fetch(url))
        organization = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        if [each.value for each in organization] != [ORGANIZATION]:
            raise _refused("has a certificate of another organization")
        await self._require_chain(certificate)
        self._known[url] = certificate
        return certificate

    async def _require_chain(self, leaf: x509.Certificate) -> None:
        """Raises NotAuthenticated unless issuers lead from the certificate to a trusted root, all valid today.

        An issuer between them that is not known is fetched from where the certificate says it lies.
        """
        now, link = self._clock.now(), leaf
        for _ in range(LONGEST_CHAIN):
            if not link.not_valid_before_utc <= now <= link.not_valid_after_utc:
                raise _refused("has a certificate that is not valid today")
            issuer = next((each for each in self._trusted if _issued(link, each)), None)
            if issuer == link:
                return
            issuer = issuer or await self._named_issuer(link)
            if issuer is None or issuer == link:
                raise _refused("has a certificate that does not lead to a trusted root")
            link = issuer
        raise _refused("has a certificate with too long a chain")

    async def _named_issuer(self, link: x509.Certificate) -> x509.Certificate | None:
        """The issuer that the certificate names (Authority Information Access), if it is the one that signed it."""
        for url in _issuer_addresses(link):
            found = self._known.get(url) or _read(await self._fetch(url))
            if _issued(link, found):
                self._known[url] = found
                return found
        return None


def _issuer_addresses(certificate: x509.Certificate) -> list[str]:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    named = [
        each.access_location.value
        for each in access
        if each.access_method == AuthorityInformationAccessOID.CA_ISSUERS
        and isinstance(each.access_location, x509.UniformResourceIdentifier)
    ]
    return [url for url in named if (urlsplit(url).hostname or "").endswith(ISSUER_HOSTS)][:MOST_ISSUERS]


def referral_of(event: WebhookEvent) -> str:
    """The id of the referral that an event is about, empty for other events. The host it names is not the API's."""
    return urlsplit(event.ResourceUri).path.rstrip("/").rpartition("/")[2] if event.EventName in EVENTS else ""


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        basic = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return basic.ca


def _signature(headers: Mapping[str, str]) -> bytes:
    said = headers.get("x-ms-signature", "") or headers.get("authorization", "")
    scheme, _, text = said.partition(" ")
    try:
        return base64.b64decode(text if scheme.lower() == "signature" else said, validate=True)
    except (binascii.Error, ValueError):
        raise _refused("has no signature that can be read") from None


def _read(content: bytes) -> x509.Certificate:
    try:
        pem = content.lstrip().startswith(b"-----BEGIN")
        return x509.load_pem_x509_certificate(content) if pem else x509.load_der_x509_certificate(content)
    except ValueError:
        raise _refused("names something that is no certificate") from None


def _refused(why: str) -> NotAuthenticated:
    return NotAuthenticated(f"This webhook call {why}.", hint=HINT)
