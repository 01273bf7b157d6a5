"""Who calls: from an API key or an OIDC token to a Requester and what it may do. Fails closed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated, Protocol

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from assistant.domain.people import ANONYMOUS, Requester
from assistant.errors import Forbidden, NotAuthenticated, UsageError
from integrations.surfaces.http.keys import HINT, PREFIX, KeyRing
from integrations.surfaces.http.oidc import OidcTokens
from integrations.surfaces.http.scopes import AccessScope

COOKIE = "liaison_key"
bearer = HTTPBearer(auto_error=False, description="An API key (`liaison keys create`) or an OIDC access token.")
ANONYMOUS_SCOPES = frozenset({AccessScope.ASK, AccessScope.READ_DOCUMENTS})


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified caller. `counted_as` is what rate limits count by; `named` is how logs call it."""

    requester: Requester
    scopes: frozenset[str]
    counted_as: str
    named: str
    rate_per_minute: int = 0


class People(Protocol):
    """Turns `partner:ID` and the like into people."""

    def requester(self, name: str) -> Requester:
        """The requester of a name. Raises UsageError for somebody it does not know."""
        ...


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Says who calls. `anonymous` lets people without a key ask; they see public content only."""

    keys: KeyRing
    people: People
    oidc: OidcTokens | None = None
    anonymous: bool = False

    async def caller(self, token: str, *, address: str) -> Caller:
        """Who a token stands for; an empty one is nobody, from `address`.

        Raises NotAuthenticated for a token that is no good, and for none where anonymous questions are off.
        """
        if not token:
            if not self.anonymous:
                raise NotAuthenticated("This needs a key.", hint=HINT)
            return Caller(ANONYMOUS, ANONYMOUS_SCOPES, counted_as=f"address:{address}", named="anonymous")
        if self.oidc is not None and not token.startswith(f"{PREFIX}_"):
            known = await self.oidc.check(token)
            requester = replace(self._person(known.principal), user=known.subject)
            return Caller(requester, known.scopes, counted_as=f"oidc:{known.subject}", named=f"oidc:{known.subject}")
        key = await self.keys.check(token)
        named = f"key:{key.id}"
        return Caller(self._person(key.principal), key.scopes, named, named, rate_per_minute=key.rate_per_minute)

    def _person(self, principal: str) -> Requester:
        try:
            return self.people.requester(principal)
        except UsageError as error:
            raise NotAuthenticated(f"Nobody is known as {principal!r} any more.", hint=HINT) from error


def token_in(request: Request) -> str:
    """The token of a request, "" when there is none. Raises NotAuthenticated for a header that is not Bearer."""
    header = request.headers.get("authorization", "")
    if not header:
        return ""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated("The Authorization header is not `Bearer` with a token.", hint=HINT)
    return token.strip()


def allowed(caller: Caller, scope: AccessScope) -> Caller:
    """The caller, if it may do this. Raises Forbidden, or NotAuthenticated when a key would help."""
    if scope in caller.scopes:
        return caller
    if not caller.requester.known and caller.named == "anonymous":
        raise NotAuthenticated("This needs a key.", hint=HINT)
    raise Forbidden(f"This key may not do {scope}.", hint=f"Ask for a key with the scope {scope}.")


def address_of(request: Request) -> str:
    """Where a request comes from, as the server sees it."""
    return request.client.host if request.client else ""


class Authenticate:
    """A FastAPI dependency: the caller, authenticated, allowed `scope`, and counted against its rate limit."""

    def __init__(self, scope: AccessScope) -> None:
        self.scope = scope

    async def __call__(self, request: Request, _documented: Annotated[object, Depends(bearer)]) -> Caller:
        """The caller. Raises NotAuthenticated, Forbidden, Throttled."""
        service = request.app.state.service
        caller: Caller = await service.doorkeeper.caller(token_in(request), address=address_of(request))
        request.scope["caller"] = caller.named
        await service.rates.take(caller.counted_as, per_minute=caller.rate_per_minute)
        return allowed(caller, self.scope)


NEEDS_KEY = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
