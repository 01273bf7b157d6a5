"""Events of Partner Center, as its webhook posts them: several times, in any order, and without what changed.

An event is kept once; the referral it names is read again, so its order does not matter and its body is never believed.
"""

from __future__ import annotations

import hashlib
import logging
import ssl
import warnings
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import certifi
import httpx
from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning

from assistant.domain.people import Requester, Role
from assistant.errors import ProviderUnavailable, RecordNotFound, SettingsError
from assistant.ports.prm import Prm
from integrations.prm.microsoft.webhook import WebhookEvent, WebhookVerifier, referral_of
from integrations.prm.partner_central.events import Inbox, Notice
from integrations.prm.register.database import Database
from integrations.settings import Settings

TENANT = "default"
SECONDS = 15.0
LARGEST_CERTIFICATE = 64 * 1024
KINDS = {
    "referral-created": "deal.registered",
    "referral-updated": "deal.updated",
    "related-referral-created": "invitation.created",
    "related-referral-updated": "invitation.updated",
}
logger = logging.getLogger(__name__)


class WebhookReceiver:
    """Takes events into the inbox of the partner whose account it is. `version_of` reads a referral again."""

    def __init__(
        self,
        inbox: Inbox,
        verifier: WebhookVerifier,
        *,
        partner_id: str,
        version_of: Callable[[str], Awaitable[str]],
    ) -> None:
        self._inbox = inbox
        self._verifier = verifier
        self._partner_id = partner_id
        self._version_of = version_of

    async def take(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether this was a new event about a referral. `body` is the bytes as they came, which the signature covers.

        Raises NotAuthenticated for a call that Partner Center did not sign, and what reading the referral raises: then
        nothing is kept, and the event is taken when it is delivered again.
        """
        event = await self._verifier.verified(headers, body)
        referral_id = referral_of(event)
        if not referral_id:
            logger.info("The event %s of Partner Center is not about a referral.", event.EventName)
            return False
        try:
            version = await self._version_of(referral_id)
        except RecordNotFound:
            version = ""
        notice = Notice(_id_of(event), KINDS[event.EventName], referral_id, event.ResourceChangeUtcDate, catalog="")
        return self._inbox.keep(notice, tenant=TENANT, partner_id=self._partner_id, version=version)


def open_receiver(settings: Settings, database: Database, prm: Prm) -> WebhookReceiver:
    """The receiver of the account that the settings name. Raises SettingsError for issuers that cannot be read."""
    requester = Requester(user="webhook", role=Role.PARTNER, partner_id=settings.microsoft_partner)

    async def version_of(referral_id: str) -> str:
        return (await prm.get_deal(referral_id, requester=requester)).version

    client = httpx.AsyncClient(timeout=SECONDS, follow_redirects=False)

    async def fetch(url: str) -> bytes:
        try:
            response = (await client.get(url)).raise_for_status()
        except httpx.HTTPError as error:
            raise ProviderUnavailable(f"The certificate of a webhook call cannot be fetched: {error}") from error
        return response.content[:LARGEST_CERTIFICATE]

    verifier = WebhookVerifier(fetch, trusted=_trusted(settings.microsoft_issuers), clock=database.clock)
    return WebhookReceiver(Inbox(database), verifier, partner_id=settings.microsoft_partner, version_of=version_of)


def _trusted(issuers: Path | None) -> list[x509.Certificate]:
    """The roots that the machine trusts, and the issuers of a file between them and the signer."""
    roots = ssl.create_default_context(cafile=certifi.where()).get_ca_certs(binary_form=True)
    found = [root for each in roots if (root := _root(each))]
    if issuers is None:
        return found
    try:
        return [*x509.load_pem_x509_certificates(issuers.read_bytes()), *found]
    except (OSError, ValueError) as error:
        hint = "Name a PEM file of certificates, or leave it out."
        raise SettingsError(f"LIAISON_MICROSOFT_ISSUERS cannot be read: {error}", hint=hint) from error


def _root(content: bytes) -> x509.Certificate | None:
    """A root of the machine; None for the few old ones that today's rules for certificates would not admit."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return x509.load_der_x509_certificate(content)
        except (ValueError, CryptographyDeprecationWarning):
            return None


def _id_of(event: WebhookEvent) -> str:
    """What two deliveries of one event share, since events carry no id."""
    parts = (event.EventName, event.ResourceUri, event.ResourceChangeUtcDate.isoformat())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
