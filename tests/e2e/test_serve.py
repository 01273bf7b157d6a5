"""`liaison serve` as a process: one per data directory, a stop that loses nothing, and trouble below it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from evals.api_server import free_port, wait_until_ready
from ingest.preparation import IngestOptions
from ingest.sources.upload import UploadSource
from integrations.bootstrap import build
from integrations.settings import Settings

GUIDE = b"# Deal protection\n\nAn approved deal registration protects a partner for 90 days.\n"
QUESTION = {"question": "How long does an approved deal registration protect a partner?"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serve")
    liaison = build(Settings(data=folder / "data", threads=1))
    liaison.ingest(IngestOptions()).run([UploadSource("protection.md", GUIDE)])
    liaison.close()
    return folder / "data"


@contextmanager
def serving(data: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = free_port()
    environment = {**os.environ, "LIAISON_DATA": str(data), "LIAISON_API_ANONYMOUS": "true", "LIAISON_API_RATE": "0"}
    log = data.parent / f"log-{port}"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "integrations", "serve", "--port", str(port), *options]
        server = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_until_ready(port, server, log)
        yield server, f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def test_a_second_server_on_the_same_files_is_refused_clearly(data: Path) -> None:
    with serving(data):
        environment = {**os.environ, "LIAISON_DATA": str(data)}
        command = [sys.executable, "-m", "integrations", "serve", "--port", str(free_port())]
        second = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert second.returncode == 1
        assert "Another process serves" in second.stderr
        assert "Traceback" not in second.stderr


def test_a_stopping_server_says_so_answers_what_it_took_and_ends(data: Path) -> None:
    with serving(data, "--drain", "60") as (server, url):
        statuses: list[int] = []
        broken: list[str] = []
        unready = threading.Event()

        def ask() -> None:
            with httpx.Client(base_url=url, timeout=120) as caller:
                while not unready.is_set():
                    try:
                        statuses.append(caller.post("/v1/ask", json=QUESTION).status_code)
                    except httpx.HTTPError as error:
                        broken.append(repr(error))
                        return

        callers = [threading.Thread(target=ask) for _ in range(4)]
        for caller in callers:
            caller.start()
        while len(statuses) < 8 and not broken:
            time.sleep(0.05)
        server.send_signal(signal.SIGTERM)
        draining = httpx.get(f"{url}/readyz", timeout=60)
        while draining.is_success and server.poll() is None:
            time.sleep(0.05)
            draining = httpx.get(f"{url}/readyz", timeout=60)
        unready.set()  # a load balancer that sees it sends nothing more; what was sent must be answered
        for caller in callers:
            caller.join(timeout=120)
        server.send_signal(signal.SIGTERM)  # the second one: nobody comes any more
        ended = server.wait(timeout=120)
    assert (draining.status_code, draining.headers["connection"]) == (503, "close")
    assert ended in {0, -signal.SIGTERM}
    assert set(statuses) == {200}
    assert broken == []


def test_several_workers_on_files_of_one_machine_are_refused(data: Path) -> None:
    environment = {**os.environ, "LIAISON_DATA": str(data), "LIAISON_API_WORKERS": "2"}
    command = [sys.executable, "-m", "integrations", "serve", "--port", str(free_port())]
    refused = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert refused.returncode == 1
    assert "LIAISON_DATABASE_URL" in refused.stderr


def test_a_server_whose_index_is_removed_or_torn_while_it_is_away_answers_as_before(data: Path) -> None:
    with serving(data) as (_, url):
        before = httpx.post(f"{url}/v1/ask", json=QUESTION, timeout=120).json()["text"]
    for file in [path for path in (data / "index").rglob("*") if path.is_file() and "lock" not in path.name][::3]:
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with serving(data) as (_, url):
        after = httpx.post(f"{url}/v1/ask", json=QUESTION, timeout=120).json()
    assert (after["status"], after["text"]) == ("answered", before)
