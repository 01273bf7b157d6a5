"""The PRM server as a process: the application, and beside it the clocks and webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from assistant.errors import LiaisonError
from integrations.bootstrap import Liaison, build
from integrations.settings import Settings
from integrations.surfaces.prm_http.app import open_service, prm_app

EVERY_SECONDS = 20.0
log = structlog.get_logger("liaison.prm")


def serve_prm(settings: Settings, *, host: str, port: int) -> None:
    """Serve until stopped."""
    liaison = build(settings)
    try:
        uvicorn.run(installed(liaison), host=host, port=port, log_level="warning", server_header=False)
    finally:
        liaison.close()


def installed(liaison: Liaison, *, every: float = EVERY_SECONDS) -> FastAPI:
    """The application of an installation; lapses and webhooks are seen to every so many seconds."""
    office = liaison.prm
    service = open_service(
        office.prm, office.desk, keys=liaison.api_keys, clock=liaison.clock, rate=liaison.settings.api_rate
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(_chores(liaison, every=every))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    microsoft = office.microsoft_events(liaison.settings)
    return prm_app(service, aws=_aws(liaison), microsoft=microsoft, lifespan=lifespan)


def _aws(liaison: Liaison) -> ASGIApp | None:
    """The AWS wire, where the package that knows Amazon's model is installed."""
    try:
        return liaison.prm.aws_app()
    except ImportError as error:
        log.warning("the AWS wire is off; pip install liaison[aws] turns it on", reason=str(error))
        return None


async def _chores(liaison: Liaison, *, every: float) -> None:
    while True:
        try:
            lapsed, delivered = await liaison.prm.desk.tick(), await liaison.prm.courier.deliver()
        except LiaisonError as error:
            log.warning("chores failed; they are tried again", reason=error.message)
        else:
            if lapsed or delivered:
                log.info("chores", lapsed=lapsed, delivered=delivered)
        await asyncio.sleep(every)
