from __future__ import annotations

import os
import resource
import signal
from pathlib import Path

import pytest

from assistant.errors import LiaisonError
from integrations import indexes, records
from tests.e2e.crash.corpus import EMBEDDER, SOURCE, steps
from tests.e2e.crash.ingest import ingest
from tests.e2e.crash.observe import answers, observe
from tests.e2e.crash.trial import processes

REFUSED, NO_ERROR = 10, 11
POINTS = (
    "put: before transaction",
    "publish: before projection",
    "build: before BM25 commit",
    "build: BM25 committed",
    "build: before Chroma",
    "build: Chroma persisted",
    "build: files written",
)


def ingest_until_full(data: Path, point: str) -> None:
    """Ingest; from the point on no file can grow beyond 8 KiB, which a full disk looks like. Exits with what came."""

    def at(passed: str) -> None:
        if passed == point:
            resource.setrlimit(resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with records.open_writer(data, projector=indexes.open_projector(data, at=at), at=at) as writer:
            writer.put_many(steps()[2].documents, source=SOURCE, fingerprint=EMBEDDER.fingerprint)
            writer.remove([f"d{number:03d}" for number in range(10)])
            writer.publish()
    except LiaisonError:
        os._exit(REFUSED)
    os._exit(NO_ERROR)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    ingest(folder, 0)
    ingest(folder, 2)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_full_disk_is_a_storage_error_and_with_space_again_the_next_run_ends_as_a_clean_one(
    point: str, clean: Path, tmp_path: Path
) -> None:
    ingest(tmp_path, 0)
    before = answers(tmp_path)
    process = processes.Process(target=ingest_until_full, args=(tmp_path, point))
    process.start()
    process.join()
    assert process.exitcode == REFUSED
    assert answers(tmp_path) == before
    ingest(tmp_path, 2)
    assert observe(tmp_path) == observe(clean)


def test_questions_are_answered_where_no_index_can_be_written(tmp_path: Path) -> None:
    ingest(tmp_path, 0)
    expected = answers(tmp_path)
    (tmp_path / "index").rename(tmp_path / "elsewhere")
    (tmp_path / "index").write_text("a file is in the way")
    assert answers(tmp_path) == expected
