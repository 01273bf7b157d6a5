"""/healthz, /readyz and /metrics: for those who run the server."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from assistant.errors import ProviderUnavailable
from integrations.surfaces.http.problems import documented
from integrations.surfaces.http.service import Service, service_of

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
Serving = Annotated[Service, Depends(service_of)]
router = APIRouter(tags=["operations"])


class Health(BaseModel):
    """The process runs."""

    status: str = "ok"


class Readiness(BaseModel):
    """The server answers questions. `generation` is the content state it searches; 0 means nothing was ingested yet."""

    status: str = "ready"
    generation: int
    documents: int


@router.get("/healthz", summary="Whether the process runs")
async def healthz() -> Health:
    """Always, as long as it runs."""
    return Health()


@router.get("/readyz", summary="Whether to send requests here", responses=documented(503))
async def readyz(service: Serving) -> Readiness:
    """503 while it stops, or when the database or the search index does not answer."""
    if service.draining:
        raise ProviderUnavailable("The server is stopping.", hint="Send requests to another one.")
    catalog = await service.liaison.content.catalog()
    if catalog.generation:
        await asyncio.to_thread(service.liaison.index.follow)
    return Readiness(generation=catalog.generation, documents=len(catalog.documents))


@router.get(
    "/metrics",
    summary="Counters for Prometheus",
    response_class=Response,
    responses={
        200: {"description": "Prometheus' text format.", "content": {PROMETHEUS: {"schema": {"type": "string"}}}}
    },
)
async def metrics(service: Serving) -> Response:
    """Of this process. Nothing in it names a person, a partner or a question."""
    return Response(service.metrics.page(), media_type=PROMETHEUS)
