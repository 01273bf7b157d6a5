"""Calls to a Liaison PRM server: addresses, headers, records out of responses and errors out of problems."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from functools import lru_cache
from typing import Any, TypeVar, cast
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from assistant import errors
from assistant.domain.people import Requester
from assistant.errors import Forbidden, LiaisonError, OutcomeUnknown, PrmError, Problem, ProviderUnavailable, Throttled
from assistant.ports.prm import Window, Write

T = TypeVar("T")
SERVER_ERROR = 500
KINDS: dict[str, type[PrmError]] = {
    kind.code: kind
    for kind in (
        errors.InvalidRecord,
        errors.PolicyRefused,
        errors.RecordNotFound,
        errors.NotAllowedInState,
        errors.StaleVersion,
        errors.KeyReused,
        errors.NotAuthenticated,
        errors.OutcomeUnknown,
    )
}


class ToldField(BaseModel):
    """One field of a problem."""

    field: str = ""
    code: str = ""
    message: str = ""
    retryable: bool = False


class Told(BaseModel):
    """A problem as the server tells it."""

    code: str
    detail: str
    hint: str = ""
    problems: tuple[ToldField, ...] = ()


class PrmClient:
    """Sends calls for requesters with one key. `client` knows the server's address and how long to wait."""

    def __init__(self, client: httpx.AsyncClient, *, token: str) -> None:
        self._client = client
        self._token = token

    async def read(self, path: str | tuple[str, ...], kind: type[T], requester: Requester, **asked: str | int) -> T:
        """The record, or page of records, at an address."""
        request = self._client.build_request("GET", place(path), params=asked, headers=self._headers(requester))
        return _record(await self._sent(request), kind)

    async def ask(self, path: tuple[str, ...], body: object, kind: type[T], requester: Requester) -> T:
        """What the server makes of a body that changes nothing."""
        return _record(await self._sent(self._post("POST", path, body, self._headers(requester))), kind)

    async def write(self, method: str, path: str | tuple[str, ...], body: object, kind: type[T], write: Write) -> T:
        """The record after a write."""
        headers = self._headers(write.requester) | {"Idempotency-Key": _plain(write.key)}
        if isinstance(path, tuple):
            headers["If-Match"] = f'"{_plain(write.expected_version)}"'
        response = await self._sent(self._post(method, path, body, headers), writes=True)
        return _record(response, kind)

    def _post(self, method: str, path: str | tuple[str, ...], body: object, headers: dict[str, str]) -> httpx.Request:
        content = TypeAdapter(type(body)).dump_json(body, exclude_none=True)
        headers = headers | {"Content-Type": "application/json"}
        return self._client.build_request(method, place(path), content=content, headers=headers)

    def _headers(self, requester: Requester) -> dict[str, str]:
        if not requester.known or requester.name.endswith(":"):
            raise Forbidden("The PRM answers only people it knows.", hint="Sign in, or ask your channel manager.")
        return {
            "Authorization": f"Bearer {self._token}",
            "Liaison-Act-For": quote(requester.name, safe=":"),
            "Liaison-Tenant": quote(requester.tenant),
        }

    async def _sent(self, request: httpx.Request, *, writes: bool = False) -> httpx.Response:
        try:
            response = await self._client.send(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise ProviderUnavailable(f"The PRM server cannot be reached: {error}") from error
        except httpx.HTTPError as error:
            if writes:
                raise OutcomeUnknown(f"The PRM server's answer was lost: {error}") from error
            raise ProviderUnavailable(f"The PRM server did not answer: {error}") from error
        if response.is_success:
            return response
        raise _refusal(response, writes=writes)


def _plain(text: str) -> str:
    """The text as a header can carry it, else something as good: two texts never become one."""
    return text if text.isascii() and text.isprintable() else hashlib.sha256(text.encode()).hexdigest()


def place(path: str | tuple[str, ...]) -> str:
    """The address of a resource; ids are escaped, so that none leads elsewhere."""
    parts = (path,) if isinstance(path, str) else path
    return "/".join(("v1", *(quote(part, safe="") or "%20" for part in parts)))


def sliced(window: Window) -> dict[str, Any]:
    """A window as the server takes it."""
    return {"limit": window.limit, "cursor": window.cursor}


@lru_cache(maxsize=64)
def _reader(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast("Any", kind))


def _record(response: httpx.Response, kind: type[T]) -> T:
    try:
        record: T = _reader(cast("Hashable", kind)).validate_json(response.content)
    except ValidationError as error:
        raise ProviderUnavailable(f"The PRM server answered something else than was asked: {error}") from error
    return record


def _refusal(response: httpx.Response, *, writes: bool) -> LiaisonError:
    """The error that a response tells."""
    try:
        told = Told.model_validate_json(response.content)
    except ValidationError:
        told = Told(code="", detail=f"The PRM server answered {response.status_code}.")
    fields = tuple(Problem(each.field, each.code, each.message, each.retryable) for each in told.problems)
    if told.code == Throttled.code:
        return Throttled(told.detail, retry_after=float(response.headers.get("Retry-After", "1")), hint=told.hint)
    if told.code == Forbidden.code:
        return Forbidden(told.detail, hint=told.hint)
    if told.code in KINDS:
        return KINDS[told.code](told.detail, problems=fields, hint=told.hint)
    if response.status_code >= SERVER_ERROR:
        return OutcomeUnknown(told.detail) if writes else ProviderUnavailable(told.detail, hint=told.hint)
    return PrmError(told.detail, problems=fields, hint=told.hint)
