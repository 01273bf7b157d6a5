"""What is kept of the published content, and how a change is noticed."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from assistant.ports.content_store import Catalog, ContentState
from assistant.testing import HashEmbedder, sample_document
from integrations import indexes, records
from integrations.records import published
from integrations.records.published import FileWatch, Published

ONE, TWO = (ContentState(number=n, token=f"t{n}", fingerprint="f", passages=3) for n in (1, 2))
PASSAGES = {p.id: p for p in sample_document("guide", ["One.", "Two.", "Three."], embedder=HashEmbedder()).passages}
WRITE = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('INSERT INTO t VALUES (1)'); c.commit()"


class Told:
    """A watch that says what it is told to."""

    def __init__(self) -> None:
        self.now: int | None = 1

    def version(self) -> int | None:
        return self.now

    def close(self) -> None:
        self.now = None


def database(folder: Path) -> Path:
    """A SQLite file with a table."""
    file = folder / "a b?.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (n INTEGER)")
        connection.commit()
    return file


def test_a_watch_sees_what_other_connections_and_processes_commit_and_nothing_else(tmp_path: Path) -> None:
    file = database(tmp_path)
    watch = FileWatch(file)
    first = watch.version()
    assert first is not None
    assert watch.version() == first
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("INSERT INTO t VALUES (1)")
        assert watch.version() == first
        connection.commit()
    second = watch.version()
    assert second != first
    subprocess.run([sys.executable, "-c", WRITE, str(file)], check=True)
    assert watch.version() not in {first, second}
    watch.close()


def test_a_watch_of_a_file_that_is_not_there_cannot_tell_and_makes_none(tmp_path: Path) -> None:
    assert FileWatch(tmp_path / "no.sqlite3").version() is None
    assert not list(tmp_path.iterdir())


def test_a_state_is_known_until_something_was_written_after_it_was_read() -> None:
    watch = Told()
    kept = Published(watch)
    assert kept.state() is None
    kept.saw(ONE, version=kept.version())
    assert kept.state() == ONE
    before, watch.now = watch.now, 2
    assert kept.state() is None
    kept.saw(ONE, version=before)  # read while somebody wrote: it must be read again
    assert kept.state() is None


def test_a_state_is_not_known_while_the_watch_cannot_tell() -> None:
    watch = Told()
    kept = Published(watch)
    kept.saw(ONE, version=kept.version())
    watch.now = None
    assert kept.state() is None
    kept.saw(ONE, version=None)
    watch.now = 1
    assert kept.state() is None


def test_what_belongs_to_a_state_is_forgotten_with_it_and_a_late_reader_brings_nothing_back() -> None:
    kept = Published(Told())
    catalog = Catalog(generation=1, documents=())
    kept.saw(ONE, version=1)
    kept.keep(ONE, catalog=catalog, passages=PASSAGES)
    assert kept.catalog(ONE) is catalog
    assert kept.passages(ONE, ["guide#0001", "gone"]) == {"guide#0001": PASSAGES["guide#0001"]}
    kept.saw(TWO, version=2)
    assert kept.catalog(ONE) is None
    kept.keep(ONE, catalog=catalog, passages=PASSAGES)
    assert kept.catalog(TWO) is None
    assert kept.passages(TWO, list(PASSAGES)) == {}


def test_only_the_passages_used_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "MOST_KEPT", 2)
    kept = Published(Told())
    kept.saw(ONE, version=1)
    first, second, third = PASSAGES
    for key in (first, second):
        kept.keep(ONE, passages={key: PASSAGES[key]})
    assert kept.passages(ONE, [first])
    kept.keep(ONE, passages={third: PASSAGES[third]})
    assert list(kept.passages(ONE, list(PASSAGES))) == [first, third]


async def test_content_that_nobody_changed_is_not_read_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = HashEmbedder()
    guide = sample_document("guide", ["One.", "Two."], embedder=embedder)
    with records.open_writer(tmp_path, projector=indexes.open_projector(tmp_path)) as writer:
        writer.put(guide, source="docs", fingerprint=embedder.fingerprint)
        writer.publish()
    content = records.open_content(tmp_path)
    ids = [p.id for p in guide.passages]
    seen = (await content.catalog(), await content.passages(ids), content.state())
    await content.vectors(ids)

    def refuse(*_: object) -> None:
        raise AssertionError("the database was read")

    monkeypatch.setattr("integrations.records.content.reading", refuse)
    assert (await content.catalog(), await content.passages(ids), content.state()) == seen
    assert (await content.vectors(ids)).shape == (2, embedder.dimension)
    content.close()
