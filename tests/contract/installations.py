"""Every adapter of the content and search ports, ready to be used by a contract suite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.ports.content_store import ContentStore, ContentWriter
from assistant.ports.passage_index import PassageIndex
from assistant.testing import HashEmbedder, MemoryContent, MemoryPassageIndex
from integrations import indexes, records
from tests.servers import fresh_database

EMBEDDER = HashEmbedder()
STORES = ("memory", "sqlite", "postgres")
INDEXES = ("memory", "embedded", "embedded-filter", "chroma-server", "postgres")


@dataclass(frozen=True, slots=True)
class Installation:
    """A content store with its writer and the search over it."""

    store: ContentStore
    index: PassageIndex
    writer: Callable[[], AbstractContextManager[ContentWriter]]
    other_embedder: PassageIndex


@contextmanager
def install(name: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Installation]:
    """A fresh installation of one row of STORES or INDEXES."""
    if name == "memory":
        content = MemoryContent()
        yield Installation(
            store=content,
            index=MemoryPassageIndex(content, fingerprint=EMBEDDER.fingerprint),
            writer=content.writer,
            other_embedder=MemoryPassageIndex(content, fingerprint="another"),
        )
    elif name == "postgres":
        with fresh_database(request.getfixturevalue("postgres")) as database, _real(folder, database=database) as found:
            yield found
    elif name == "chroma-server":
        with _real(folder, chroma=request.getfixturevalue("chroma")) as found:
            yield found
    else:
        # With no exact scan allowed, Chroma's own filter does the work.
        with _real(folder, exact_rows=0 if name == "embedded-filter" else 200_000) as found:
            yield found


@contextmanager
def _real(folder: Path, *, database: str = "", chroma: str = "", exact_rows: int = 200_000) -> Iterator[Installation]:
    content = records.open_content(folder, url=database)

    def search(fingerprint: str) -> indexes.LivePassageIndex:
        return indexes.open_index(
            folder, source=content, fingerprint=fingerprint, chroma_url=chroma, exact_rows=exact_rows, exact_first=0
        )

    def writer() -> AbstractContextManager[ContentWriter]:
        return records.open_writer(folder, projector=indexes.open_projector(folder, chroma_url=chroma), url=database)

    index, other = search(EMBEDDER.fingerprint), search("another")
    yield Installation(store=content, index=index, writer=writer, other_embedder=other)
    index.close()
    other.close()
    content.close()
