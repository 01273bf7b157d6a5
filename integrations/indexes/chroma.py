"""The dense arm on Chroma: embedded by default, or a Rust Chroma server by URL.

Chroma holds a projection that is built once and then only read. Its embedding functions are never used, its Python
server is never run (CVE-2026-45829), its telemetry is off.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assistant.errors import SearchIndexError
from assistant.ports.embedder import Matrix, Vector

BATCH = 2000
# Measured on 10,000 vectors of 384 dimensions that vary in 40 directions (neighbours/construction/search: share of the
# exact 50 nearest found, seconds of processor time to build): 16/100/100: 0.968; 16/128/192: 0.992, 8.2 s;
# 16/100/256: 0.997, 7.5 s; 24/160/192: 0.999, 13.8 s. The exact ten nearest were all found from 16/128/192 on.
# Every build measures its own recall, and a collection below LEAST_RECALL is not asked.
MAX_NEIGHBOURS, EF_CONSTRUCTION, EF_SEARCH = 16, 100, 256


@dataclass(frozen=True, slots=True)
class Place:
    """Where a collection lives: in a folder, or on a server under a name."""

    folder: Path | None = None
    url: str = ""
    name: str = "passages"


class Missing(SearchIndexError):
    """A collection that is not there."""


@contextmanager
def chroma_errors() -> Iterator[None]:
    """Turns what Chroma raises into SearchIndexError, and its "not found" into Missing."""
    # Importing Chroma takes a second, which a process that never needs it is spared.
    import httpx  # noqa: PLC0415
    from chromadb.errors import ChromaError, NotFoundError  # noqa: PLC0415

    try:
        yield
    except NotFoundError as error:
        raise Missing(f"Chroma has no such collection: {error}") from error
    except (ChromaError, httpx.HTTPError, ValueError, OSError) as error:
        raise SearchIndexError(f"Chroma refused: {error}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust panics are no Exception and have no importable class
            raise
        raise SearchIndexError(f"Chroma failed: {error}") from error


def open_client(place: Place) -> Any:  # noqa: ANN401 - the type of Chroma's client is not exported
    """A client of the folder or the server."""
    import chromadb  # noqa: PLC0415 - as above
    from chromadb.config import Settings  # noqa: PLC0415 - as above

    settings = Settings(anonymized_telemetry=False, allow_reset=False)
    if place.folder is not None:
        return chromadb.PersistentClient(str(place.folder), settings=settings)
    parts = urlsplit(place.url)
    port = parts.port or (443 if parts.scheme == "https" else 8000)
    return chromadb.HttpClient(host=parts.hostname or "", port=port, ssl=parts.scheme == "https", settings=settings)


def close_client(client: Any) -> None:  # noqa: ANN401 - as open_client
    """Give the files or the connections back. Chroma leaves connections open, and keeps hold of them until the end."""
    settings = client.get_settings()
    if settings.chroma_server_host:
        from chromadb.api.fastapi import FastAPI  # noqa: PLC0415 - as above
        from chromadb.api.shared_system_client import SharedSystemClient  # noqa: PLC0415 - as above

        held = SharedSystemClient._identifier_to_system  # noqa: SLF001 - there is no other way to be rid of them
        for identifier, system in list(held.items()):
            if system.settings is settings:
                del held[identifier]
                system.instance(FastAPI)._session.close()  # noqa: SLF001 - as above
    client.close()


@contextmanager
def opened_client(place: Place) -> Iterator[Any]:
    """A client until the context ends."""
    client = open_client(place)
    try:
        yield client
    finally:
        close_client(client)


def build_dense(place: Place, vectors: Matrix, scopes: Sequence[str]) -> None:
    """Fill a new collection: ids are the rows, the scope key is metadata. Persisted once, at the last batch.

    On a server the collection gets its name when it is complete; one that is complete already is kept.
    """
    with chroma_errors(), opened_client(place) as client:
        if place.url and _complete(client, place.name, len(vectors)):
            return
        unfinished = f"{place.name}-unfinished"
        _drop(client, unfinished)
        everything = max(2, len(vectors))
        hnsw = {
            "space": "cosine",
            "max_neighbors": MAX_NEIGHBOURS,
            "ef_construction": EF_CONSTRUCTION,
            "ef_search": EF_SEARCH,
            "batch_size": everything,
            "sync_threshold": everything,
        }
        made = client.create_collection(unfinished, embedding_function=None, configuration={"hnsw": hnsw})
        for first in range(0, len(vectors), BATCH):
            rows = range(len(vectors))[first : first + BATCH]
            metadatas = [{"scope": scopes[row]} for row in rows]
            ids, embeddings = [str(row) for row in rows], vectors[first : first + BATCH]
            made.add(ids=ids, embeddings=embeddings, metadatas=metadatas)
            if everything > len(vectors):
                # A single row is below Chroma's least threshold: it would be persisted by whoever opens a copy, into
                # files that are linked with the others'.
                made.upsert(ids=ids, embeddings=embeddings, metadatas=metadatas)
        made.modify(name=place.name)
    if place.folder is not None:
        with closing(sqlite3.connect(place.folder / "chroma.sqlite3")) as database:
            database.execute("VACUUM")  # the purged log is most of the file


def _complete(client: Any, name: str, count: int) -> bool:  # noqa: ANN401 - as open_client
    with suppress(Missing), chroma_errors():
        if client.get_collection(name, embedding_function=None).count() == count:
            return True
        client.delete_collection(name)
    return False


def _drop(client: Any, name: str) -> None:  # noqa: ANN401 - as open_client
    with suppress(Missing), chroma_errors():
        client.delete_collection(name)


def drop_dense(place: Place) -> None:
    """Delete the collection of a server if it is there; a folder goes with its generation."""
    if place.url:
        with chroma_errors(), opened_client(place) as client:
            _drop(client, place.name)


class Dense:
    """A built collection, opened to be read."""

    def __init__(self, place: Place) -> None:
        with chroma_errors(), ExitStack() as unless_opened:
            self._client = open_client(place)
            unless_opened.callback(close_client, self._client)
            self._collection = self._client.get_collection(place.name, embedding_function=None)
            unless_opened.pop_all()

    @property
    def passages(self) -> int:
        """The number of vectors as Chroma counts them."""
        with chroma_errors():
            return int(self._collection.count())

    def search(self, vector: Vector, *, scopes: Collection[str] | None, limit: int) -> list[tuple[int, float]]:
        """Rows with their cosines, best first; `scopes` of None means that all are allowed."""
        where = None if scopes is None else {"scope": {"$in": sorted(scopes)}}
        with chroma_errors():
            found = self._collection.query(
                query_embeddings=vector[None, :], n_results=limit, where=where, include=["distances"]
            )
        return [(int(i), 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def close(self) -> None:
        """Give the files or the connection back."""
        close_client(self._client)
