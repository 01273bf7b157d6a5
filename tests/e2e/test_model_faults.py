"""What people see when the language model is down, slow or talks nonsense: the quotes, marked as such, and soon."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from pydantic import TypeAdapter

from assistant.answering.breaker import FAILURES, PAUSE_SECONDS, Breaker
from assistant.domain.answer import Answer, AnswerStatus, Fallback
from integrations.surfaces.http.service import Service
from tests.scripted_model import Mode, Script, scripted_model
from tests.unit.surfaces.world import partner, serving

ANSWER = TypeAdapter(Answer)
QUESTION = {"question": "How long does an approved deal registration protect a partner?"}
PATIENCE = 0.5
HANGS = 300.0  # seconds that a model takes which hangs
SOON_MS = 60_000  # far below that, and far above what a busy machine takes
FAULTS = [
    (Mode.BROKEN, Fallback.UNAVAILABLE),
    (Mode.LIMITED, Fallback.RATE_LIMITED),
    (Mode.REFUSING, Fallback.REFUSED),
    (Mode.SLOW, Fallback.TIMEOUT),
    (Mode.GARBAGE, Fallback.MALFORMED),
    (Mode.MALFORMED, Fallback.MALFORMED),
    (Mode.WRONG_SCHEMA, Fallback.EMPTY),
    (Mode.HUGE, Fallback.MALFORMED),
]


@pytest.fixture(scope="module")
def script() -> Script:
    return Script(delay=HANGS)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, script: Script) -> Iterator[Service]:
    with (
        scripted_model(script) as url,
        serving(tmp_path_factory.mktemp("faults"), model="openai:scripted", model_url=url, api_timeout=600) as service,
    ):
        yield service


def waiting(service: Service, seconds: float, *, now: Callable[[], float] = time.monotonic) -> None:
    """Let the service wait for its model no longer than this, and forget how the model did before."""
    generation = service.liaison.answerer.generation
    assert generation
    writer = replace(generation.writer, patience=seconds, timeout=2 * seconds, breaker=Breaker(now=now))
    object.__setattr__(generation, "writer", writer)


async def ask(service: Service) -> Answer:
    async with partner(service) as caller:
        response = await caller.post("/v1/ask", json=QUESTION)
    assert response.status_code == 200, response.text
    return ANSWER.validate_json(response.content)


@pytest.mark.parametrize(("mode", "reason"), FAULTS)
async def test_whatever_the_model_does_people_soon_get_quotes_that_say_the_model_did_not_answer(
    service: Service, script: Script, mode: Mode, reason: Fallback
) -> None:
    script.mode = mode
    waiting(service, PATIENCE if mode is Mode.SLOW else HANGS)
    answer = await ask(service)
    assert (answer.status, answer.answered_by, answer.fallback) == (AnswerStatus.ANSWERED, "extractive", reason)
    assert "90 days" in answer.citations[0].quote
    assert len(answer.notices) == 1
    assert answer.latency_ms < SOON_MS


@pytest.mark.parametrize("mode", [Mode.STALLING, Mode.HALF])
async def test_a_model_that_stops_in_the_middle_leaves_what_was_verified(
    service: Service, script: Script, mode: Mode
) -> None:
    script.mode = mode
    waiting(service, 2.0 if mode is Mode.STALLING else HANGS)
    answer = await ask(service)
    assert answer.status in {AnswerStatus.PARTIAL, AnswerStatus.ANSWERED}
    assert answer.fallback in {None, Fallback.TIMEOUT, Fallback.UNAVAILABLE, Fallback.MALFORMED}
    assert answer.sentences
    assert all(answer.citations[n - 1].quote for s in answer.sentences for n in s.citations)
    assert answer.latency_ms < SOON_MS


async def test_a_model_that_is_down_is_not_waited_for_again_and_again(service: Service, script: Script) -> None:
    now = [0.0]
    waiting(service, HANGS, now=lambda: now[0])
    script.mode = Mode.BROKEN
    script.requests.clear()
    answers = [await ask(service) for _ in range(FAILURES + 2)]
    assert len(script.requests) == FAILURES
    assert {answer.fallback for answer in answers} == {Fallback.UNAVAILABLE}
    assert all(answer.use is None for answer in answers[FAILURES:])
    script.mode = Mode.TRUTHFUL
    now[0] = PAUSE_SECONDS
    assert (await ask(service)).answered_by == "openai:scripted"
    assert (await ask(service)).answered_by == "openai:scripted"


def test_while_a_model_is_down_one_question_a_pause_tries_it() -> None:
    now = [0.0]
    breaker = Breaker(now=lambda: now[0])
    for _ in range(FAILURES):
        assert breaker.lets_through()
        breaker.note(Fallback.TIMEOUT)
    tried = 0
    for second in range(10 * int(PAUSE_SECONDS)):
        now[0] = float(second)
        if breaker.lets_through():
            tried += 1
            breaker.note(Fallback.TIMEOUT)
    assert tried == 9
    breaker.note(Fallback.REFUSED)  # it spoke
    assert breaker.lets_through()
    assert breaker.lets_through()
