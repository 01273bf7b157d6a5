"""A built generation, opened to be searched."""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from filelock import FileLock, Timeout

from assistant.errors import IndexCorrupt, SearchIndexError
from assistant.ports.embedder import Vector
from assistant.ports.passage_index import Hit, LexicalQuery, ScopeKeys
from integrations.indexes.chroma import Dense, Place
from integrations.indexes.lexical import Lexical
from integrations.indexes.manifest import Manifest
from integrations.indexes.overlay import cosines

ROWS = "rows.json"
VECTORS = "vectors.npy"
CHROMA = "chroma"
LEXICAL = "lexical"
OPENED = "opened"
LEAST_RECALL = 0.99
EXACT_ROWS = 200_000  # up to here an exact scan of the allowed rows is faster than Chroma's own filter
EXACT_FIRST = 8  # a process that asks less often than this is spared the second that opening Chroma takes
AGAIN_SECONDS = 30.0

log = logging.getLogger(__name__)


def dense_place(folder: Path, manifest: Manifest, url: str) -> Place:
    """Where the vectors of a generation are."""
    return Place(url=url, name=manifest.collection) if url else Place(folder=folder / CHROMA, name=manifest.collection)


class Search(Protocol):
    """Rows with scores, best first."""

    def __call__(self, *, limit: int) -> list[tuple[int, float]]:
        """At most `limit` of them."""
        ...


class Retired(Exception):
    """The generation was closed before the search began; a newer one is there."""


class Generation:
    """Both arms over the rows of one content state. Safe to use from many threads.

    The nearest passages come from Chroma when every passage is allowed, and from an exact scan of the allowed ones
    otherwise, which measures faster than Chroma's filter; also while Chroma is not open yet or out of order.

    Chroma writes to its database whenever it is opened, so each process opens a copy of its own: hard links to the
    files that are only read, and a real copy of that database. The generation itself never changes.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        *,
        url: str = "",
        exact_rows: int = EXACT_ROWS,
        exact_first: int = EXACT_FIRST,
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self._exact_rows = exact_rows
        self._exact_left = exact_first
        self._dense: Dense | None = None
        self._dense_rests_until = 0.0
        self._users = 0
        self._retired = False
        self._guard = threading.Lock()
        self._private, self._lock = _private_copy(folder)
        self._place = dense_place(self._private, manifest, url)
        try:
            self._open()
        except BaseException:
            self._drop()
            raise

    def _open(self) -> None:
        try:
            columns = json.loads((self._private / ROWS).read_text(encoding="utf-8"))
            self._ids: list[str] = columns["ids"]
            self._documents: list[str] = columns["documents"]
            self._scope_names: list[str] = columns["scopes"]
            self._scopes = np.asarray(columns["scope_of"], dtype=np.int32)
            self._vectors = np.load(self._private / VECTORS, mmap_mode="r")
            self.lexicals = [
                Lexical(self._private / LEXICAL / analyser, analyser=analyser, statistics=statistics)
                for analyser, statistics in self.manifest.statistics.items()
            ]
            self._row_of = {key: row for row, key in enumerate(self._ids)}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexCorrupt(f"{self.folder.name} cannot be opened: {error}") from error

    @property
    def dense(self) -> Dense:
        """The vectors in Chroma, opened on first use. Raises SearchIndexError."""
        with self._guard:
            if self._dense is None:
                self._dense = Dense(self._place)
            return self._dense

    def check_counts(self) -> None:
        """Compare the passages of every part. Raises IndexCorrupt when they differ."""
        expected = self.manifest.state.passages
        counts = {
            "rows": len(self._ids),
            "vectors": len(self._vectors),
            "Chroma": self.dense.passages,
            "BM25": sum(lexical.passages for lexical in self.lexicals),
        }
        if wrong := {name: count for name, count in counts.items() if count != expected}:
            raise IndexCorrupt(f"{self.folder.name} should hold {expected} passages, but has {wrong}.")

    def recall(self, *, samples: int = 64, limit: int = 10) -> float:
        """How many of the exact nearest passages Chroma finds, 0..1, asked with evenly spread stored vectors."""
        count = len(self._ids)
        rows = np.unique(np.linspace(0, count - 1, num=min(samples, count), dtype=np.int64))
        found = wanted = 0
        for row in rows:
            vector = np.asarray(self._vectors[row])
            scores = cosines(self._vectors, vector)
            least = np.sort(scores)[-min(limit, count)]
            near = self.dense.search(vector, scopes=None, limit=min(limit, count))
            wanted += min(limit, count)
            found += sum(1 for other, _ in near if scores[other] >= least - 1e-5)
        return found / wanted if wanted else 1.0

    def nearest(self, vector: Vector, *, scopes: ScopeKeys, limit: int, without: frozenset[str]) -> list[Hit]:
        """The allowed passages by cosine, best first, without those that were removed since."""
        allowed = scopes & self.manifest.scopes.keys()
        if not allowed:
            return []
        whole = len(allowed) == len(self.manifest.scopes)
        rows = sum(self.manifest.scopes[key] for key in allowed)
        if rows > self._exact_rows or (whole and self.manifest.recall >= LEAST_RECALL and self._chroma_pays()):
            narrowed = None if whole else allowed
            try:
                search = partial(self.dense.search, vector, scopes=narrowed)
                return self._fetch(search, limit=limit, without=without)
            except SearchIndexError as error:
                log.warning("Searching exactly for %.0f s: %s", AGAIN_SECONDS, error.message)
                self._dense_rests_until = time.monotonic() + AGAIN_SECONDS
        return self._scan(vector, allowed=allowed, limit=limit, without=without)

    def _chroma_pays(self) -> bool:
        if self._exact_left > 0:
            self._exact_left -= 1
            return False
        return time.monotonic() >= self._dense_rests_until

    def _scan(self, vector: Vector, *, allowed: ScopeKeys, limit: int, without: frozenset[str]) -> list[Hit]:
        keep = np.array([name in allowed for name in self._scope_names], dtype=bool)[self._scopes]
        for key in without:
            if (row := self._row_of.get(key)) is not None:
                keep[row] = False
        rows = np.flatnonzero(keep)
        if not len(rows):
            return []
        if len(rows) * 2 > len(keep):
            scores = cosines(self._vectors, vector)[rows]
        else:
            scores = cosines(self._vectors[rows], vector)
        best = np.argpartition(-scores, limit - 1)[:limit] if limit < len(rows) else np.arange(len(rows))
        return sorted((self._hit(int(rows[i]), float(scores[i])) for i in best), key=order)

    def matching(self, query: LexicalQuery, *, scopes: ScopeKeys, limit: int, without: frozenset[str]) -> list[Hit]:
        """The allowed passages by BM25, best first, without those that were removed since."""
        allowed = scopes & self.manifest.scopes.keys()
        if not allowed:
            return []
        narrowed = None if len(allowed) == len(self.manifest.scopes) else allowed
        hits: list[Hit] = []
        for lexical in self.lexicals:
            hits += self._fetch(partial(lexical.search, query, scopes=narrowed), limit=limit, without=without)
        return sorted(hits, key=order)[:limit]

    def _fetch(self, search: Search, *, limit: int, without: frozenset[str]) -> list[Hit]:
        """`limit` hits that are still there: ask for more as long as removed ones take the places."""
        asked = limit + min(len(without), limit)
        while True:
            found = search(limit=min(asked, len(self._ids)))
            hits = [hit for row, score in found if (hit := self._hit(row, score)).passage_id not in without]
            if len(hits) >= limit or len(found) < asked or asked >= len(self._ids):
                return sorted(hits, key=order)[:limit]
            asked *= 4

    def _hit(self, row: int, score: float) -> Hit:
        return Hit(passage_id=self._ids[row], document_id=self._documents[row], score=score)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Keeps the files open for the length of a search even if the generation is retired meanwhile.

        Raises Retired when it was before.
        """
        with self._guard:
            if self._retired:
                raise Retired
            self._users += 1
        try:
            yield
        finally:
            self._leave()

    def _leave(self) -> None:
        with self._guard:
            self._users -= 1
            last = self._retired and self._users == 0
        if last:
            self._drop()

    def retire(self) -> None:
        """Close as soon as no search uses it any more."""
        with self._guard:
            again, self._retired = self._retired, True
            idle = self._users == 0 and not again
        if idle:
            self._drop()

    def _drop(self) -> None:
        if self._dense:
            self._dense.close()
        shutil.rmtree(self._private, ignore_errors=True)
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)


