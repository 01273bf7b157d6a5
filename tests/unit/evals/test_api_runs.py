"""The runs that try the HTTP interface, at a small size; the commands do it at full size."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from evals.api_contract import BODY_KB, check_operations
from evals.api_fuzz import Outcome, fuzz, opened, wrong_with
from evals.api_load import Load, missed
from evals.api_requests import Keys, made


def test_no_fuzzed_request_makes_the_server_fail(tmp_path: Path) -> None:
    service = opened(tmp_path)
    kinds, failures = asyncio.run(fuzz(service, range(250), seed=7))
    service.close()
    assert failures == []
    assert len(kinds) >= 5


@pytest.mark.slow
def test_every_operation_keeps_to_its_description(tmp_path: Path) -> None:
    service = opened(tmp_path, anonymous=False, body_kb=BODY_KB)
    called, failures = check_operations(service, examples=3)
    service.close()
    assert failures == []
    assert {"POST /v1/ask", "POST /v1/documents", "GET /v1/gaps"} <= set(called)


def test_a_request_is_made_again_from_its_seed_and_number() -> None:
    keys = Keys(staff="s", partner="p", documents=("d",))
    assert made(5, seed=1, keys=keys) == made(5, seed=1, keys=keys)
    assert len({made(number, seed=1, keys=keys).path for number in range(200)}) > 10


def test_a_failure_of_the_server_is_told_from_a_refusal() -> None:
    outcome = Outcome()
    outcome.status = 500
    assert wrong_with(outcome)
    outcome.status, outcome.media_type = 422, b"application/problem+json"
    assert wrong_with(outcome) == ""
    outcome.media_type = b"text/plain"
    assert wrong_with(outcome)


def test_a_load_run_names_each_bar_it_missed() -> None:
    single = Load(clients=1, seconds=10, latencies=[0.1] * 100)
    good = Load(clients=200, seconds=10, latencies=[1.0] * 2000)
    assert missed(single, good, None) == []
    slow = Load(clients=200, seconds=10, latencies=[21.0] * 150, errors=["503"])
    growing = Load(clients=200, seconds=10, latencies=[1.0], memory=[100, 100, 100, 100, 150, 150, 200, 200])
    assert len(missed(single, slow, growing)) == 4
