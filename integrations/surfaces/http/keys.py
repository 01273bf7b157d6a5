"""API keys: made, checked, rotated and revoked. A key is `liaison_ID_SECRET`; only a digest of it is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assistant.errors import NotAuthenticated, RecordNotFound, UsageError
from assistant.ports.api_keys import ApiKey, ApiKeys
from assistant.ports.clock import Clock

PREFIX = "liaison"
ID_BYTES = 6
SECRET_BYTES = 32  # 256 random bits: a plain SHA-256 cannot be searched, so no slow hash is needed
LONGEST = 200
HINT = "Send a valid key as `Authorization: Bearer …`; an administrator makes one with `liaison keys create`."
NOBODYS_DIGEST = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key together with its secret token, which is shown once and cannot be recovered."""

    key: ApiKey
    token: str


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of an installation. `known_scopes` are those a key can be given."""

    store: ApiKeys
    clock: Clock
    known_scopes: frozenset[str]

    async def create(
        self,
        *,
        name: str,
        principal: str = "",
        scopes: Collection[str] = (),
        lifetime: timedelta | None = None,
        rate_per_minute: int = 0,
    ) -> NewKey:
        """A new key. Raises UsageError when a scope is unknown or the lifetime is not in the future."""
        granted = frozenset(scopes)
        if not granted or granted - self.known_scopes:
            unknown = ", ".join(sorted(granted - self.known_scopes)) or "nothing"
            raise UsageError(
                f"A key cannot be given {unknown}.", hint=f"Scopes are: {', '.join(sorted(self.known_scopes))}."
            )
        if lifetime is not None and lifetime <= timedelta(0):
            raise UsageError("A key cannot expire in the past.", hint="Give a number of days above 0.")
        now = self.clock.now()
        key_id = secrets.token_hex(ID_BYTES)
        secret = secrets.token_urlsafe(SECRET_BYTES)
        key = ApiKey(
            id=key_id,
            name=name,
            principal=principal,
            scopes=granted,
            digest=digest_of(secret),
            created=now,
            expires=now + lifetime if lifetime else None,
            rate_per_minute=rate_per_minute,
        )
        await self.store.put(key)
        return NewKey(key=key, token=token_of(key_id, secret))

    async def check(self, token: str) -> ApiKey:
        """The key of a token.

        Raises NotAuthenticated, with the same words whatever is wrong, so that nothing can be learned from it.
        """
        key_id, secret = parts_of(token)
        key = await self.store.find(key_id) if key_id else None
        now = self.clock.now()
        given = digest_of(secret)
        matches = hmac.compare_digest(given, key.digest if key else NOBODYS_DIGEST)
        if key and key.previous_until and now < key.previous_until:
            matches |= hmac.compare_digest(given, key.previous_digest)
        if key is None or not matches or not key.usable(now):
            raise NotAuthenticated("This key is unknown, expired or revoked.", hint=HINT)
        return key

    async def rotate(self, key_id: str, *, grace: timedelta = timedelta(0)) -> NewKey:
        """A new secret for a key; the old one stays good for `grace`. Raises RecordNotFound, UsageError."""
        key = await self._known(key_id)
        now = self.clock.now()
        if not key.usable(now):
            raise UsageError(f"The key {key_id} is revoked or expired.", hint="Create a new one.")
        secret = secrets.token_urlsafe(SECRET_BYTES)
        fresh = replace(
            key,
            digest=digest_of(secret),
            previous_digest=key.digest if grace else "",
            previous_until=now + grace if grace else None,
        )
        await self.store.put(fresh)
        return NewKey(key=fresh, token=token_of(key_id, secret))

    async def revoke(self, key_id: str) -> ApiKey:
        """End a key now, old secrets included. Raises RecordNotFound."""
        key = await self._known(key_id)
        ended = replace(key, revoked=key.revoked or self.clock.now(), previous_digest="", previous_until=None)
        await self.store.put(ended)
        return ended

    async def _known(self, key_id: str) -> ApiKey:
        key = await self.store.find(key_id)
        if key is None:
            raise RecordNotFound(f"There is no key {key_id}.", hint="See `liaison keys list`.")
        return key


def state_of(key: ApiKey, now: datetime) -> str:
    """How lists call the state of a key: "active", "expired" or "revoked"."""
    if key.revoked:
        return "revoked"
    return "active" if key.usable(now) else "expired"


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", errors="surrogatepass")).hexdigest()


def token_of(key_id: str, secret: str) -> str:
    """The token a caller sends."""
    return f"{PREFIX}_{key_id}_{secret}"


def parts_of(token: str) -> tuple[str, str]:
    """Id and secret of a token; two empty strings when it is not one of ours."""
    prefix, _, rest = token.partition("_")
    key_id, _, secret = rest.partition("_")
    if prefix != PREFIX or len(token) > LONGEST or not secret or "\x00" in token:
        return "", ""
    return key_id, secret