def order(hit: Hit) -> tuple[float, str]:
    """Best score first, ties by passage id."""
    return -hit.score, hit.passage_id


def _private_copy(folder: Path) -> tuple[Path, FileLock]:
    """A copy for this process under a lock that ends with the process; copies of dead processes are removed."""
    opened = folder.parent / OPENED
    opened.mkdir(exist_ok=True)
    clear_abandoned(opened)
    private = opened / f"{folder.name}-{os.getpid()}-{os.urandom(4).hex()}"
    lock = FileLock(private.with_suffix(".lock"), timeout=0, thread_local=False)
    lock.acquire()
    try:
        shutil.copytree(folder, private, copy_function=_link)
    except (OSError, shutil.Error) as error:
        shutil.rmtree(private, ignore_errors=True)
        lock.release()
        raise IndexCorrupt(f"{folder.name} cannot be opened: {error}") from error
    return private, lock


def _link(source: str, target: str) -> None:
    if source.endswith(".sqlite3"):
        shutil.copyfile(source, target)
        return
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)


def clear_abandoned(opened: Path) -> None:
    """Remove the copies of processes that have ended without closing them."""
    for private in [path for path in opened.iterdir() if path.is_dir()]:
        lock = FileLock(private.with_suffix(".lock"), timeout=0, thread_local=False)
        try:
            with lock:
                shutil.rmtree(private, ignore_errors=True)
                Path(lock.lock_file).unlink(missing_ok=True)
        except Timeout:
            continue
