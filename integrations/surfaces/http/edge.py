"""What every request passes: an id, limits of size and time, the safe headers, one log line, metrics and a trace."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations.surfaces.http.metrics import METHODS, Metrics
from integrations.surfaces.http.problems import REQUEST_ID, Problem, plain_problem, respond
from integrations.telemetry import Tracing

UPLOAD_PATH = "/v1/documents"
UPLOAD_PATIENCE = 10
MEGABYTE = 1024 * 1024
QUIET = {"/healthz", "/readyz", "/metrics"}  # asked every few seconds: counted, not logged
SAFE_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-frame-options": "DENY",
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
}

log = structlog.get_logger("liaison.http")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one request may take: bytes of a body and of an upload, and seconds until its response begins."""

    body_bytes: int
    upload_bytes: int
    seconds: float


@dataclass(slots=True)
class _Passage:
    """One request on its way."""

    request_id: str
    started: float
    status: int = 0
    bounded: bool = False  # whether the clock is running


class Edge:
    """The outermost layer of the application."""

    def __init__(
        self, app: ASGIApp, *, bounds: Bounds, metrics: Metrics, tracing: Tracing, draining: Callable[[], bool]
    ) -> None:
        self._app = app
        self._bounds = bounds
        self._metrics = metrics
        self._tracing = tracing
        self._draining = draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passage = _Passage(request_id=uuid.uuid4().hex[:16], started=time.perf_counter())
        scope["request_id"] = passage.request_id
        self._metrics.running.inc()
        try:
            with self._tracing.request(scope, passage.request_id) as span:
                await self._bounded(scope, receive, send, passage=passage)
                span.ended(route_of(scope), passage.status)
        finally:
            self._metrics.running.dec()
            self._note(scope, passage)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send, *, passage: _Passage) -> None:
        upload = scope["path"] == UPLOAD_PATH and scope["method"] == "POST"
        most = self._bounds.upload_bytes if upload else self._bounds.body_bytes
        deadline = asyncio.timeout(self._bounds.seconds * (UPLOAD_PATIENCE if upload else 1))

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                passage.status = message["status"]
                if passage.bounded:
                    deadline.reschedule(None)  # a stream that has begun is not cut off
                self._add_headers(message, passage.request_id)
            await send(message)

        if too_long(scope, most):
            await respond(_too_large(passage, most), {"connection": "close"})(scope, receive, sent)
            return
        try:
            async with deadline:
                passage.bounded = True
                try:
                    await self._app(scope, _counted(receive, most, passage), sent)
                finally:
                    passage.bounded = False
        except TimeoutError:
            if passage.status:
                raise
            seconds = self._bounds.seconds
            late = plain_problem(504, f"This took longer than {seconds:g} seconds.", request_id=passage.request_id)
            await respond(late)(scope, receive, sent)
        except Exception as error:
            log.error("unforeseen", request_id=passage.request_id, route=route_of(scope), exc_info=error)  # noqa: TRY400
            if passage.status:
                raise
            detail = "Something went wrong that nobody foresaw; the log has it under this request id."
            await respond(plain_problem(500, detail, request_id=passage.request_id))(scope, receive, sent)

    def _add_headers(self, message: Message, request_id: str) -> None:
        headers = MutableHeaders(scope=message)
        headers[REQUEST_ID] = request_id
        for name, value in SAFE_HEADERS.items():
            headers.setdefault(name, value)
        if self._draining():
            headers["connection"] = "close"

    def _note(self, scope: Scope, passage: _Passage) -> None:
        seconds = time.perf_counter() - passage.started
        route = route_of(scope)
        self._metrics.served(route, scope["method"], passage.status, seconds=seconds)
        if route not in QUIET:
            log.info(
                "request",
                request_id=passage.request_id,
                method=scope["method"] if scope["method"] in METHODS else "other",
                route=route,
                status=passage.status,
                ms=round(seconds * 1000, 1),
                caller=scope.get("caller", ""),
            )


def route_of(scope: Scope) -> str:
    """The template of the route that served a request, such as /v1/documents/{document}; never the address itself."""
    return str(getattr(scope.get("route"), "path", "") or "none")


def too_long(scope: Scope, most: int) -> bool:
    """Whether a request says by itself that its body is too large."""
    said = Headers(scope=scope).get("content-length", "")
    return said.isdecimal() and int(said) > most


def _too_large_detail(most: int) -> str:
    return f"The body is larger than {most / MEGABYTE:g} MB."


def _too_large(passage: _Passage, most: int) -> Problem:
    return plain_problem(413, _too_large_detail(most), request_id=passage.request_id)


def _counted(receive: Receive, most: int, passage: _Passage) -> Receive:
    """`receive` that refuses a body which turns out larger than allowed, however it is sent.

    Who sends so much after the response began, to a route that takes no body, counts as gone.
    """
    total = 0

    async def counted() -> Message:
        nonlocal total
        message = await receive()
        if message["type"] == "http.request":
            total += len(message.get("body", b""))
            if total > most and passage.status:
                return {"type": "http.disconnect"}
            if total > most:
                raise HTTPException(413, _too_large_detail(most), headers={"connection": "close"})
        return message

    return counted
