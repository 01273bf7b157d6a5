"""How an answer came about, as OpenTelemetry spans by the GenAI semantic conventions: ask, retrieve, model, verify.

The conventions are still in development, so their names are pinned here. Counts, times, ids and reasons are told; what
was asked and answered only where that is switched on.
"""

from __future__ import annotations

import json

from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, set_span_in_context

from assistant.answering.events import Answered
from assistant.answering.steps import ModelStep, SearchStep, Step, Timing, VerifyStep

AGENT = "liaison"
NANOSECONDS = 1_000_000_000
PROVIDERS = {"openai": "openai"}  # rows of integrations/models to well-known names; others are told by their row
Value = str | int | float | bool


def record(tracer: Tracer, answered: Answered, *, with_words: bool) -> None:
    """Record the finished answer as a span below the current one, and its steps as spans below that."""
    answer = answered.answer
    began = min((step.timing.began for step in answered.steps), default=0.0)
    ended = max((step.timing.began + step.timing.seconds for step in answered.steps), default=0.0)
    span = tracer.start_span(f"invoke_agent {AGENT}", start_time=_moment(began))
    facts: dict[str, Value] = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": AGENT,
        "liaison.answer.status": str(answer.status),
        "liaison.answer.by": answer.answered_by,
        "liaison.answer.confidence": answer.confidence,
        "liaison.answer.citations": len(answer.citations),
        "liaison.answer.dropped": answer.dropped,
        "liaison.answer.latency_ms": answer.latency_ms,
        "liaison.content.generation": answer.generation,
    }
    if answer.id:
        facts["gen_ai.response.id"] = answer.id
    if answer.reason:
        facts["liaison.answer.reason"] = str(answer.reason)
    if answer.fallback:
        facts["error.type"] = str(answer.fallback)
    if answer.use:
        facts |= _model(answer.use.model)
        facts["gen_ai.usage.input_tokens"] = answer.use.input_tokens
        facts["gen_ai.usage.output_tokens"] = answer.use.output_tokens
    if with_words:
        facts["gen_ai.input.messages"] = _message("user", answer.question)
        facts["gen_ai.output.messages"] = _message("assistant", answer.text)
    span.set_attributes(facts)
    model = answer.use.model if answer.use else ""
    for step in answered.steps:
        _record_step(tracer, span, step, model=model)
    span.end(_moment(ended))


def _record_step(tracer: Tracer, parent: Span, step: Step, *, model: str) -> None:
    kind = SpanKind.CLIENT if isinstance(step, ModelStep) else SpanKind.INTERNAL
    name, facts = _described(step, model)
    span = tracer.start_span(
        name, context=set_span_in_context(parent), kind=kind, start_time=_moment(step.timing.began), attributes=facts
    )
    if isinstance(step, ModelStep) and step.failure:
        span.set_status(StatusCode.ERROR, str(step.failure))
    span.end(_end(step.timing))


def _described(step: Step, model: str) -> tuple[str, dict[str, Value]]:
    if isinstance(step, SearchStep):
        return "retrieval content", {
            "gen_ai.operation.name": "retrieval",
            "gen_ai.data_source.id": "content",
            "liaison.retrieval.passages": step.passages,
            "liaison.retrieval.documents": step.documents,
        }
    if isinstance(step, VerifyStep):
        return "verify sentence", {
            "gen_ai.evaluation.name": "grounding",
            "gen_ai.evaluation.score.value": step.score,
            "gen_ai.evaluation.score.label": "supported" if step.supported else "unsupported",
            "liaison.verify.traps": ",".join(step.traps),
        }
    facts: dict[str, Value] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.output.type": "text",
        "gen_ai.request.stream": True,
        "gen_ai.usage.input_tokens": step.input_tokens,
        "gen_ai.usage.output_tokens": step.output_tokens,
        **(_model(model) if model else {}),
    }
    if step.first_words is not None:
        facts["gen_ai.response.time_to_first_chunk"] = step.first_words
    if step.failure:
        facts["error.type"] = str(step.failure)
    return f"chat {facts.get('gen_ai.request.model', '')}".strip(), facts


def _model(name: str) -> dict[str, Value]:
    """The attributes of a model named ROW:MODEL."""
    row, _, model = name.partition(":")
    return {"gen_ai.provider.name": PROVIDERS.get(row, row), "gen_ai.request.model": model}


def _message(role: str, words: str) -> str:
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": words}]}], ensure_ascii=False)


def _moment(seconds: float) -> int | None:
    """Nanoseconds since 1970; None, which is now, for a moment nobody noted."""
    return round(seconds * NANOSECONDS) or None


def _end(timing: Timing) -> int | None:
    return _moment(timing.began + timing.seconds)
