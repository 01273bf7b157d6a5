"""What every route shares: who calls, under which key and version, strict bodies, and records as responses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from http import HTTPStatus
from typing import Annotated, Any, cast
from urllib.parse import unquote

from fastapi import Depends, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter

from assistant.deals.draft import located, no_text, unknown_fields
from assistant.domain.people import Requester, principal
from assistant.errors import Forbidden, InvalidRecord, NotAuthenticated, Problem, UsageError
from assistant.ports.clock import Clock
from assistant.ports.deal_desk import DealDesk
from assistant.ports.prm import LARGEST_PAGE, Prm, Window, Write
from integrations.surfaces.http.identity import Authenticate, Caller, Doorkeeper, bearer
from integrations.surfaces.http.problems import documented, problem_of, request_id_of, respond
from integrations.surfaces.http.rates import Rates
from integrations.surfaces.http.scopes import AccessScope

READ_PROBLEMS = documented(401, 403, 404, 422, 429, 503)
WRITE_PROBLEMS = documented(401, 403, 404, 409, 412, 422, 429, 503)


@dataclass(frozen=True, slots=True)
class PrmService:
    """What the routes work with: a PRM, its desk, and who may call how often."""

    prm: Prm
    desk: DealDesk
    doorkeeper: Doorkeeper
    rates: Rates
    clock: Clock


class Principals:
    """People as keys name them: by role and id alone, since the PRM itself knows its partners."""

    def requester(self, name: str) -> Requester:
        """The requester of a name. Raises UsageError for a name that is none."""
        return principal(name)


def service_of(request: Request) -> PrmService:
    """The service that a request is served by."""
    return cast("PrmService", request.app.state.service)


def prm_of(request: Request) -> Prm:
    """The PRM that a request is for."""
    return service_of(request).prm


def desk_of(request: Request) -> DealDesk:
    """The desk that a request is for."""
    return service_of(request).desk


class For:
    """A FastAPI dependency: for whom a call is made, when its key may do `scope`.

    A key with the scope `prm:act_for` speaks for whom the header `Liaison-Act-For` names, in the tenant that
    `Liaison-Tenant` names; any other key only for whom it was made.
    """

    def __init__(self, scope: AccessScope) -> None:
        self._authenticate = Authenticate(scope)

    async def __call__(
        self,
        request: Request,
        documented: Annotated[object, Depends(bearer)],
        act_for: Annotated[
            str,
            Header(alias="Liaison-Act-For", description="For a key that may speak for others: whom, percent-encoded."),
        ] = "",
        tenant: Annotated[str, Header(alias="Liaison-Tenant", description="For such a key: the tenant.")] = "",
    ) -> Requester:
        """The requester. Raises NotAuthenticated, Forbidden, Throttled."""
        caller = await self._authenticate(request, documented)
        return _spoken_for(caller, act_for, tenant) if act_for or tenant else caller.requester


def _spoken_for(caller: Caller, name: str, tenant: str) -> Requester:
    if AccessScope.ACT_FOR not in caller.scopes:
        hint = f"Ask for a key with the scope {AccessScope.ACT_FOR}."
        raise Forbidden("This key may not speak for others.", hint=hint)
    try:
        return replace(principal(unquote(name)), tenant=unquote(tenant) or caller.requester.tenant)
    except UsageError as error:
        raise NotAuthenticated(error.message, hint=f"Liaison-Act-For: {error.hint}") from error


Reader = Annotated[Requester, Depends(For(AccessScope.READ_PRM))]
Owner = Annotated[Requester, Depends(For(AccessScope.WRITE_PRM))]
Decider = Annotated[Requester, Depends(For(AccessScope.DECIDE_PRM))]
IdempotencyKey = Annotated[
    str,
    Header(alias="Idempotency-Key", description="1 to 255 characters; the same key does the same thing only once."),
]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag of the version you saw.")]
PrmOf = Annotated[Prm, Depends(prm_of)]
DeskOf = Annotated[DealDesk, Depends(desk_of)]


async def window(
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 50,
    cursor: Annotated[str, Query(max_length=1000, description="`cursor` of the page before.")] = "",
) -> Window:
    """Which slice of a list is asked for."""
    return Window(limit=limit, cursor=cursor)


Slice = Annotated[Window, Depends(window)]


def _write(requester: Requester, key: str, etag: str | None) -> Write:
    problems = []
    if not key:
        message = "is required: send a key of your own, so that a repetition does not happen twice"
        problems.append(Problem(field="Idempotency-Key", code="required", message=message))
    if etag is None or etag.strip() == "*":
        message = "is required: read the record and send its ETag"
        problems.append(Problem(field="If-Match", code="required", message=message))
    if problems:
        raise InvalidRecord.of(*problems)
    version = (etag or "").strip().removeprefix("W/").strip('"')
    return Write(requester=requester, key=key, expected_version=version)


async def creation(requester: Owner, key: IdempotencyKey = "") -> Write:
    """A write that makes a new record."""
    return _write(requester, key, "")


async def alteration(requester: Owner, key: IdempotencyKey = "", if_match: IfMatch = None) -> Write:
    """A write that changes a record which the caller saw."""
    return _write(requester, key, if_match)


async def ruling(requester: Decider, key: IdempotencyKey = "", if_match: IfMatch = None) -> Write:
    """A decision of the desk on a record which the caller saw."""
    return _write(requester, key, if_match)


Creation = Annotated[Write, Depends(creation)]
Alteration = Annotated[Write, Depends(alteration)]
Ruling = Annotated[Write, Depends(ruling)]


def strictly(kind: type) -> Any:  # noqa: ANN401 - what Depends is
    """A dependency that refuses a body with fields the record does not have, or with broken text, at any depth."""

    async def known(request: Request) -> None:
        try:
            values = await request.json()
        except ValueError:
            return  # the route itself says that it is no JSON
        problems = (*unknown_fields(values, kind), *no_text(values))
        if problems:
            raise InvalidRecord.of(*problems)

    return Depends(known)


@lru_cache(maxsize=64)
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - any record, or a page of them
    return TypeAdapter(kind)


def sent(record: Any, kind: Any, *, status: int = HTTPStatus.OK, place: str = "") -> Response:  # noqa: ANN401
    """A record, or a page of them, as JSON; with its version as the ETag and, when it is new, its address."""
    headers = {}
    if version := getattr(record, "version", ""):
        headers["ETag"] = f'"{version}"'
    if place:
        headers["Location"] = place
    body = _adapter(kind).dump_json(record)
    return Response(body, status_code=status, headers=headers, media_type="application/json")


async def unreadable(request: Request, error: Exception) -> Response:
    """A request that cannot be read, with the problems that records found themselves in their own words."""
    if not isinstance(error, RequestValidationError):
        raise error
    found = [problem for item in error.errors() for problem in located(tuple(item["loc"][1:]), item)]
    told = InvalidRecord.of(*(Problem(each.field or "body", each.code, each.message) for each in found))
    return respond(problem_of(told, request_id=request_id_of(request)))
