"""What people see when the disk is full or the database is held by others: a reason, no half work, and recovery."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from evals.api_server import free_port, wait_until_ready
from ingest.preparation import IngestOptions
from ingest.sources.upload import UploadSource
from integrations.bootstrap import build
from integrations.settings import Settings
from tests.unit.surfaces.world import PARTNERS, STAFF_SCOPES

GUIDE = b"# Deal protection\n\nAn approved deal registration protects a partner for 90 days.\n"
QUESTION = {"question": "How long does an approved deal registration protect a partner?"}
LARGE = b"# Large\n\n" + b"".join(b"Quokkas sleep in tree %d near the river.\n\n" % n for n in range(3000))
FULL = 8192  # no file can grow beyond this, which a full disk looks like to the process


@dataclass
class Running:
    """A server as a process of its own, and its data."""

    process: psutil.Process
    caller: httpx.Client
    data: Path

    def upload(self, name: str, text: bytes) -> httpx.Response:
        """Send a document."""
        return self.caller.post("/v1/documents", files=[("files", (name, text))])

    def titles(self) -> set[str]:
        """What is listed."""
        return {item["title"] for item in self.caller.get("/v1/documents").json()["items"]}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("disk")
    data = folder / "data"
    (folder / "partners.yaml").write_text(PARTNERS, encoding="utf-8")
    liaison = build(Settings(data=data, threads=1))
    liaison.ingest(IngestOptions()).run([UploadSource("protection.md", GUIDE)])
    liaison.close()
    environment = {**os.environ, "LIAISON_DATA": str(data), "LIAISON_PARTNERS": str(folder / "partners.yaml")}
    environment |= {"LIAISON_API_RATE": "0", "LIAISON_API_TIMEOUT": "600", "LIAISON_THREADS": "1"}
    run = [sys.executable, "-m", "integrations"]
    scopes = [word for scope in STAFF_SCOPES for word in ("--scope", scope)]
    create = [*run, "keys", "create", "test", "--as", "administrator:callum", *scopes]
    made = subprocess.run(create, env=environment, capture_output=True, text=True, check=True)
    token = next(word for word in made.stdout.split() if word.startswith("liaison_"))
    port, log = free_port(), folder / "log"
    with subprocess.Popen(
        [*run, "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        log.touch()
        wait_until_ready(port, server, log)
        headers = {"authorization": f"Bearer {token}"}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=600) as caller:
            yield Running(psutil.Process(server.pid), caller, data)
        server.kill()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_on_a_full_disk_questions_are_answered_uploads_are_refused_with_the_reason_and_space_cures_it(
    running: Running,
) -> None:
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    running.process.rlimit(resource.RLIMIT_FSIZE, (FULL, resource.RLIM_INFINITY))
    refused = running.upload("large.md", LARGE)
    answer = running.caller.post("/v1/ask", json=QUESTION)
    running.process.rlimit(resource.RLIMIT_FSIZE, unlimited)
    assert (refused.status_code, refused.json()["code"], refused.json()["retryable"]) == (503, "storage", True), (
        refused.text
    )
    assert "disk" in refused.json()["hint"]
    assert (answer.status_code, "90 days" in answer.text) == (200, True), answer.text
    assert running.titles() == {"Deal protection"}
    assert running.upload("large.md", LARGE).status_code == 201
    assert running.titles() == {"Deal protection", "Large"}
    for name in ("content.sqlite3", "conversations.sqlite3"):
        with closing(sqlite3.connect(running.data / name)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_while_another_process_holds_the_database_writes_are_refused_after_a_while_and_questions_answered(
    running: Running,
) -> None:
    with closing(sqlite3.connect(running.data / "content.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = running.upload("quick.md", b"# Quick\n\nShort words.\n")
        answer = running.caller.post("/v1/ask", json=QUESTION)
        other.execute("ROLLBACK")
    assert (refused.status_code, refused.json()["code"], refused.json()["retryable"]) == (503, "storage", True)
    assert refused.headers["retry-after"]
    assert (answer.status_code, "90 days" in answer.text) == (200, True), answer.text
    assert "Quick" not in running.titles()
    assert running.upload("quick.md", b"# Quick\n\nShort words.\n").status_code == 201


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_answer_that_cannot_be_kept_is_given_and_says_so(running: Running) -> None:
    with closing(sqlite3.connect(running.data / "conversations.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        response = running.caller.post("/v1/ask", json=QUESTION)
        other.execute("ROLLBACK")
    answer = response.json()
    assert (response.status_code, "90 days" in response.text) == (200, True), response.text
    assert (answer["id"], len(answer["notices"])) == ("", 1)
