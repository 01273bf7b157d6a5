"""POST /v1/chat/completions: conversations for any client that speaks OpenAI's chat completions."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.agents.events import LONGEST, ApprovalAsked, CitationGiven, SentenceSaid, TurnEvent, TurnFinished
from assistant.domain.conversation import LONGEST_NAME, identity_of
from assistant.domain.people import Requester
from assistant.errors import LiaisonError, UsageError
from integrations.surfaces.http.departure import ClosingStream
from integrations.surfaces.http.identity import NEEDS_KEY, Authenticate, Caller
from integrations.surfaces.http.links import readable
from integrations.surfaces.http.problems import documented, problem_of, request_id_of
from integrations.surfaces.http.scopes import AccessScope
from integrations.surfaces.http.service import Service, service_of
from integrations.surfaces.http.turn_wire import EVENT_STREAM

if TYPE_CHECKING:
    from assistant.agents.agent import Agent

router = APIRouter(tags=["conversations"])
MODEL = "liaison"
MOST_MESSAGES = 400


class Part(BaseModel):
    """A part of a message; only text is read."""

    model_config = ConfigDict(extra="ignore")

    type: str
    text: str = Field(default="", max_length=LONGEST)


class ChatMessage(BaseModel):
    """A message in OpenAI's dialect."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[Part] | None = None

    @property
    def words(self) -> str:
        """Its text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class Completion(BaseModel):
    """A request in OpenAI's dialect; what a language model would need beside the messages is ignored."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "model": MODEL,
                    "messages": [{"role": "user", "content": "How long does a deal registration protect us?"}],
                }
            ]
        },
    )

    model: str = MODEL
    messages: list[ChatMessage] = Field(min_length=1, max_length=MOST_MESSAGES)
    stream: bool = False


@router.post(
    "/v1/chat/completions",
    summary="Converse in the dialect of OpenAI's chat completions",
    response_model=None,
    responses={
        200: {
            "description": "The reply; with `stream`, as chunks.",
            "content": {
                "application/json": {"schema": {"type": "object"}},
                EVENT_STREAM: {"schema": {"type": "string"}},
            },
        },
        **documented(400, *NEEDS_KEY, 413, 422, 503, 504),
    },
)
async def complete(
    asked: Completion,
    request: Request,
    caller: Annotated[Caller, Depends(Authenticate(AccessScope.CHAT))],
    service: Annotated[Service, Depends(service_of)],
    x_liaison_thread: Annotated[str, Header(max_length=LONGEST_NAME, description="Your name for it.")] = "",
) -> Response:
    """The newest user message is answered in the conversation that began with the first one.

    Only what you say is taken from the messages: what they say that the assistant said counts for nothing. A
    conversation is told apart by the header X-Liaison-Thread, else by your messages before the newest. The turn goes
    on when you disconnect: the same messages sent again get its reply.
    """
    said = [message.words for message in asked.messages if message.role == "user" and message.words.strip()]
    if not said or asked.messages[-1].role != "user":
        raise UsageError("The last message is not the user's.", hint="Send the user's message last.")
    agent = await service.agent()
    name = x_liaison_thread.strip() or await _thread(agent, service, said, caller.requester)
    turn, person = turn_name(said), caller.requester
    place = (f"{person.tenant} {identity_of(person)} {name}", turn)
    running = service.turns.begin(place, agent.say(name, said[-1], requester=person, turn=turn))
    reply, events = Reply(asked.model or MODEL), (event async for _, event in running.follow())
    if asked.stream:
        return CompletionStream(reply.streamed(events, request_id=request_id_of(request)))
    return Response(json.dumps(await reply.whole(events), ensure_ascii=False), media_type="application/json")


async def _thread(agent: Agent, service: Service, said: list[str], requester: Requester) -> str:
    """The conversation whose messages so far are these; a new one when there is none.

    Its newest message is the one before the newest of these, or that one itself when a client sends it again.
    """
    root = f"completions {hashlib.sha256(said[0].encode()).hexdigest()[:16]}"
    for thread in await service.liaison.conversations.threads.threads(requester=requester):
        if thread.name.startswith(root):
            told = await agent.transcript(thread.name, requester=requester)
            newest = next((each.id for each in reversed(told.messages) if each.by == "user"), "")
            if newest in {turn_name(said), turn_name(said[:-1])}:
                return thread.name
    return f"{root} {uuid.uuid4().hex[:8]}"


def turn_name(said: list[str]) -> str:
    """An id of the newest message that is the same when a client sends the same messages again."""
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:32]


class CompletionStream(ClosingStream):
    """A reply as chunks in OpenAI's dialect."""

    media_type = EVENT_STREAM


class Reply:
    """A reply in OpenAI's dialect."""

    def __init__(self, model: str) -> None:
        self._head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": model}
        self._sources: list[str] = []

    async def whole(self, events: AsyncIterator[TurnEvent]) -> dict[str, Any]:
        """The reply at once."""
        text = "".join([piece async for piece in self._pieces(events)])
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
        return {**self._head, "object": "chat.completion", "choices": [choice], "usage": usage}

    async def streamed(self, events: AsyncIterator[TurnEvent], *, request_id: str) -> AsyncGenerator[bytes]:
        """The reply in chunks."""
        yield self._chunk({"role": "assistant", "content": ""})
        try:
            async for piece in self._pieces(events):
                yield self._chunk({"content": piece})
        except LiaisonError as error:
            problem = problem_of(error, request_id=request_id)
            yield f"data: {json.dumps({'error': {'message': problem.detail, 'code': problem.code}})}\n\n".encode()
        else:
            yield self._chunk({}, finish="stop")
        yield b"data: [DONE]\n\n"

    def _chunk(self, delta: dict[str, str], *, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        body = {**self._head, "object": "chat.completion.chunk", "choices": [choice]}
        return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()

    async def _pieces(self, events: AsyncIterator[TurnEvent]) -> AsyncIterator[str]:
        """The text of a turn: what is said, what waits, and the sources at the end."""
        spoken = False
        async for event in events:
            if isinstance(event, SentenceSaid):
                spoken = True
                yield event.text
            elif isinstance(event, ApprovalAsked):
                yield f"\n\n{event.text}" if spoken else event.text
            elif isinstance(event, CitationGiven):
                cited = readable(event.citation)
                self._sources.append(f"[{event.number}] {cited.title}: {cited.link}")
            elif isinstance(event, TurnFinished) and self._sources:
                yield "\n\n" + "\n".join(self._sources)
