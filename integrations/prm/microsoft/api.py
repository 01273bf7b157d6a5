"""Calls to Partner Center: tokens, ids of requests, ETags, throttling, pages, and errors in our taxonomy."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import parse_qs, quote, urlsplit

import httpx
from pydantic import ValidationError

from assistant.errors import (
    Forbidden,
    InvalidRecord,
    LiaisonError,
    NotAllowedInState,
    NotAuthenticated,
    OutcomeUnknown,
    PrmError,
    Problem,
    ProviderUnavailable,
    RecordNotFound,
    StaleVersion,
    Throttled,
)
from integrations.prm.microsoft.referral import ErrorDetail, Referral, ReferralList, Refused
from integrations.prm.microsoft.token import AccessTokens

REFERRALS = "v1.0/engagements/referrals"
CONTRACT = "v1"
ATTEMPTS, LONGEST_WAIT = 4, 30.0
STALE_CODES = {"2055"}  # "Etag is no longer valid", which arrives as 400
Sleep = Callable[[float], Awaitable[None]]
M = TypeVar("M", Referral, ReferralList)


class ReferralsApi:
    """The referrals of one Partner Center account. `client` knows the base address and how long to wait."""

    def __init__(self, client: httpx.AsyncClient, *, tokens: AccessTokens, sleep: Sleep = asyncio.sleep) -> None:
        self._client = client
        self._tokens = tokens
        self._sleep = sleep

    async def get(self, referral_id: str) -> Referral:
        """One referral."""
        response = await self._call("GET", f"{REFERRALS}/{quote(referral_id, safe='')}")
        return _parsed(response, Referral)

    async def page(
        self, *, where: str = "", top: int = 50, order: str = "", skip: str = ""
    ) -> tuple[list[Referral], str]:
        """A page of referrals that an OData filter selects, and the token of the next one, empty at the end."""
        asked = {"$filter": where, "$orderby": order, "$top": str(top), "$skiptoken": skip}
        response = await self._call("GET", REFERRALS, params={name: value for name, value in asked.items() if value})
        found = _parsed(response, ReferralList)
        return found.value, skip_token(found.next_link)

    async def create(self, body: dict[str, Any], *, request_id: uuid.UUID) -> Referral:
        """A new referral. The same request id makes it once; raises OutcomeUnknown when the answer was lost."""
        response = await self._call("POST", REFERRALS, body=body, request_id=request_id)
        return _parsed(response, Referral)

    async def patch(
        self, referral_id: str, steps: list[dict[str, Any]], *, etag: str, request_id: uuid.UUID
    ) -> Referral:
        """The referral after a JSON Patch on the version of this ETag; read again where the answer has no body."""
        response = await self._call(
            "PATCH",
            f"{REFERRALS}/{quote(referral_id, safe='')}",
            body=steps,
            request_id=request_id,
            headers={"If-Match": etag, "Prefer": "return=representation"},
        )
        return _parsed(response, Referral) if response.content else await self.get(referral_id)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,  # noqa: ANN401 - JSON
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        request_id: uuid.UUID | None = None,
    ) -> httpx.Response:
        sent = {"MS-RequestId": str(request_id or uuid.uuid4()), "MS-Contract-Version": CONTRACT, **(headers or {})}
        renewed, attempt = False, 0
        while True:
            bearer = {"Authorization": f"Bearer {await self._tokens.token()}", "MS-CorrelationId": str(uuid.uuid4())}
            request = self._client.build_request(method, path, params=params, json=body, headers=sent | bearer)
            response = await self._sent(request, writes=method != "GET")
            if response.status_code == httpx.codes.UNAUTHORIZED and not renewed:
                renewed = True
                self._tokens.forget()
                continue
            wait, attempt = _wait(response, attempt), attempt + 1
            if response.status_code != httpx.codes.TOO_MANY_REQUESTS or attempt == ATTEMPTS or wait > LONGEST_WAIT:
                break
            await self._sleep(wait)
        if response.is_success:
            return response
        raise refusal(response, writes=method != "GET")

    async def _sent(self, request: httpx.Request, *, writes: bool) -> httpx.Response:
        try:
            return await self._client.send(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise ProviderUnavailable(f"Partner Center cannot be reached: {error}") from error
        except httpx.HTTPError as error:
            if writes:
                raise OutcomeUnknown(f"Partner Center's answer was lost: {error}") from error
            raise ProviderUnavailable(f"Partner Center did not answer: {error}") from error


def skip_token(link: str | None) -> str:
    """The $skiptoken of a nextLink. The link itself is not followed: its host and path are not those of the API."""
    found = parse_qs(urlsplit(link or "").query)
    return next(iter(found.get("$skiptoken", [])), "")


def quoted(text: str) -> str:
    """Text as an OData string."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _wait(response: httpx.Response, attempt: int) -> float:
    """Seconds to wait after a throttled call: what the server says, growing when it says so again."""
    try:
        said = float(response.headers.get("Retry-After", "1"))
    except ValueError:
        said = 1.0
    return max(0.0, said) * 2**attempt if attempt else max(0.0, said)


def _parsed(response: httpx.Response, kind: type[M]) -> M:
    try:
        return kind.model_validate_json(response.content)
    except ValidationError as error:
        raise ProviderUnavailable(f"Partner Center answered something else than a referral: {error}") from error


def refusal(response: httpx.Response, *, writes: bool) -> LiaisonError:
    """An error response in our taxonomy."""
    try:
        told = Refused.model_validate_json(response.content)
    except ValidationError:
        told = Refused(description=f"Partner Center answered {response.status_code}.")
    code, words, status = str(told.code), told.description or f"HTTP {response.status_code}", response.status_code
    problems = tuple(_problem(each, code) for each in told.data or ()) or (Problem("", code or str(status), words),)
    if status == httpx.codes.PRECONDITION_FAILED or code in STALE_CODES:
        return StaleVersion(words, problems=(Problem("version", "stale_version", words, retryable=True),))
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return Throttled(words, retry_after=_wait(response, 0))
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.REQUEST_TIMEOUT:
        return OutcomeUnknown(words) if writes else ProviderUnavailable(words)
    kinds: dict[int, LiaisonError] = {
        httpx.codes.BAD_REQUEST: InvalidRecord(words, problems=problems),
        httpx.codes.UNAUTHORIZED: NotAuthenticated(words, hint="Renew LIAISON_MICROSOFT_REFRESH_TOKEN or the secret."),
        httpx.codes.FORBIDDEN: Forbidden(words, hint="The account needs the role Referral admin or Referral user."),
        httpx.codes.NOT_FOUND: RecordNotFound(words, problems=(Problem("id", "not_found", words),)),
        httpx.codes.CONFLICT: NotAllowedInState(words, problems=problems),
    }
    return kinds.get(status, PrmError(words, problems=problems))


def _problem(each: ErrorDetail | str, code: str) -> Problem:
    if isinstance(each, str):
        return Problem(field="", code=code, message=each)
    return Problem(field=each.target or "", code=str(each.code or code), message=each.message or each.description or "")
