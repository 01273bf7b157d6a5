"""/v1/threads: conversations with the agent, streamed, resumed after a lost connection, exported and deleted."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.sse import format_sse_event
from pydantic import BaseModel, ConfigDict, Field

from assistant.agents.events import LONGEST, TurnEvent
from assistant.domain.conversation import LONGEST_NAME, Thread
from assistant.domain.people import Requester, Role
from assistant.errors import LiaisonError, UnknownThread
from integrations.surfaces.http.departure import ClosingStream
from integrations.surfaces.http.examples import TURN_STREAM_EXAMPLE
from integrations.surfaces.http.identity import NEEDS_KEY, Authenticate, Caller
from integrations.surfaces.http.problems import documented, problem_of, request_id_of
from integrations.surfaces.http.scopes import AccessScope
from integrations.surfaces.http.service import Service, service_of
from integrations.surfaces.http.turn_wire import (
    EVENT_STREAM,
    Conversations,
    ThreadView,
    TranscriptView,
    TurnView,
    encoded,
)
from integrations.surfaces.http.turns import RunningTurn

router = APIRouter(tags=["conversations"])
Talking = Annotated[Caller, Depends(Authenticate(AccessScope.CHAT))]
Serving = Annotated[Service, Depends(service_of)]
ThreadId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The `id` of a conversation.")]
LAST_EVENT = re.compile(r"([0-9A-Za-z_-]{1,64}):(\d{1,6})")
PROBLEMS = documented(400, *NEEDS_KEY, 404, 413, 422, 503, 504)


class NewThread(BaseModel):
    """A conversation to begin or to go on with; the same name is the same conversation."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Orrin registration"}]})

    name: str = Field(default="", max_length=LONGEST_NAME, description="Your own name for it; empty makes a new one.")


