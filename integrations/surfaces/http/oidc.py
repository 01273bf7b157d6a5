"""OIDC access tokens: checked against the issuer's published keys."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Protocol

import jwt

from assistant.errors import NotAuthenticated, ProviderUnavailable
from integrations.surfaces.http.scopes import ALL_SCOPES

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")  # no shared secrets, no "none"
LEEWAY_SECONDS = 300  # clocks may differ by five minutes
LONGEST = 16_384
HINT = "Sign in again to get a fresh token."


class SigningKeys(Protocol):
    """The keys an issuer signs with."""

    def get_signing_key_from_jwt(self, token: str) -> Any:  # noqa: ANN401 - PyJWT's key, or anything with `key`
        """The key that signed a token. Raises jwt.PyJWTError."""
        ...


@dataclass(frozen=True, slots=True)
class KnownToken:
    """What a valid token says: who it is about, whom of ours that is, and what they may do."""

    subject: str
    principal: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class OidcTokens:
    """Checks tokens of one issuer for one audience. `claim` holds our name of the person, such as `partner:ID`."""

    issuer: str
    audience: str
    claim: str
    signing_keys: SigningKeys

    async def check(self, token: str) -> KnownToken:
        """What a token says.

        Raises NotAuthenticated when it is not valid for us now, ProviderUnavailable when the issuer's keys are out of
        reach.
        """
        if len(token) > LONGEST:
            raise NotAuthenticated("The token is too long.", hint=HINT)
        claims = await asyncio.to_thread(self._claims, token)
        principal = claims.get(self.claim)
        if not isinstance(principal, str) or not principal:
            raise NotAuthenticated(f"The token has no claim {self.claim}.", hint="Ask whoever runs the sign-in for it.")
        scope = claims.get("scope", "")
        granted = scope.split() if isinstance(scope, str) else []
        return KnownToken(subject=str(claims["sub"]), principal=principal, scopes=ALL_SCOPES & frozenset(granted))

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            key = self.signing_keys.get_signing_key_from_jwt(token)
            found: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=list(ALGORITHMS),
                audience=self.audience,
                issuer=self.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWKClientConnectionError as error:
            raise ProviderUnavailable("The issuer's signing keys are out of reach.") from error
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise NotAuthenticated("The token is not valid here.", hint=HINT) from error
        return found


def open_oidc(*, issuer: str, audience: str, jwks_url: str, claim: str) -> OidcTokens:
    """Tokens of an issuer whose keys are published at a URL; they are fetched once and kept for five minutes."""
    keys = jwt.PyJWKClient(jwks_url, cache_keys=True, lifespan=300, timeout=5)
    return OidcTokens(issuer=issuer, audience=audience, claim=claim, signing_keys=keys)
