"""POST /v1/ask at its seam."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from pydantic import TypeAdapter

from assistant.domain.answer import Answer, AnswerStatus
from integrations.surfaces.http.examples import ANSWER_EXAMPLE
from integrations.surfaces.http.service import Service
from tests.unit.surfaces.world import client, key, partner, serving

ANSWER = TypeAdapter(Answer)
PROTECTION = {"question": "How long does an approved deal registration protect a partner?"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("ask"), api_anonymous=True) as service:
        yield service


def events_of(response: httpx.Response) -> list[tuple[str, dict[str, object]]]:
    blocks = [block.split("\n") for block in response.text.strip().split("\n\n")]
    return [(lines[0].removeprefix("event: "), json.loads(lines[1].removeprefix("data: "))) for lines in blocks]


async def test_an_answer_is_the_same_model_that_the_command_prints(service: Service) -> None:
    async with partner(service) as caller:
        response = await caller.post("/v1/ask", json=PROTECTION)
    assert response.status_code == 200
    answer = ANSWER.validate_json(response.content)
    assert answer.status is AnswerStatus.ANSWERED
    assert "90 days" in answer.text
    assert answer.citations[0].title == "Deal protection"
    assert json.loads(response.content) == json.loads(ANSWER.dump_json(answer))


async def test_a_citation_of_a_file_links_to_its_source_view_and_not_into_the_server(service: Service) -> None:
    async with partner(service) as caller:
        answer = ANSWER.validate_json((await caller.post("/v1/ask", json=PROTECTION)).content)
    citation = answer.citations[0]
    assert citation.link.startswith(f"/v1/documents/{citation.document_id}/view?")
    assert "file:" not in ANSWER.dump_json(answer).decode()


async def test_a_stream_tells_each_sentence_and_ends_with_the_whole_answer(service: Service) -> None:
    async with partner(service) as caller:
        response = await caller.post("/v1/ask", json=PROTECTION, headers={"accept": "text/event-stream"})
        whole = ANSWER.validate_json((await caller.post("/v1/ask", json=PROTECTION)).content)
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_of(response)
    assert [name for name, _ in events] == ["started", *["sentence"] * len(whole.sentences), "answer"]
    assert "".join(str(data["markdown"]) for name, data in events if name == "sentence") == whole.text
    assert events[-1][1]["text"] == whole.text
    assert "file:" not in response.text


async def test_a_declined_question_is_an_answer_and_not_an_error(service: Service) -> None:
    async with partner(service) as caller:
        response = await caller.post("/v1/ask", json={"question": "What is the boiling point of tungsten?"})
    answer = ANSWER.validate_json(response.content)
    assert (response.status_code, answer.declined, answer.sentences) == (200, True, ())


@pytest.mark.parametrize(
    ("who", "question", "seen"),
    [
        ("partner:acme", "How high is the quarterly rebate for gold partners on renewals?", "7 percent"),
        ("partner:brightpath", "How high is the quarterly rebate for gold partners on renewals?", ""),
        ("", "How high is the quarterly rebate for gold partners on renewals?", ""),
        ("partner:brightpath", "Who is Brightpath's dedicated solution architect?", "Robin Vance"),
        ("partner:acme", "Who is Brightpath's dedicated solution architect?", ""),
        ("administrator:callum", "By how much do prices rise in 2999?", ""),
    ],
)
async def test_who_the_key_stands_for_decides_what_is_answered(
    service: Service, who: str, question: str, seen: str
) -> None:
    made = await key(service, who)
    async with client(service, made.token) as caller:
        text = (await caller.post("/v1/ask", json={"question": question})).text
    assert [fact for fact in ("7 percent", "Robin Vance", "12 percent") if fact in text] == ([seen] if seen else [])


async def test_nobody_in_particular_gets_public_content_where_that_is_allowed(service: Service) -> None:
    async with client(service) as caller:
        assert "90 days" in (await caller.post("/v1/ask", json=PROTECTION)).json()["text"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "question"),
        ({"question": ""}, "question"),
        ({"question": "a" * 4001}, "question"),
        ({"question": 7}, "question"),
        ({"question": "hi", "language": "not a language"}, "language"),
        ({"question": "hi", "as": "administrator:callum"}, "as"),
    ],
)
async def test_a_malformed_question_is_refused_by_field(service: Service, body: dict[str, object], field: str) -> None:
    async with partner(service) as caller:
        response = await caller.post("/v1/ask", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert [each["field"] for each in response.json()["problems"]] == [field]


async def test_questions_and_answers_are_counted_by_outcome(service: Service) -> None:
    async with partner(service) as caller:
        await caller.post("/v1/ask", json=PROTECTION)
        page = (await caller.get("/metrics")).text
    assert 'liaison_answers_total{answered_by="extractive",fallback="",reason="",status="answered"}' in page
    assert 'liaison_http_requests_total{method="POST",route="/v1/ask",status="200"}' in page
    assert "acme" not in page


def test_the_example_of_the_description_is_an_answer_of_today() -> None:
    answer = ANSWER.validate_python(ANSWER_EXAMPLE)
    assert json.loads(ANSWER.dump_json(answer)) == ANSWER_EXAMPLE
    assert "90 days" in answer.text
    assert all(citation.link.startswith("/v1/documents/") for citation in answer.citations)
