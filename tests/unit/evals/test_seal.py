from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from evals.__main__ import main
from evals.collect import Collected
from evals.gate import ExitCode
from evals.runs.folder import read_run, rescored, write_run
from evals.runs.regression import gate
from evals.seal import SocketRefused, is_sealed, reason_to_reach_out, sealed
from evals.suites import SUITES, Suite
from evals.workbench import Workbench
from integrations.settings import Settings
from tests.unit.evals.runs import answers, of, question, right


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


def test_the_command_ends_as_invalid_when_a_suite_wants_a_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def telling(_: Workbench) -> Collected:
        case = question("a")
        with suppress(SocketRefused):
            socket.create_connection(("telemetry.example", 443))
        return Collected((case,), (right("a"),))

    monkeypatch.delenv("LIAISON_MODEL", raising=False)
    suite = Suite(name="telling", about="Tells home.", metrics=("citation_hit",), collect=telling)
    monkeypatch.setitem(SUITES, "telling", suite)
    assert main(["run", "--suite", "telling", "--out", str(tmp_path)]) == ExitCode.INVALID
    told = capsys.readouterr().out
    assert "Not a valid run." in told
    assert "A socket was wanted: getaddrinfo telemetry.example 443" in told
    assert read_run(tmp_path).manifest["sockets"] == "wanted, refused"
    assert "A socket was wanted" in (tmp_path / "report.html").read_text(encoding="utf-8")
