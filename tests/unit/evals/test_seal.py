from __future__ import annotations

import asyncio
import socket
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from evals.gate import ExitCode
from evals.runs.folder import read_run, rescored, write_run
from evals.runs.regression import gate
from evals.seal import SocketRefused, is_sealed, reason_to_reach_out, sealed
from integrations.settings import Settings
from tests.unit.evals.runs import answers, of


def test_a_sealed_evaluation_gets_no_socket_and_says_who_wanted_one() -> None:
    with sealed() as seal:
        with pytest.raises(SocketRefused, match=r"getaddrinfo model\.example"):
            socket.create_connection(("model.example", 443))
        with pytest.raises(SocketRefused, match="of family"), socket.socket():
            pass
    assert seal.wanted == ["getaddrinfo model.example 443 0 1 0", "new of family 2"]
    with socket.socket() as free:
        assert free.fileno() >= 0, "the seal ends with its context"


def test_a_socket_wanted_in_another_thread_is_heard_of_though_its_error_is_swallowed() -> None:
    def quietly() -> None:
        try:
            socket.socket()
        except SocketRefused:
            return

    with sealed() as seal:
        thread = threading.Thread(target=quietly)
        thread.start()
        thread.join()
    assert seal.wanted == ["new of family 2"]


def test_an_event_loop_needs_no_socket_that_leaves_the_process() -> None:
    with sealed() as seal:
        assert is_sealed()
        asyncio.run(asyncio.sleep(0))
    assert seal.wanted == []
    assert not is_sealed()


def test_a_run_that_wanted_a_socket_is_invalid_now_and_whenever_it_is_read_again(tmp_path: Path) -> None:
    base = answers(of(20, 5))
    touched = replace(base, sockets=("connect ('10.0.0.1', 443)",))
    write_run(touched, tmp_path, manifest={})
    again = rescored(read_run(tmp_path), bars=[])
    assert again.verdict.code is ExitCode.INVALID
    assert again.verdict.reasons == ("A socket was wanted: connect ('10.0.0.1', 443).",)
    assert gate(base, again, today=date(2026, 3, 1)).verdict.code is ExitCode.INVALID


def test_what_answers_elsewhere_is_named_and_nothing_else_reaches_out() -> None:
    assert reason_to_reach_out(Settings(model="", chroma_url="", database_url=SecretStr(""))) == ""
    assert reason_to_reach_out(Settings(), target="https://a.example") == "the assistant is at https://a.example"
    assert "openai:small is asked" in reason_to_reach_out(Settings(model="openai:small"))
    assert "embedder openai:e is on a server" in reason_to_reach_out(Settings(embedder="openai:e"))
