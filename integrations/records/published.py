"""What was read of the published content, kept until another state is published."""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Engine

from assistant.domain.content import Passage
from assistant.ports.content_store import Catalog, ContentState
from assistant.ports.embedder import Vector

T = TypeVar("T")
MOST_KEPT = 16_384  # passages, and vectors: some 60 megabytes with the default embedder


class Watch(Protocol):
    """Tells cheaply whether anything was written."""

    def version(self) -> int | None:
        """A number that is another one after every write by anybody; None when that cannot be told."""
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


class Blind:
    """The watch of a database that would have to be asked like for everything else."""

    def version(self) -> None:
        """Never known."""

    def close(self) -> None:
        """Nothing is held."""


class FileWatch:
    """The watch of a SQLite file: `PRAGMA data_version` on a connection that never writes. Safe for many threads.

    It takes microseconds, sees what other processes commit, and never waits: while it cannot tell it says None.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def version(self) -> int | None:
        """See Watch."""
        with self._guard:
            try:
                if self._connection is None:
                    self._connection = sqlite3.connect(
                        f"{self._path.absolute().as_uri()}?mode=rw",
                        uri=True,
                        timeout=0,
                        isolation_level=None,
                        check_same_thread=False,
                    )
                rows = self._connection.execute("PRAGMA data_version").fetchall()
            except sqlite3.Error:
                return None
        return int(rows[0][0])

    def close(self) -> None:
        """See Watch."""
        with self._guard:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def watch_of(engine: Engine) -> Watch:
    """The watch of the database that an engine is on."""
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    return FileWatch(Path(file)) if file else Blind()


class _Recent(Generic[T]):
    """The entries that were used last, at most MOST_KEPT."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, T] = OrderedDict()

    def of(self, keys: Iterable[str]) -> dict[str, T]:
        """Those that are kept."""
        found = {key: self._kept[key] for key in keys if key in self._kept}
        for key in found:
            self._kept.move_to_end(key)
        return found

    def add(self, found: Mapping[str, T]) -> None:
        """Keep these too."""
        self._kept.update(found)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)


class Published:
    """The published state, and of it the catalog and the passages and vectors that were used last.

    Nothing that a state holds ever changes, so what was read under its token stays true until another token is seen;
    then all of it is forgotten. Safe for many threads.
    """

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._guard = threading.Lock()
        self._seen: tuple[int, ContentState] | None = None
        self._token = ""
        self._catalog: Catalog | None = None
        self._passages: _Recent[Passage] = _Recent()
        self._vectors: _Recent[Vector] = _Recent()

    def version(self) -> int | None:
        """The version of the database, to be taken before its state is read."""
        return self._watch.version()

    def state(self) -> ContentState | None:
        """The published state where it is known without reading it: nothing was written since it was read."""
        version = self._watch.version()
        with self._guard:
            if self._seen is None or version is None or self._seen[0] != version:
                return None
            return self._seen[1]

    def saw(self, state: ContentState, *, version: int | None) -> None:
        """Say what state was read, and which version the database had before."""
        with self._guard:
            self._seen = None if version is None else (version, state)
            if state.token != self._token:
                self._token, self._catalog = state.token, None
                self._passages, self._vectors = _Recent(), _Recent()

    def catalog(self, state: ContentState) -> Catalog | None:
        """The catalog of a state, if it is kept."""
        with self._guard:
            return self._catalog if self._token == state.token else None

    def passages(self, state: ContentState, ids: Sequence[str]) -> dict[str, Passage]:
        """Those of these passages of a state that are kept."""
        with self._guard:
            return self._passages.of(ids) if self._token == state.token else {}

    def vectors(self, state: ContentState, ids: Sequence[str]) -> dict[str, Vector]:
        """Those of these vectors of a state that are kept."""
        with self._guard:
            return self._vectors.of(ids) if self._token == state.token else {}

    def keep(
        self,
        state: ContentState,
        *,
        catalog: Catalog | None = None,
        passages: Mapping[str, Passage] | None = None,
        vectors: Mapping[str, Vector] | None = None,
    ) -> None:
        """Keep what was read of a state, unless another one was seen meanwhile."""
        with self._guard:
            if self._token == state.token:
                self._catalog = catalog or self._catalog
                self._passages.add(passages or {})
                self._vectors.add(vectors or {})

    def close(self) -> None:
        """Give back what is held."""
        self._watch.close()
