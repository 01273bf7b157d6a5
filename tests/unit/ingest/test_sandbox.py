from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import termios
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from assistant.errors import UnreadableDocument
from ingest.sandbox import Limits, ParserSandbox
from tests.conftest import ROOT
from tests.contract.bombs import valid


def run_confined(code: str) -> str:
    """What a line of code prints in a process that was locked down like a worker."""
    program = f"from ingest import parser_worker as w\nw.lock_down(memory=1 << 29, size=1 << 20)\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "open('/tmp/written-by-a-parser', 'w')",
        "import os; os.remove('/tmp/nothing')",
    ],
)
def test_a_parser_can_neither_call_out_nor_run_nor_write_anything(code: str) -> None:
    assert "PermissionError" in run_confined(code)


def test_memory_beyond_the_limit_is_refused() -> None:
    assert "MemoryError" in run_confined("bytearray(1 << 30)")


def test_a_worker_sees_none_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAISON_SECRET", "s3cret")
    with ParserSandbox() as sandbox:
        sandbox.read(valid("docx"), "a.docx")
        with open(f"/proc/{sandbox.pid}/environ", "rb") as environment:  # noqa: PTH123 (a pseudo file)
            assert b"s3cret" not in environment.read()


def test_one_worker_serves_many_files_and_is_replaced_after_its_share() -> None:
    with ParserSandbox(files_per_worker=3) as sandbox:
        for number in range(7):
            sandbox.read(valid("docx"), f"{number}.docx")
        assert sandbox.started == 3


def test_a_worker_that_dies_between_files_is_replaced() -> None:
    with ParserSandbox() as sandbox:
        sandbox.read(valid("docx"), "a.docx")
        assert sandbox.pid
        worker = psutil.Process(sandbox.pid)
        worker.kill()
        worker.wait(60)
        assert sandbox.read(valid("docx"), "b.docx").title == "Tiers"


def wait_for_the_file(pid: int) -> None:
    """Return when bytes lie in the pipe from which a stopped worker reads."""
    deadline = time.monotonic() + 60
    with open(f"/proc/{pid}/fd/0", "rb", buffering=0) as pipe:  # noqa: PTH123 (a pseudo file)
        while not int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder):
            assert time.monotonic() < deadline, "the file was not sent"
            time.sleep(0.001)


@pytest.mark.parametrize(
    ("ending", "reason"),
    [(signal.SIGSEGV, "parser_crashed"), (signal.SIGKILL, "parser_memory"), (signal.SIGXCPU, "parser_timeout")],
)
def test_how_a_worker_ends_names_the_reason(ending: signal.Signals, reason: str) -> None:
    with ParserSandbox() as sandbox, ThreadPoolExecutor(1) as pool:
        sandbox.read(valid("docx"), "a.docx")
        assert sandbox.pid
        os.kill(sandbox.pid, signal.SIGSTOP)
        waiting = pool.submit(sandbox.read, valid("docx"), "b.docx")
        wait_for_the_file(sandbox.pid)  # a worker that ends before it is replaced, and nobody hears of it
        os.kill(sandbox.pid, ending)
        os.kill(sandbox.pid, signal.SIGCONT)
        with pytest.raises(UnreadableDocument) as caught:
            waiting.result()
        assert caught.value.reason == reason
        assert sandbox.read(valid("docx"), "c.docx").title == "Tiers"


def test_a_worker_that_hangs_is_ended_by_the_wall_clock() -> None:
    with ParserSandbox() as sandbox, ThreadPoolExecutor(1) as pool:
        sandbox.read(valid("docx"), "a.docx")
        assert sandbox.pid
        sandbox.limits = Limits(wall_seconds=0.1)  # not before: a busy machine may take longer for an honest file
        os.kill(sandbox.pid, signal.SIGSTOP)
        with pytest.raises(UnreadableDocument) as caught:
            pool.submit(sandbox.read, valid("docx"), "b.docx").result()
        assert caught.value.reason == "parser_timeout"


def test_files_read_at_the_same_time_get_their_own_answers() -> None:
    with ParserSandbox() as sandbox, ThreadPoolExecutor(4) as pool:
        pages = [f"<h1>{number}</h1><p>page {number}</p>".encode() for number in range(40)]
        read = list(pool.map(lambda pair: sandbox.read(pair[1], f"{pair[0]}.html"), enumerate(pages)))
    assert [document.title for document in read] == [str(number) for number in range(40)]


def test_the_worker_loads_parsers_only() -> None:
    code = "import sys\nfrom ingest import parser_worker\n[r.load() for r in parser_worker.READERS.values()]"
    check = f"{code}\nprint(sorted({{'torch', 'chromadb', 'sentence_transformers', 'sqlalchemy'}} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
