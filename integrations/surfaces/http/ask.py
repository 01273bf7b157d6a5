"""POST /v1/ask: a question to a cited answer, whole or sentence by sentence."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.sse import format_sse_event
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from assistant.answering.events import AnswerEvent, AnswerFinished, AnswerStarted, SentenceReady
from assistant.domain.answer import Answer
from assistant.errors import LiaisonError
from assistant.retrieval.retrieve import Question
from integrations.surfaces.http.departure import GONE, ClosingStream, while_there
from integrations.surfaces.http.examples import ANSWER_EXAMPLE, STREAM_EXAMPLE
from integrations.surfaces.http.identity import NEEDS_KEY, Authenticate, Caller
from integrations.surfaces.http.links import with_readable_citations, with_readable_links
from integrations.surfaces.http.problems import documented, problem_of, request_id_of
from integrations.surfaces.http.scopes import AccessScope
from integrations.surfaces.http.service import Service, service_of

LONGEST_QUESTION = 4000
EVENT_STREAM = "text/event-stream"
ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)
STARTED = TypeAdapter(AnswerStarted)
SENTENCE = TypeAdapter(SentenceReady)
router = APIRouter(tags=["answers"])


class AskRequest(BaseModel):
    """A question. `language` overrides detection; `thread` names the conversation it belongs to."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": "How long does a deal registration protect us?"}]},
    )

    question: str = Field(min_length=1, max_length=LONGEST_QUESTION)
    language: str = Field(default="", pattern=r"^([A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2})?$", examples=["en"])
    thread: str = Field(default="", max_length=200, description="Your own name for the conversation.")


class AnswerStream(ClosingStream):
    """An answer as server-sent events: `started`, `sentence` for each, `answer`; `problem` when it breaks off."""

    media_type = EVENT_STREAM


@router.post(
    "/v1/ask",
    summary="Answer a question from the content",
    response_model=Answer,
    responses={
        200: {
            "description": "The answer, or an honest refusal. With `Accept: text/event-stream`, sentence by sentence.",
            "content": {
                "application/json": {"example": ANSWER_EXAMPLE},
                EVENT_STREAM: {"schema": {"type": "string"}, "example": STREAM_EXAMPLE},
            },
        },
        **documented(400, *NEEDS_KEY, 413, 422, 503, 504),
    },
)
async def ask(
    asked: AskRequest,
    request: Request,
    caller: Annotated[Caller, Depends(Authenticate(AccessScope.ASK))],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """Every sentence is supported by the passage it cites; when the content does not say, the answer is declined."""
    question = Question(text=asked.question, requester=caller.requester, language=asked.language)
    events = answer_events(service, question, thread=asked.thread)
    if EVENT_STREAM in request.headers.get("accept", ""):
        # What fails before there is anything to say has a status of its own.
        first = await while_there(request, _first(events))
        return AnswerStream(_stream(first, events, request_id=request_id_of(request))) if first else _nobody()
    answer = await while_there(request, last_answer(events))
    return Response(ANSWER.dump_json(answer), media_type="application/json") if answer else _nobody()


def _nobody() -> Response:
    return Response(status_code=GONE)


async def _first(events: AsyncGenerator[AnswerEvent]) -> AnswerEvent:
    return await anext(events)


async def answer_events(service: Service, question: Question, *, thread: str = "") -> AsyncGenerator[AnswerEvent]:
    """The events of an answer, counted and traced, with links that a reader elsewhere can open."""
    async with aclosing(service.liaison.conversation.stream(thread, question)) as events:
        async for event in events:
            if isinstance(event, AnswerFinished):
                answer = with_readable_links(event.answer)
                service.metrics.answered(answer)
                answered = replace(event.answered, answer=answer)
                service.tracing.answered(answered)
                yield AnswerFinished(answered)
            elif isinstance(event, SentenceReady):
                yield with_readable_citations(event)
            else:
                yield event


async def last_answer(events: AsyncGenerator[AnswerEvent]) -> Answer:
    """The whole answer that a stream of events ends with."""
    finished = [event async for event in events if isinstance(event, AnswerFinished)]
    return finished[-1].answer


async def _stream(first: AnswerEvent, rest: AsyncGenerator[AnswerEvent], *, request_id: str) -> AsyncGenerator[bytes]:
    async with aclosing(rest):
        try:
            yield _encoded(first)
            async for event in rest:
                yield _encoded(event)
        except LiaisonError as error:
            data = problem_of(error, request_id=request_id).model_dump_json()
            yield format_sse_event(event="problem", data_str=data)


def _encoded(event: AnswerEvent) -> bytes:
    if isinstance(event, AnswerStarted):
        return format_sse_event(event="started", data_str=STARTED.dump_json(event).decode())
    if isinstance(event, SentenceReady):
        return format_sse_event(event="sentence", data_str=SENTENCE.dump_json(event).decode())
    return format_sse_event(event="answer", data_str=ANSWER.dump_json(event.answer).decode())
