"""Callers who leave before their answer is there: the work for a question stops, a turn goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.agents.events import SentenceSaid, TurnEvent, TurnFinished
from assistant.answering.events import AnswerEvent, AnswerStarted
from assistant.retrieval.retrieve import Question
from integrations.surfaces.http.app import create_app
from integrations.surfaces.http.service import Service
from tests.unit.surfaces.world import key, serving_quickly

PATIENCE = 20.0  # seconds; everything here takes milliseconds


class Pondering:
    """A conversation that says at most that it has begun, and then thinks until somebody stops it."""

    def __init__(self, *, speaks: bool) -> None:
        self._speaks = speaks
        self.thinking = asyncio.Event()
        self.stopped = asyncio.Event()

    async def stream(self, _thread: str, _question: Question) -> AsyncGenerator[AnswerEvent]:
        try:
            if self._speaks:
                yield AnswerStarted(language="en", generation=1)
            self.thinking.set()
            await asyncio.Event().wait()
        finally:
            self.stopped.set()


class Caller:
    """Sends one question and hangs up when told to. `reads` is False for one who takes nothing of the answer."""

    path = "/v1/ask"
    body: object = {"question": "Why?"}
    token = ""

    def __init__(self, *, accept: str, reads: bool = True) -> None:
        self._messages: list[dict[str, Any]] = [{"type": "http.request", "body": json.dumps(self.body).encode()}]
        self._accept = accept
        self._reads = reads
        self.reached = asyncio.Event()
        self.left = asyncio.Event()
        self.statuses: list[int] = []

    @property
    def scope(self) -> dict[str, Any]:
        headers = [(b"content-type", b"application/json"), (b"accept", self._accept.encode())]
        if self.token:
            headers += [(b"authorization", f"Bearer {self.token}".encode()), (b"x-liaison-thread", b"deals")]
        place = {
            "path": self.path,
            "raw_path": self.path.encode(),
            "root_path": "",
            "query_string": b"",
            "scheme": "http",
        }
        asgi = {"version": "3.0", "spec_version": "2.3"}
        return {"type": "http", "asgi": asgi, "http_version": "1.1", "method": "POST", "headers": headers, **place}

    async def receive(self) -> dict[str, Any]:
        if self._messages:
            return self._messages.pop()
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.statuses.append(message["status"])
        elif message.get("body"):
            self.reached.set()
            if not self._reads:
                await asyncio.Event().wait()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with serving_quickly(tmp_path, api_anonymous=True) as service:
        yield service


async def ended(service: Service, caller: Caller, talk: Pondering, *, when: asyncio.Event) -> None:
    service.liaison.__dict__["conversation"] = talk
    app = create_app(service)
    running = asyncio.create_task(app(caller.scope, caller.receive, caller.send))  # type: ignore[arg-type]
    async with asyncio.timeout(PATIENCE):
        await when.wait()
        assert not talk.stopped.is_set()
        caller.left.set()
        await running
        await talk.stopped.wait()


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_the_work_for_a_caller_who_leaves_before_the_first_word_is_stopped(service: Service, accept: str) -> None:
    caller, talk = Caller(accept=accept), Pondering(speaks=False)
    await ended(service, caller, talk, when=talk.thinking)
    assert caller.statuses == [499]


async def test_the_work_for_a_reader_who_leaves_in_the_middle_is_stopped(service: Service) -> None:
    caller, talk = Caller(accept="text/event-stream"), Pondering(speaks=True)
    await ended(service, caller, talk, when=talk.thinking)
    assert caller.statuses == [200]


async def test_the_work_for_a_reader_who_stopped_reading_and_leaves_is_stopped(service: Service) -> None:
    caller, talk = Caller(accept="text/event-stream", reads=False), Pondering(speaks=True)
    await ended(service, caller, talk, when=caller.reached)


class Conversing:
    """An agent that says a word and goes on when it is told to."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.finished = asyncio.Event()

    async def say(self, _thread: str, _text: str, **_: object) -> AsyncGenerator[TurnEvent]:
        yield SentenceSaid("Well")
        await self.go.wait()
        yield TurnFinished("Well")
        self.finished.set()


class Chatting(Caller):
    """Sends a message as a client of OpenAI's does."""

    path = "/v1/chat/completions"
    body: object = {"messages": [{"role": "user", "content": "Hi"}], "stream": True}


async def test_a_turn_goes_on_when_the_one_who_reads_it_leaves(service: Service) -> None:
    agent, caller = Conversing(), Chatting(accept="text/event-stream")
    service._agent = agent  # type: ignore[assignment]  # all that is needed of one
    caller.token = (await key(service, "partner:acme", ["chat"])).token
    running = asyncio.create_task(create_app(service)(caller.scope, caller.receive, caller.send))  # type: ignore[arg-type]
    async with asyncio.timeout(PATIENCE):
        await caller.reached.wait()
        caller.left.set()
        await running
        assert caller.statuses == [200]
        assert not agent.finished.is_set()
        agent.go.set()
        await agent.finished.wait()
        await service.turns.finish()
    assert not service.turns.running


async def test_a_caller_who_stays_gets_the_answer(service: Service) -> None:
    caller = Caller(accept="application/json")
    bodies: list[bytes] = []

    async def send(message: dict[str, Any]) -> None:
        await caller.send(message)
        bodies.append(message.get("body", b""))

    await create_app(service)(caller.scope, caller.receive, send)  # type: ignore[arg-type]
    assert caller.statuses == [200]
    assert json.loads(b"".join(bodies))["question"] == "Why?"
