from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import LiaisonError
from assistant.testing import HashEmbedder, sample_document
from integrations import indexes, records
from tests.servers import KillablePostgres, killable_postgres

EMBEDDER = HashEmbedder()
KILLS = 20


@pytest.fixture
def server() -> Iterator[KillablePostgres]:
    with killable_postgres() as server:
        yield server


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


def wait_for_more(acknowledged: list[str], before: int, writer: threading.Thread) -> None:
    while len(acknowledged) == before and writer.is_alive():
        time.sleep(0.001)


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
        before = len(acknowledged)
        writer.start()
        if run % 2:  # every other kill comes while it writes, however slow the machine is
            await asyncio.to_thread(wait_for_more, acknowledged, before, writer)
        await asyncio.sleep(draw.uniform(0, 0.4))
        server.kill()
        writer.join()
        server.start()
        assert (await content.catalog()).generation == 0
    content.close()
    assert len({name.partition("-")[0] for name in acknowledged}) >= KILLS // 2
    with records.open_writer(tmp_path, projector=indexes.open_projector(tmp_path), url=server.url) as last:
        assert set(acknowledged) <= last.hashes("s").keys()
