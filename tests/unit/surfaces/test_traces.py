"""What a collector gets of a question: which spans, by the GenAI conventions, and never what was said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from integrations.surfaces.http.service import Service
from integrations.telemetry import Tracing
from tests.scripted_model import Mode, Script, scripted_model
from tests.unit.surfaces.world import partner, serving

QUESTION = {"question": "How long does an approved deal registration protect a partner?"}
CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@dataclass(frozen=True)
class Told:
    """A span as the collector got it."""

    name: str
    kind: SpanKind
    failed: bool
    trace: str
    id: int
    parent: int
    start: int
    attributes: dict[str, Any]
    json: str

    @classmethod
    def of(cls, span: ReadableSpan) -> Told:
        context, parent = span.context, span.parent
        assert context
        return cls(
            name=span.name,
            kind=span.kind,
            failed=span.status.status_code is StatusCode.ERROR,
            trace=format(context.trace_id, "032x"),
            id=context.span_id,
            parent=parent.span_id if parent else 0,
            start=span.start_time or 0,
            attributes=dict(span.attributes or {}),
            json=span.to_json(),
        )


class Collector:
    """Keeps the spans of a service."""

    def __init__(self, service: Service, *, with_words: bool = False) -> None:
        self._kept = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self._kept))
        service.tracing = Tracing(provider.get_tracer("test"), with_words=with_words)

    def spans(self) -> dict[str, list[Told]]:
        """The spans by the first word of their name, in the order they began."""
        found: dict[str, list[Told]] = {}
        for span in sorted(map(Told.of, self._kept.get_finished_spans()), key=lambda each: each.start):
            found.setdefault(span.name.split()[0], []).append(span)
        return found


@pytest.fixture(scope="module")
def script() -> Script:
    return Script()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, script: Script) -> Iterator[Service]:
    with (
        scripted_model(script) as url,
        serving(
            tmp_path_factory.mktemp("traces"),
            model="openai:scripted",
            model_url=url,
            model_patience=20,
            api_timeout=600,
        ) as service,
    ):
        yield service


async def ask(service: Service, collector: Collector) -> dict[str, list[Told]]:
    async with partner(service) as caller:
        response = await caller.post("/v1/ask", json=QUESTION, headers={"traceparent": CALLER})
    assert response.status_code == 200
    return collector.spans()


async def test_a_question_is_a_trace_of_request_answer_search_model_call_and_verdicts(
    service: Service, script: Script
) -> None:
    script.replies = ["An approved deal registration protects a partner for 90 days. [1] It costs 7 dollars. [1]"]
    spans = await ask(service, Collector(service))
    (request,), (answer,) = spans["POST"], spans["invoke_agent"]
    (search,), (call,), verdicts = spans["retrieval"], spans["chat"], spans["verify"]
    assert request.trace == CALLER.split("-")[1]
    assert answer.parent == request.id
    assert {each.parent for each in (search, call, *verdicts)} == {answer.id}
    assert answer.start <= search.start <= call.start <= verdicts[0].start
    labels = [each.attributes["gen_ai.evaluation.score.label"] for each in verdicts]
    assert labels == ["supported", "unsupported"]
    assert "number" in str(verdicts[1].attributes["liaison.verify.traps"])


async def test_spans_carry_the_attributes_of_the_genai_conventions(service: Service) -> None:
    spans = await ask(service, Collector(service))
    (request,), (answer,), (search,), (call,) = (spans[n] for n in ("POST", "invoke_agent", "retrieval", "chat"))
    assert (request.name, request.kind) == ("POST /v1/ask", SpanKind.SERVER)
    assert request.attributes["http.response.status_code"] == 200
    assert answer.attributes["gen_ai.operation.name"] == "invoke_agent"
    assert answer.attributes["gen_ai.agent.name"] == "liaison"
    assert search.attributes["gen_ai.operation.name"] == "retrieval"
    assert search.attributes["liaison.retrieval.passages"] > 0
    assert (call.name, call.kind) == ("chat scripted", SpanKind.CLIENT)
    assert call.attributes["gen_ai.provider.name"] == "openai"
    assert call.attributes["gen_ai.request.model"] == "scripted"
    assert call.attributes["gen_ai.usage.input_tokens"] == answer.attributes["gen_ai.usage.input_tokens"] > 0
    assert call.attributes["gen_ai.response.time_to_first_chunk"] >= 0


async def test_no_span_carries_a_word_of_question_content_or_answer_unless_that_is_switched_on(
    service: Service,
) -> None:
    said = ("protect", "90 days", "acme")
    quiet = await ask(service, Collector(service))
    told = "".join(span.json for spans in quiet.values() for span in spans)
    assert [word for word in said if word in told] == []
    (loud,) = (await ask(service, Collector(service, with_words=True)))["invoke_agent"]
    assert "protect" in str(loud.attributes["gen_ai.input.messages"])
    assert "90 days" in str(loud.attributes["gen_ai.output.messages"])


async def test_a_model_that_fails_is_an_error_in_its_span_and_a_reason_in_the_answers(tmp_path: Path) -> None:
    with (
        scripted_model(Script(mode=Mode.BROKEN)) as url,
        serving(tmp_path, model="openai:scripted", model_url=url) as service,
    ):
        spans = await ask(service, Collector(service))
    (answer,), (call,) = spans["invoke_agent"], spans["chat"]
    assert call.failed
    assert call.attributes["error.type"] == answer.attributes["error.type"] == "unavailable"
    assert answer.attributes["liaison.answer.by"] == "extractive"
