"""An assistant behind the HTTP API, evaluated as one in process is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from assistant.errors import UsageError
from evals.__main__ import main
from evals.gate import ExitCode
from evals.over_http import HttpTarget, load_keys
from evals.run import RunResult, run_suites
from evals.suites import SUITES
from evals.workbench import Inputs, Workbench
from integrations.surfaces.http.app import create_app
from integrations.surfaces.http.service import Service
from tests.unit.surfaces.world import key, serving

QUESTIONS = (
    {
        "id": "a",
        "question": "How long does an approved deal registration protect a partner?",
        "gold": [{"doc": "protection.md", "quote": "protects a partner for 90 days"}],
        "facts": ["90 days"],
        "as": "partner:acme",
    },
    {
        "id": "b",
        "question": "What rebate do gold partners get on renewals?",
        "gold": [{"doc": "gold.md", "quote": "7 percent"}],
        "as": "partner:acme",
    },
    {"id": "c", "question": "Who won the chess championship of 1972?", "kind": "unanswerable"},
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("target"), api_anonymous=True) as service:
        yield service


async def evaluated(service: Service, folder: Path, *names: str, questions: Any = QUESTIONS) -> RunResult:
    file = folder / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    corpus = Path(service.liaison.settings.data).parent / "content"
    acme = await key(service, "partner:acme")

    @asynccontextmanager
    async def opener(**_: Any) -> Any:
        transport = httpx.ASGITransport(app=create_app(service))
        async with httpx.AsyncClient(transport=transport, base_url="http://liaison") as client:
            yield HttpTarget(client, {"partner:acme": SecretStr(acme.token)}, corpus)

    async with AsyncExitStack() as stack:
        inputs = Inputs(questions=file, corpus=corpus, samples=folder / "none")
        bench = Workbench(inputs, opener=opener, indexing_id="x", stack=stack, indexes=folder)
        return await run_suites([SUITES[name] for name in names], bench, bars=[], allow_skip=True)


async def test_answers_are_judged_over_http_as_the_person_that_the_question_names(
    service: Service, tmp_path: Path
) -> None:
    result = await evaluated(service, tmp_path, "answers")
    values = {row.metric: row.value for row in result.rows if row.slice == "all"}
    assert [seen.error for seen in result.suites[0].collected.observations] == ["", "", ""]
    assert values["citation_hit"] == 1.0
    assert values["fact_recall"] == 1.0
    assert values["declined_unanswerable"] == 1.0
    assert values["citation_precision"] == 1.0, "quotes are read again in the folder here"


async def test_what_cannot_be_seen_over_http_is_skipped_and_not_called_wrong(service: Service, tmp_path: Path) -> None:
    result = await evaluated(service, tmp_path, "answers", "retrieval")
    assert result.suites[1].skipped == "over HTTP only answers are seen"
    assert result.verdict.code is ExitCode.PASSED


async def test_a_person_without_a_key_is_an_error_of_that_question(service: Service, tmp_path: Path) -> None:
    result = await evaluated(service, tmp_path, "answers", questions=[QUESTIONS[0] | {"as": "partner:nobody"}])
    assert "no key for partner:nobody" in result.suites[0].collected.observations[0].error
    assert result.verdict.code is ExitCode.INVALID


def test_keys_are_read_from_a_file_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "keys.yaml"
    file.write_text("partner:acme: hush\nanonymous: open\n", encoding="utf-8")
    keys = load_keys(file)
    assert keys["partner:acme"].get_secret_value() == "hush"
    assert "hush" not in str(keys)
    file.write_text("- not a table", encoding="utf-8")
    with pytest.raises(UsageError, match="keys cannot be read"):
        load_keys(file)
    assert load_keys(None) == {}


@pytest.mark.parametrize("address", ["liaison.example", "ftp://liaison.example", "http://"])
def test_a_target_that_is_no_address_is_told_before_anything_is_asked(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", "--suite", "answers", "--target", address, "--out", str(tmp_path / "out")]
    assert main(words) == ExitCode.USAGE
    assert f"--target {address} is no address." in capsys.readouterr().out
    assert not (tmp_path / "out").exists()
