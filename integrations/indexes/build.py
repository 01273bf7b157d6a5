"""Builds a generation aside, verifies it, and puts it in place by one rename."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from filelock import FileLock

from assistant.domain.terms import analyser_of
from assistant.errors import IndexCorrupt, SearchIndexError, StorageError
from assistant.ports.content_store import ContentState, PassageRecord, PassageSource
from assistant.ports.embedder import Matrix, Vector
from integrations.indexes.chroma import build_dense
from integrations.indexes.generation import LEXICAL, ROWS, VECTORS, Generation, dense_place
from integrations.indexes.lexical import LexicalBuilder, LexicalDocument, Statistics, searchable
from integrations.indexes.manifest import Manifest, flush_folder, mark_files, write_manifest, write_stamp

UNFINISHED = "unfinished-"


@dataclass(slots=True)
class _Columns:
    """What a generation knows of its rows."""

    ids: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    vectors: list[Vector] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        names = sorted(set(self.scopes))
        code = {name: i for i, name in enumerate(names)}
        columns = {
            "ids": self.ids,
            "documents": self.documents,
            "scopes": names,
            "scope_of": [code[name] for name in self.scopes],
        }
        (folder / ROWS).write_text(json.dumps(columns), encoding="utf-8")
        np.save(folder / VECTORS, self.matrix())

    def matrix(self) -> Matrix:
        return np.stack(self.vectors)


@contextmanager
def build_lock(root: Path) -> Iterator[None]:
    """One build at a time in an index directory; others wait for it."""
    lock = FileLock(root / "build.lock", preserve_lock_file=True)
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise StorageError(f"The search index cannot be written: {error.strerror or error}.") from error
    try:
        yield
    finally:
        lock.release()


def generation_name(state: ContentState) -> str:
    """The folder name of a state; sorts by number."""
    return f"{state.number:08d}-{state.token[:12]}"


def build_generation(
    source: PassageSource, state: ContentState, root: Path, *, url: str, at: Callable[[str], None]
) -> Path:
    """Build, verify and put in place the generation of a state with at least one passage; its folder.

    The caller holds the build lock. Raises SearchIndexError or StorageError; nothing that is in place changes then.
    """
    folder = root / f"{UNFINISHED}{generation_name(state)}"
    try:
        clear_unfinished(root)
        (folder / LEXICAL).mkdir(parents=True)
        manifest = _fill(source, state, folder, url=url, at=at)
        at("build: files written")
        manifest = replace(manifest, files=mark_files(folder))
        write_manifest(folder, manifest)
        manifest = replace(manifest, recall=_verify(folder, manifest, url=url))
        write_manifest(folder, manifest)
        write_stamp(folder)
        at("build: verified")
        final = root / generation_name(state)
        shutil.rmtree(final, ignore_errors=True)
        folder.rename(final)
        flush_folder(root)
    except (OSError, ValueError) as error:  # tantivy reports a full disk as a ValueError
        raise StorageError(f"The search index cannot be written: {error}.") from error
    at("build: in place")
    return final


def _fill(source: PassageSource, state: ContentState, folder: Path, *, url: str, at: Callable[[str], None]) -> Manifest:
    columns = _Columns()
    builders: dict[str, LexicalBuilder] = {}
    for row, record in enumerate(source.records(state)):
        analyser = analyser_of(record.passage.language)
        if analyser not in builders:
            builders[analyser] = LexicalBuilder(folder / LEXICAL / analyser, analyser)
        builders[analyser].add(_lexical(row, record))
        columns.ids.append(record.passage.id)
        columns.documents.append(record.passage.document_id)
        columns.scopes.append(record.passage.scope_key)
        columns.vectors.append(record.vector)
    at("build: before BM25 commit")
    statistics: dict[str, Statistics] = {analyser: builder.finish() for analyser, builder in builders.items()}
    at("build: BM25 committed")
    columns.write(folder)
    manifest = Manifest(
        state=state,
        dimension=len(columns.vectors[0]),
        scopes=dict(Counter(columns.scopes)),
        statistics=statistics,
        collection=f"liaison-{state.token[:24]}",
    )
    at("build: before Chroma")
    build_dense(dense_place(folder, manifest, url), columns.matrix(), columns.scopes)
    for lock in (folder / LEXICAL).rglob(".*.lock"):
        lock.unlink()  # whoever opens the index makes its own
    at("build: Chroma persisted")
    return manifest


def _lexical(row: int, record: PassageRecord) -> LexicalDocument:
    return LexicalDocument(row=row, scope_key=record.passage.scope_key, text=searchable(record))


def _verify(folder: Path, manifest: Manifest, *, url: str) -> float:
    """Counts and measured recall of what was just built."""
    generation = Generation(folder, manifest, url=url)
    try:
        generation.check_counts()
        return generation.recall()
    except IndexCorrupt as error:
        raise SearchIndexError(f"The new search index failed its check: {error.message}") from error
    finally:
        generation.retire()


def clear_unfinished(root: Path) -> None:
    """Remove what a build that was interrupted left behind. The caller holds the build lock."""
    for path in root.glob(f"{UNFINISHED}*"):
        shutil.rmtree(path, ignore_errors=True)
