"""The application: routes, problems and what every request passes."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from threadpoolctl import threadpool_limits
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from integrations.surfaces.http import (
    ask,
    campaigns,
    completions,
    cosell,
    decisions,
    documents,
    health,
    page,
    quality,
    threads,
)
from integrations.surfaces.http.bypass import Bypass
from integrations.surfaces.http.edge import MEGABYTE, Bounds, Edge
from integrations.surfaces.http.problems import Problem, add_problem_handlers
from integrations.surfaces.http.service import Service

if TYPE_CHECKING:
    from integrations.surfaces.slack.mount import Mount

TALKING = (threads.router, decisions.router, completions.router, campaigns.router, cosell.router)
READING = (documents.router, page.views, quality.router, health.router, cosell.views, page.router)
ROUTERS = (ask.router, *TALKING, *READING)
DESCRIPTION = """Cited answers from partner enablement content.

Send an API key (`liaison keys create`) or an OIDC access token as `Authorization: Bearer …`. Who the key stands
for decides what is seen: a document outside the caller's audience does not exist for it. Errors are problems as in
RFC 9457 with a stable `code`, a `hint` that says what to do next, and `retryable`."""


def create_app(service: Service, *, alone: bool = False) -> FastAPI:
    """The application of a service; it closes the service when it shuts down.

    `alone` says that the process is for nothing else: what it has loaded is not looked through for garbage any more.
    """
    slack = slack_mount(service)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # Requests run side by side already; threads inside each product of small matrices only wait for each other.
        threadpool_limits(1, user_api="blas")
        await service.warm_up()
        following = asyncio.create_task(service.follow())
        loading = asyncio.create_task(asyncio.to_thread(_load, keep=alone))
        try:
            async with slack.opened() if slack else nullcontext():
                yield
        finally:
            await loading
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
            await service.release()
            await asyncio.to_thread(service.close)

    app = FastAPI(
        title="Liaison",
        version=version("liaison"),
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,  # the interactive pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service, app.state.slack = service, slack
    add_problem_handlers(app)
    for router in ROUTERS:
        app.include_router(router)
    if slack:
        app.router.routes += slack.pages()
    _describe_problems(app)
    _surround(app, service, slack)
    return app


def _surround(app: FastAPI, service: Service, slack: Mount | None) -> None:
    """Put around the application what every request passes; the last one added is the first to be passed."""
    settings = service.liaison.settings
    app.add_middleware(Edge, **_edge(service))
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=settings.api_proxies)
    if slack:
        app.add_middleware(
            Bypass, path=slack.path, target=slack, metrics=service.metrics, draining=lambda: service.draining
        )


def _load(*, keep: bool) -> None:
    """Load what the first conversation would wait for."""
    import_module("integrations.agency")
    if keep:
        gc.collect()
        gc.freeze()


def slack_mount(service: Service) -> Mount | None:
    """Slack's request URL, where the settings have a signing secret."""
    if not service.liaison.settings.slack_signing_secret.get_secret_value():
        return None
    from integrations.surfaces.slack.mount import Mount  # noqa: PLC0415 - a server without Slack does not load Bolt

    return Mount(service.liaison)


def _edge(service: Service) -> dict[str, Any]:
    settings = service.liaison.settings
    bounds = Bounds(
        body_bytes=settings.api_body_kb * 1024,
        upload_bytes=settings.api_upload_mb * MEGABYTE,
        seconds=settings.api_timeout,
    )
    return {
        "bounds": bounds,
        "metrics": service.metrics,
        "tracing": service.tracing,
        "draining": lambda: service.draining,
    }


def _describe_problems(app: FastAPI) -> None:
    """Add the problem model to the description, in the place of FastAPI's own validation error."""
    made = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = made()
            model = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas = schema.setdefault("components", {}).setdefault("schemas", {})
            schemas.update(model.pop("$defs", {}))
            schemas["Problem"] = model
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
        return app.openapi_schema or {}

    app.openapi = described  # type: ignore[method-assign]  # FastAPI documents this way of extending it
