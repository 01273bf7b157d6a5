"""What a data directory holds and answers, in a form that two directories can be compared by."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from assistant.ports.passage_index import Hit, LexicalQuery
from integrations import indexes, records
from tests.e2e.crash.corpus import EMBEDDER, QUESTIONS, SCOPE_KEYS

Found = tuple[tuple[str, float], ...]
ROWS = {
    "documents": "SELECT id, source, uri, content_hash, scope_key, title, facts, text FROM documents WHERE died > :now",
    "passages": "SELECT id, document_id, ordinal, heading_path, locator, start, end, language, scope_key, tokens, text"
    " FROM passages WHERE died > :now",
    "vectors": "SELECT passage_id, vector FROM vectors",
    "quarantine": "SELECT uri, source, path, reason, detail, at FROM quarantine",
    "scopes": "SELECT key, scope FROM scopes",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """The hits of both arms for every question."""

    nearest: tuple[Found, ...]
    matching: tuple[Found, ...]

    def mixed_of(self, before: Answers, after: Answers) -> bool:
        """Whether every single answer is the one before or the one after: the switch may fall between two of them."""
        mine, old, new = (a.nearest + a.matching for a in (self, before, after))
        return all(answer in {was, will} for answer, was, will in zip(mine, old, new, strict=True))


@dataclass(frozen=True, slots=True)
class Observation:
    """Every row of the published content, and what is found."""

    rows: dict[str, list[tuple[object, ...]]]
    answers: Answers


def found(hits: list[Hit]) -> Found:
    return tuple((hit.passage_id, round(hit.score, 3)) for hit in hits)


async def ask(index: indexes.LivePassageIndex) -> Answers:
    nearest, matching = [], []
    for question in QUESTIONS:
        vector = await EMBEDDER.embed_query(question)
        nearest.append(found(await index.nearest(vector, scopes=SCOPE_KEYS, limit=10)))
        query = LexicalQuery(text=question, language="en")
        matching.append(found(await index.matching(query, scopes=SCOPE_KEYS, limit=10)))
    return Answers(nearest=tuple(nearest), matching=tuple(matching))


def open_reader(data: Path, *, exact_first: int = 0) -> tuple[records.ContentRecords, indexes.LivePassageIndex]:
    content = records.open_content(data)
    index = indexes.open_index(data, source=content, fingerprint=EMBEDDER.fingerprint, exact_first=exact_first)
    return content, index


def answers(data: Path) -> Answers:
    """What a process that starts now finds."""
    content, index = open_reader(data)
    try:
        return asyncio.run(ask(index))
    finally:
        index.close()
        content.close()


def observe(data: Path) -> Observation:
    """Rows and answers of a data directory at rest."""
    with closing(sqlite3.connect(data / "content.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        now = database.execute("SELECT max(number) FROM generations").fetchone()[0]
        rows = {
            name: sorted(database.execute(query, {"now": now} if ":now" in query else {}))
            for name, query in ROWS.items()
        }
    return Observation(rows=rows, answers=answers(data))


def disk_bytes(folder: Path) -> int:
    """The space of a directory; hard links to one file count once."""
    stats = [path.stat() for path in folder.rglob("*") if path.is_file()]
    return sum({(s.st_dev, s.st_ino): s.st_blocks * 512 for s in stats}.values())


@dataclass(slots=True)
class Watcher:
    """Asks a data directory all the time, as a service does while another process ingests."""

    data: Path
    seen: list[Answers] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    most_bytes: int = 0
    _asked: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> Watcher:
        """Return when the first questions are answered, so that the others fall into whatever comes then."""
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        while self._thread.is_alive() and not self._asked.wait(0.1):
            pass
        return self

    def _watch(self) -> None:
        content, index = open_reader(self.data, exact_first=4)
        try:
            while not self._stop.is_set():
                self.seen.append(asyncio.run(ask(index)))
                self._asked.set()
                self._measure()
        except BaseException as error:  # noqa: BLE001 - every failure is what the test looks for
            self.failures.append(error)
        finally:
            index.close()
            content.close()

    def _measure(self) -> None:
        try:
            self.most_bytes = max(self.most_bytes, disk_bytes(self.data))
        except OSError:
            return  # a file went away between listing and measuring; the next round measures again

    def stop(self) -> None:
        self._stop.set()
        assert self._thread
        self._thread.join()
