"""Errors as problem responses (RFC 9457): one table from our errors to HTTP, and nothing else decides a status."""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from assistant import errors
from assistant.errors import LiaisonError, PrmError, Throttled, UnreadableDocument

MEDIA_TYPE = "application/problem+json"
REQUEST_ID = "x-request-id"
AGAIN_SECONDS = 2

# The nearest row of an error's own classes counts, so a row covers everything below it in the tree.
STATUS: dict[type[LiaisonError], HTTPStatus] = {
    errors.UsageError: HTTPStatus.BAD_REQUEST,
    errors.UnknownMetadataKey: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvalidMetadata: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnreadableDocument: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ForbiddenAddress: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.PolicyRefused: HTTPStatus.FORBIDDEN,
    errors.RecordNotFound: HTTPStatus.NOT_FOUND,
    errors.UnknownThread: HTTPStatus.NOT_FOUND,
    errors.UnknownAnswer: HTTPStatus.NOT_FOUND,
    errors.NotAllowedInState: HTTPStatus.CONFLICT,
    errors.StaleVersion: HTTPStatus.CONFLICT,
    errors.KeyReused: HTTPStatus.CONFLICT,
    errors.InvalidRecord: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Throttled: HTTPStatus.TOO_MANY_REQUESTS,
    errors.WriterBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StorageError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SearchIndexError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ProviderUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SourceError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.OutcomeUnknown: HTTPStatus.GATEWAY_TIMEOUT,
    errors.PrmError: HTTPStatus.BAD_REQUEST,
    errors.SettingsError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.LiaisonError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
HINTS: dict[int, str] = {
    HTTPStatus.NOT_FOUND: "See /openapi.json for what there is.",
    HTTPStatus.METHOD_NOT_ALLOWED: "See the Allow header for what this address takes.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Send less at once.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "See /openapi.json for the content types it takes.",
    HTTPStatus.GATEWAY_TIMEOUT: "Try again; if it happens often, the server is overloaded.",
}


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str = Field(examples=["question"])
    code: str = Field(examples=["string_too_short"])
    message: str = Field(examples=["String should have at least 1 character"])
    retryable: bool = Field(default=False, description="Whether the same call can succeed later.")


class Problem(BaseModel):
    """What went wrong, for programs (`code`) and for people (`detail`, `hint`)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:liaison:problem:throttled",
                    "title": "Too Many Requests",
                    "status": 429,
                    "detail": "More than 120 calls a minute.",
                    "code": "throttled",
                    "hint": "Wait as long as the answer says and repeat the same call.",
                    "retryable": True,
                    "request_id": "0b6f6a0b7d6e4f62",
                    "problems": [],
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str = ""
    retryable: bool = False
    request_id: str = ""
    problems: list[FieldProblem] = []


def status_of(error: LiaisonError) -> HTTPStatus:
    """The status of an error: the row of its class, or of the nearest class above it."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem_of(error: LiaisonError, *, request_id: str = "") -> Problem:
    """An error as callers get it."""
    status = status_of(error)
    fields = error.problems if isinstance(error, PrmError) else ()
    return Problem(
        type=f"urn:liaison:problem:{error.code}",
        title=status.phrase,
        status=status,
        detail=error.message,
        code=error.reason if isinstance(error, UnreadableDocument) else error.code,
        hint=error.hint,
        retryable=error.retryable,
        request_id=request_id,
        problems=[
            FieldProblem(field=p.field, code=p.code, message=p.message, retryable=p.retryable)
            for p in fields
            if p.field
        ],
    )


def plain_problem(
    status: int, detail: str, *, request_id: str = "", fields: list[FieldProblem] | None = None
) -> Problem:
    """A problem that HTTP itself has, such as an address that does not exist."""
    known = HTTPStatus(status)
    code = known.name.lower()
    return Problem(
        type=f"urn:liaison:problem:{code}",
        title=known.phrase,
        status=status,
        detail=detail,
        code=code,
        hint=HINTS.get(status, ""),
        retryable=status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT},
        request_id=request_id,
        problems=fields or [],
    )


def respond(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The response of a problem."""
    return Response(
        problem.model_dump_json(), status_code=problem.status, media_type=MEDIA_TYPE, headers=dict(headers or {})
    )


def headers_of(error: LiaisonError) -> dict[str, str]:
    """What the headers say about an error: how long to wait, or how to say who one is."""
    if isinstance(error, Throttled):
        return {"Retry-After": str(max(1, math.ceil(error.retry_after)))}
    status = status_of(error)
    if status == HTTPStatus.SERVICE_UNAVAILABLE and error.retryable:
        return {"Retry-After": str(AGAIN_SECONDS)}
    return {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}


def request_id_of(request: Request) -> str:
    """The id that the response and the log of a request carry."""
    return str(request.scope.get("request_id", ""))


async def _ours(request: Request, error: Exception) -> Response:
    if not isinstance(error, LiaisonError):
        raise error
    return respond(problem_of(error, request_id=request_id_of(request)), headers_of(error))


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    fields = [
        FieldProblem(field=".".join(str(part) for part in each["loc"][1:]), code=each["type"], message=each["msg"])
        for each in error.errors()
    ]
    names = ", ".join(dict.fromkeys(each.field or "the body" for each in fields))
    detail = f"The request cannot be used: see {names}."
    return respond(plain_problem(422, detail, request_id=request_id_of(request), fields=fields))


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    problem = plain_problem(error.status_code, str(error.detail), request_id=request_id_of(request))
    return respond(problem, error.headers)


def add_problem_handlers(app: FastAPI) -> None:
    """Let every error of the application come out as a problem."""
    app.add_exception_handler(LiaisonError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem responses of a route for its OpenAPI description."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}
