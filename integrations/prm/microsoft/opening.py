"""Opens the adapter from the settings."""

from __future__ import annotations

import httpx

from assistant.errors import SettingsError
from integrations.prm.microsoft.api import ReferralsApi
from integrations.prm.microsoft.prm import MicrosoftPrm
from integrations.prm.microsoft.token import AccessTokens, Credentials
from integrations.prm.register.database import Database
from integrations.settings import Settings

SECONDS = 60.0
NEEDED = ("microsoft_tenant", "microsoft_client", "microsoft_secret", "microsoft_partner")


def open_microsoft(settings: Settings, database: Database) -> MicrosoftPrm:
    """The PRM of a Partner Center account; raises SettingsError, naming what is missing."""
    secret, refresh = settings.microsoft_secret, settings.microsoft_refresh_token
    missing = [f"LIAISON_{name.upper()}" for name in NEEDED if not str(getattr(settings, name) or "")]
    missing += [] if secret.get_secret_value() else ["LIAISON_MICROSOFT_SECRET"]
    if missing:
        raise SettingsError("Partner Center cannot be opened.", hint=f"Set {', '.join(dict.fromkeys(missing))}.")
    credentials = Credentials(
        tenant=settings.microsoft_tenant,
        client_id=settings.microsoft_client,
        secret=secret.get_secret_value(),
        refresh_token=refresh.get_secret_value(),
    )
    login = httpx.AsyncClient(base_url=settings.microsoft_login, timeout=SECONDS)
    client = httpx.AsyncClient(base_url=settings.microsoft_url, timeout=SECONDS, follow_redirects=False)
    tokens = AccessTokens(login, credentials=credentials, clock=database.clock)
    return MicrosoftPrm(
        ReferralsApi(client, tokens=tokens),
        database=database,
        partner_id=settings.microsoft_partner,
        clock=database.clock,
        posted=settings.microsoft_webhook,
    )


def answered_by(transport: httpx.AsyncBaseTransport, database: Database, *, partner_id: str) -> MicrosoftPrm:
    """The adapter as a partner whose calls a transport answers in the place of Microsoft: for measurements."""
    credentials = Credentials(tenant="common", client_id="", secret="")
    login = httpx.AsyncClient(base_url="https://login.invalid", transport=transport)
    client = httpx.AsyncClient(base_url="https://api.invalid", transport=transport)
    api = ReferralsApi(client, tokens=AccessTokens(login, credentials=credentials, clock=database.clock))
    return MicrosoftPrm(api, database=database, partner_id=partner_id, clock=database.clock)
