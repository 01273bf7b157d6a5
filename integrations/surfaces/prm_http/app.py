"""The FastAPI application of the PRM."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.types import ASGIApp

from assistant.ports.api_keys import ApiKeys
from assistant.ports.clock import Clock
from assistant.ports.deal_desk import DealDesk
from assistant.ports.prm import Prm
from integrations.surfaces.http.edge import Bounds, Edge
from integrations.surfaces.http.identity import Doorkeeper
from integrations.surfaces.http.keys import KeyRing
from integrations.surfaces.http.metrics import Metrics
from integrations.surfaces.http.problems import Problem, add_problem_handlers
from integrations.surfaces.http.rates import RateLimits, Rates
from integrations.surfaces.http.scopes import ALL_SCOPES
from integrations.surfaces.prm_http import deciding, reading, writing
from integrations.surfaces.prm_http.microsoft import Take, events_router
from integrations.surfaces.prm_http.wire import Principals, PrmService, unreadable
from integrations.telemetry import open_tracing

BODY_BYTES = 256 * 1024
SECONDS = 30.0
ABOUT = """
Partners, customers, deal registrations, co-sell invitations, funds, changes, and the channel manager's queue.

Every call needs a key (`liaison prm token --as partner:ID`). Every write needs an `Idempotency-Key`;
a change needs `If-Match` with the ETag that was read. Lists are paged by `cursor`. Errors are problems (RFC 9457) whose
`problems` name field, code and message.
"""


def open_service(prm: Prm, desk: DealDesk, *, keys: ApiKeys, clock: Clock, rate: int) -> PrmService:
    """The service of a PRM; `rate` is how many calls a minute a key may make, 0 for any number."""
    ring = KeyRing(store=keys, clock=clock, known_scopes=ALL_SCOPES)
    return PrmService(
        prm=prm,
        desk=desk,
        doorkeeper=Doorkeeper(keys=ring, people=Principals()),
        rates=Rates(RateLimits(rate)),
        clock=clock,
    )


def prm_app(
    service: PrmService,
    *,
    aws: ASGIApp | None = None,
    microsoft: Take | None = None,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
) -> FastAPI:
    """The application; `aws` answers the AWS wire under /aws, `microsoft` takes what is posted to /microsoft/events."""
    app = FastAPI(title="Liaison PRM", version="1", description=ABOUT, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.service = service
    add_problem_handlers(app)
    app.add_exception_handler(RequestValidationError, unreadable)
    for part in (reading, writing, deciding):
        app.include_router(part.router, prefix="/v1")
    app.add_api_route("/healthz", healthy, include_in_schema=False)
    if microsoft is not None:
        app.include_router(events_router(microsoft))
    if aws is not None:
        app.mount("/aws", aws)
    app.add_middleware(
        Edge,
        bounds=Bounds(body_bytes=BODY_BYTES, upload_bytes=BODY_BYTES, seconds=SECONDS),
        metrics=Metrics(),
        tracing=open_tracing(""),
        draining=_never,
    )
    _describe_problems(app)
    return app


async def healthy() -> dict[str, str]:
    """Whether the server runs."""
    return {"status": "ok"}


def _never() -> bool:
    return False


def _describe_problems(app: FastAPI) -> None:
    """Put the schema of problems into the OpenAPI description, which the routes refer to."""
    schema = app.openapi()
    described = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schema["components"]["schemas"] |= described.pop("$defs", {}) | {"Problem": described}