class NewMessage(BaseModel):
    """What somebody says. The same `id` sent again is answered once: the first answer is told again."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "How long does a deal registration protect us?"}]},
    )

    text: str = Field(min_length=1, max_length=LONGEST)
    id: str = Field(default="", pattern=r"^[0-9A-Za-z_-]{0,64}$", description="Your own id for the message.")


class TurnStream(ClosingStream):
    """A turn as server-sent events: `status`, `tool`, `citation`, `approval`, `sentence`, `done`; or `problem`."""

    media_type = EVENT_STREAM


TURN_RESPONSES = {
    200: {
        "description": "The whole turn. With `Accept: text/event-stream`, event by event.",
        "content": {EVENT_STREAM: {"schema": {"type": "string"}, "example": TURN_STREAM_EXAMPLE}},
    },
    **PROBLEMS,
}


@router.post("/v1/threads", status_code=201, summary="Begin a conversation, or go on with one", responses=PROBLEMS)
async def open_thread(given: NewThread, caller: Talking, service: Serving) -> ThreadView:
    """The conversation of this name among your own."""
    threads = service.liaison.conversations.threads
    thread = await threads.open(given.name.strip() or f"chat {uuid.uuid4().hex[:12]}", requester=caller.requester)
    return ThreadView(id=thread.id, name=thread.name)


@router.get("/v1/threads", summary="Your conversations", responses=PROBLEMS)
async def list_threads(caller: Talking, service: Serving) -> list[ThreadView]:
    """Your own, by name."""
    found = await service.liaison.conversations.threads.threads(requester=caller.requester)
    return [ThreadView(id=thread.id, name=thread.name) for thread in found]


@router.get("/v1/threads/{thread_id}", summary="A conversation with what became of its changes", responses=PROBLEMS)
async def read_thread(thread_id: ThreadId, caller: Talking, service: Serving) -> TranscriptView:
    """Every message that is kept, oldest first; long conversations keep a summary of their oldest ones."""
    thread = await own_thread(service, thread_id, caller.requester)
    agent = await service.agent()
    return TranscriptView.of(await agent.transcript(thread.name, requester=caller.requester))


@router.delete("/v1/threads/{thread_id}", status_code=204, summary="Delete a conversation", responses=PROBLEMS)
async def delete_thread(thread_id: ThreadId, caller: Talking, service: Serving) -> Response:
    """Everything that was said in it; changes of it that nobody decided are dropped. The audit log stays."""
    thread = await own_thread(service, thread_id, caller.requester)
    await (await service.agent()).forget(thread.name, requester=caller.requester)
    return Response(status_code=204)


@router.post(
    "/v1/threads/{thread_id}/messages",
    summary="Say something",
    response_model=TurnView,
    responses=TURN_RESPONSES,
)
async def say(thread_id: ThreadId, given: NewMessage, request: Request, caller: Talking, service: Serving) -> Response:
    """One turn. It goes on when you disconnect: ask /events for the rest, with the last event id you saw."""
    thread = await own_thread(service, thread_id, caller.requester)
    agent, turn = await service.agent(), given.id or uuid.uuid4().hex
    events = agent.say(thread.name, given.text, requester=caller.requester, turn=turn)
    running = service.turns.begin((thread.id, turn), events)
    if EVENT_STREAM in request.headers.get("accept", ""):
        return TurnStream(_stream(running, turn, after=-1, request_id=request_id_of(request)))
    told = [event async for _, event in running.follow()]
    return Response(TurnView.of(turn, told).model_dump_json(), media_type="application/json")


@router.get(
    "/v1/threads/{thread_id}/events",
    summary="The events of a turn, from where you lost them",
    response_class=TurnStream,
    responses=TURN_RESPONSES,
)
async def events(
    thread_id: ThreadId,
    request: Request,
    caller: Talking,
    service: Serving,
    last_event_id: Annotated[str, Header(description="The last event id you saw; without it, the newest turn.")] = "",
) -> Response:
    """What came after that event, also when another process took the turn, or a crash broke it off."""
    thread = await own_thread(service, thread_id, caller.requester)
    seen = LAST_EVENT.fullmatch(last_event_id.strip())
    turn, after = (seen[1], int(seen[2])) if seen else ("", -1)
    running = service.turns.running.get((thread.id, turn))
    if running is None:
        running = RunningTurn()
        agent = await service.agent()
        await running.run(agent.again(thread.name, requester=caller.requester, turn=turn))
    return TurnStream(_stream(running, turn or "latest", after=after, request_id=request_id_of(request)))


@router.get("/v1/me/data", summary="Everything that is kept of your conversations", responses=PROBLEMS)
async def export(caller: Talking, service: Serving) -> Conversations:
    """One document for a person who asks for their data."""
    agent, requester = await service.agent(), caller.requester
    found = await service.liaison.conversations.threads.threads(requester=requester)
    told = [await agent.transcript(thread.name, requester=requester) for thread in found]
    return Conversations(person=requester.name, threads=[TranscriptView.of(each) for each in told])


@router.delete("/v1/me/data", status_code=204, summary="Delete all your conversations", responses=PROBLEMS)
async def erase(caller: Talking, service: Serving) -> Response:
    """Every conversation of yours, and which partners you were recommended.

    What was approved and written stays in the PRM and in the audit log.
    """
    agent, requester = await service.agent(), caller.requester
    for thread in await service.liaison.conversations.threads.threads(requester=requester):
        await agent.forget(thread.name, requester=requester)
    if requester.role in {Role.CHANNEL_MANAGER, Role.ADMINISTRATOR}:
        await service.liaison.exposures.forget(requester.tenant, who=requester.name)
    return Response(status_code=204)


async def own_thread(service: Service, thread_id: str, requester: Requester) -> Thread:
    """A conversation of this person. Raises UnknownThread for anybody else's like for one that does not exist."""
    found = await service.liaison.conversations.threads.threads(requester=requester)
    mine = next((thread for thread in found if thread.id == thread_id), None)
    if mine is None:
        raise UnknownThread(f"There is no conversation {thread_id!r} for you.")
    return mine


async def _stream(running: RunningTurn, turn: str, *, after: int, request_id: str) -> AsyncGenerator[bytes]:
    try:
        async with aclosing(running.follow(after)) as told:
            async for number, event in told:
                yield _encoded(event, f"{turn}:{number}")
    except LiaisonError as error:
        yield format_sse_event(event="problem", data_str=problem_of(error, request_id=request_id).model_dump_json())


def _encoded(event: TurnEvent, number: str) -> bytes:
    name, data = encoded(event)
    return format_sse_event(event=name, data_str=data, id=number)
