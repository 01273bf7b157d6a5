"""Access tokens for Partner Center from Microsoft's identity platform, kept until shortly before they end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import NotAuthenticated, ProviderUnavailable
from assistant.ports.clock import Clock

RESOURCE = "https://api.partnercenter.microsoft.com"
EARLY = timedelta(minutes=5)
HINT = "Check LIAISON_MICROSOFT_TENANT, _CLIENT, _SECRET and _REFRESH_TOKEN; a refresh token ends after 90 days unused."


@dataclass(frozen=True, slots=True)
class Credentials:
    """An application, and the refresh token of a user who consented to it; empty for the application alone.

    Referrals ask for a user (App+User) in the role Referral admin or Referral user.
    """

    tenant: str
    client_id: str
    secret: str
    refresh_token: str = ""


class _Granted(BaseModel):
    model_config = ConfigDict(extra="ignore")
    access_token: str
    expires_in: float = 3600
    refresh_token: str = ""


class AccessTokens:
    """Gives a token that is good for the next minutes. `client` knows the address of the identity platform."""

    def __init__(self, client: httpx.AsyncClient, *, credentials: Credentials, clock: Clock) -> None:
        self._client = client
        self._credentials = credentials
        self._clock = clock
        self._refresh_token = credentials.refresh_token
        self._token = ""
        self._until: datetime | None = None
        self._lock = asyncio.Lock()

    async def token(self) -> str:
        """The token; raises NotAuthenticated when it is refused, ProviderUnavailable when nobody answers."""
        async with self._lock:
            if not self._token or self._until is None or self._clock.now() >= self._until:
                await self._renew()
            return self._token

    def forget(self) -> None:
        """Fetch a new one next time: this one was refused."""
        self._token = ""

    async def _renew(self) -> None:
        mine = self._credentials
        form = {"resource": RESOURCE, "client_id": mine.client_id, "client_secret": mine.secret}
        user = {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
        form |= user if self._refresh_token else {"grant_type": "client_credentials"}
        try:
            response = await self._client.post(f"{mine.tenant}/oauth2/token", data=form)
        except httpx.HTTPError as error:
            raise ProviderUnavailable(f"Microsoft's identity platform does not answer: {error}") from error
        if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise ProviderUnavailable(f"Microsoft's identity platform answered {response.status_code}.")
        try:
            granted = _Granted.model_validate_json(response.content)
        except ValidationError as error:
            raise NotAuthenticated("Microsoft's identity platform gave no token.", hint=HINT) from error
        lasting = max(timedelta(seconds=granted.expires_in) - EARLY, timedelta(seconds=granted.expires_in / 2))
        self._token, self._until = granted.access_token, self._clock.now() + lasting
        self._refresh_token = granted.refresh_token or self._refresh_token
