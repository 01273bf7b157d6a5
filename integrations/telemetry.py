"""Logs and traces: structured lines on standard error, and OpenTelemetry spans where a collector is named.

Spans follow the GenAI semantic conventions, which are still in development; the names are pinned here.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from assistant.errors import SettingsError

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

    from assistant.answering.events import Answered

Scope = MutableMapping[str, Any]
NAME = "liaison"
SERVER_ERROR = 500


def open_log() -> None:
    """Log as one JSON object a line on standard error, our own lines and those of libraries alike."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    lines = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(lines)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in ("httpx", "chromadb", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class Traced(Protocol):
    """A request that may be traced."""

    def ended(self, route: str, status: int) -> None:
        """Say how it ended."""
        ...


class Tracing:
    """Traces of requests and answers; does nothing when off."""

    def __init__(self, tracer: Tracer | None = None, *, with_words: bool = False) -> None:
        self._tracer = tracer
        self._with_words = with_words

    @contextmanager
    def request(self, scope: Scope, request_id: str) -> Iterator[Traced]:
        """A span around a request, a child of the caller's where `traceparent` names one."""
        if self._tracer is None:
            yield _Untraced()
            return
        from opentelemetry.propagate import extract  # noqa: PLC0415 - an optional package
        from opentelemetry.trace import SpanKind  # noqa: PLC0415 - as above

        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        with self._tracer.start_as_current_span(
            scope["method"], context=extract(carrier), kind=SpanKind.SERVER, record_exception=False
        ) as span:
            span.set_attribute("http.request.method", scope["method"])
            span.set_attribute("liaison.request_id", request_id)
            yield _RequestSpan(span, scope["method"])

    def answered(self, answered: Answered) -> None:
        """Tell how an answer came about: a span for it, and below it one for each step."""
        if self._tracer is None:
            return
        from integrations.answer_spans import record  # noqa: PLC0415 - needs an optional package

        record(self._tracer, answered, with_words=self._with_words)


class _Untraced:
    def ended(self, route: str, status: int) -> None:
        """Say nothing."""


class _RequestSpan:
    def __init__(self, span: Span, method: str) -> None:
        self._span = span
        self._method = method

    def ended(self, route: str, status: int) -> None:
        self._span.update_name(f"{self._method} {route}")
        self._span.set_attribute("http.route", route)
        self._span.set_attribute("http.response.status_code", status)
        if status >= SERVER_ERROR:
            from opentelemetry.trace import StatusCode  # noqa: PLC0415 - an optional package

            self._span.set_status(StatusCode.ERROR)


def open_tracing(endpoint: str, *, with_words: bool = False) -> Tracing:
    """Traces that go to a collector; none when no endpoint is named.

    Raises SettingsError when one is named and the package is missing.
    """
    if not endpoint:
        return Tracing()
    try:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - optional
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - as above
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - as above
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - as above
    except ImportError as error:
        hint = "Install it: pip install 'liaison[telemetry]', or unset LIAISON_OTLP_ENDPOINT."
        raise SettingsError("Traces need the OpenTelemetry packages.", hint=hint) from error
    provider = TracerProvider(resource=Resource.create({"service.name": NAME}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    return Tracing(provider.get_tracer(NAME), with_words=with_words)
