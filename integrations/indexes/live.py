"""The passage index that is searched: the newest built generation plus, exactly, what changed since."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from assistant.domain.terms import analyser_of, terms
from assistant.errors import (
    FingerprintMismatch,
    IndexCorrupt,
    IndexMissing,
    LiaisonError,
    SearchIndexError,
    StorageError,
)
from assistant.ports.content_store import ContentState, PassageSource
from assistant.ports.embedder import Vector
from assistant.ports.passage_index import Hit, LexicalQuery, ScopeKeys
from integrations.indexes.build import build_generation, build_lock
from integrations.indexes.generation import EXACT_FIRST, EXACT_ROWS, Generation, Retired, order
from integrations.indexes.lexical import Lexical, inverse_frequency
from integrations.indexes.overlay import Overlay
from integrations.indexes.projection import IndexDirectory, tolerated

EVERYTHING = 2**62
ATTEMPTS = 5
AGAIN_SECONDS = 30.0
Asked = TypeVar("Asked")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _View:
    """One content state made searchable: a built generation without what was removed, and what was added."""

    state: ContentState
    generation: Generation | None
    removed: frozenset[str]
    overlay: Overlay


class LivePassageIndex:
    """A PassageIndex that follows the published content and repairs its projection.

    Queries never wait for a build: while no sound generation exists, all passages are searched exactly in memory and
    a generation is built from the stored vectors on a thread of its own.
    """

    def __init__(
        self,
        source: PassageSource,
        directory: IndexDirectory,
        *,
        fingerprint: str,
        exact_rows: int = EXACT_ROWS,
        exact_first: int = EXACT_FIRST,
    ) -> None:
        self._source = source
        self._directory = directory
        self._fingerprint = fingerprint
        self._open_generation = partial(Generation, url=directory.url, exact_rows=exact_rows, exact_first=exact_first)
        self._view: _View | None = None
        self._stale = False
        self._refreshing = threading.Lock()
        self._rebuild: threading.Thread | None = None
        self._repair_rests_until = 0.0

    async def generation(self) -> int:
        """The number of the published content state."""
        return (await asyncio.to_thread(self._source.state)).number

    async def nearest(self, vector: Vector, *, scopes: ScopeKeys, limit: int) -> list[Hit]:
        """The allowed passages whose vectors are closest by cosine, best first."""

        def built(generation: Generation, removed: frozenset[str]) -> list[Hit]:
            return generation.nearest(vector, scopes=scopes, limit=limit, without=removed)

        def added(overlay: Overlay) -> list[Hit]:
            return overlay.nearest(vector, scopes=scopes, limit=limit)

        return await asyncio.to_thread(self._search, built, added, limit=limit if scopes else 0)

    async def matching(self, query: LexicalQuery, *, scopes: ScopeKeys, limit: int) -> list[Hit]:
        """The allowed passages that match by BM25, best first."""

        def built(generation: Generation, removed: frozenset[str]) -> list[Hit]:
            return generation.matching(query, scopes=scopes, limit=limit, without=removed)

        def added(overlay: Overlay) -> list[Hit]:
            return overlay.matching(query, scopes=scopes, limit=limit)

        return await asyncio.to_thread(self._search, built, added, limit=limit if scopes else 0)

    async def rarity(self, words: Collection[str], *, language: str) -> dict[str, float]:
        """The inverse document frequency of each word among the passages in a language; of its rarest term."""
        return await asyncio.to_thread(self._rarity, words, analyser_of(language))

    @property
    def lexicals(self) -> Sequence[Lexical]:
        """The BM25 indexes that are searched, by analyser; none while no generation is built. Raises as `follow`."""
        generation = self._current().generation
        return generation.lexicals if generation else ()

    def follow(self) -> None:
        """Search the newest published state from now on and let go of older ones, as every query does. Blocking.

        Raises IndexMissing before the first ingest and FingerprintMismatch with another embedder than at ingest.
        """
        self._current()

    def close(self) -> None:
        """Wait for a repair that is under way, then give everything back."""
        if self._rebuild:
            self._rebuild.join()
        with self._refreshing:
            view, self._view = self._view, None
        if view and view.generation:
            view.generation.retire()

    def _search(
        self,
        built: Callable[[Generation, frozenset[str]], list[Hit]],
        added: Callable[[Overlay], list[Hit]],
        *,
        limit: int,
    ) -> list[Hit]:
        def found(view: _View) -> list[Hit]:
            if limit < 1:
                return []
            hits = built(view.generation, view.removed) if view.generation else []
            return sorted([*hits, *added(view.overlay)], key=order)[:limit]

        return self._ask(found)

    def _ask(self, use: Callable[[_View], Asked]) -> Asked:
        """What is made of the current content. Its generation stays open meanwhile; one that fails is dropped."""
        while True:
            view = self._current()
            if view.generation is None:
                return use(view)
            try:
                with view.generation.in_use():
                    return use(view)
            except Retired:
                continue
            except (SearchIndexError, OSError, ValueError) as error:
                self._distrust(view, error)

    def _rarity(self, words: Collection[str], analyser: str) -> dict[str, float]:
        def counted(view: _View) -> dict[str, float]:
            lexicals = view.generation.lexicals if view.generation else ()
            built = next((lexical for lexical in lexicals if lexical.analyser == analyser), None)
            total = view.overlay.passages(analyser) + (built.statistics.passages if built else 0)

            def rarity(term: str) -> float:
                before = built.document_frequency(term) if built else 0
                return inverse_frequency(before + view.overlay.document_frequency(term, analyser), total)

            split = {word: terms(word, analyser) for word in words} if total else {}
            return {word: max(map(rarity, found)) for word, found in split.items() if found}

        return self._ask(counted)

    def _current(self) -> _View:
        state = self._source.state()
        if not state.number:
            raise IndexMissing("There is no content yet.")
        if state.fingerprint != self._fingerprint:
            raise FingerprintMismatch(f"The content was embedded with {state.fingerprint}, not {self._fingerprint}.")
        view = self._view
        if view and not self._stale and view.state.token == state.token:
            return view
        with self._refreshing:
            return self._refresh()

    def _refresh(self) -> _View:
        for _ in range(ATTEMPTS):
            state = self._source.state()
            before = self._view
            if before and not self._stale and before.state.token == state.token:
                return before
            try:
                self._stale = False
                view = self._prepare(state, before)
            except StorageError as error:
                log.info("The search index is opened again: %s", error.message)
                continue
            self._view = view
            if before and before.generation and before.generation is not view.generation:
                before.generation.retire()
            return view
        raise StorageError("The content changes faster than it can be read.", hint="Try again in a moment.")

    def _prepare(self, state: ContentState, before: _View | None) -> _View:
        generation = self._open(state, before.generation if before else None)
        if generation:
            changes = self._source.changes(generation.manifest.state, state, limit=EVERYTHING)
            if changes is not None:
                if len(changes.added) + len(changes.removed) > tolerated(generation.manifest.state):
                    self._repair(state)
                overlay = Overlay(changes.added, generation.lexicals)
                return _View(state=state, generation=generation, removed=changes.removed, overlay=overlay)
        self._repair(state)
        return _View(
            state=state, generation=None, removed=frozenset(), overlay=Overlay(list(self._source.records(state)))
        )

    def _open(self, state: ContentState, kept: Generation | None) -> Generation | None:
        """The newest sound generation that is part of this content's history."""
        for built in self._directory.usable(state):
            if kept and kept.folder == built.folder:
                return kept
            if self._source.changes(built.manifest.state, state, limit=EVERYTHING) is None:
                continue
            try:
                return self._open_generation(built.folder, built.manifest)
            except IndexCorrupt as error:
                log.warning("Search index %s does not open and is dropped: %s", built.folder.name, error.message)
                self._directory.discard(built.folder)
        return None

    def _distrust(self, view: _View, error: Exception) -> None:
        """A generation failed in use: it is dropped and built anew."""
        log.warning("The search index failed in use and is built anew: %s", error)
        with self._refreshing:
            if self._view is view and view.generation:
                self._view = None
                self._directory.discard(view.generation.folder)
                view.generation.retire()

    def _repair(self, state: ContentState) -> None:
        """Build the state's generation on a thread, unless one is at it or has just failed."""
        busy = self._rebuild is not None and self._rebuild.is_alive()
        if not state.passages or busy or time.monotonic() < self._repair_rests_until:
            return
        self._rebuild = threading.Thread(target=self._build, args=(state,), name="index-repair")
        self._rebuild.start()

    def _build(self, state: ContentState) -> None:
        directory = self._directory
        self._repair_rests_until = time.monotonic() + AGAIN_SECONDS
        try:
            with build_lock(directory.root):
                if not any(built.manifest.state == state for built in directory.usable(state)):
                    build_generation(self._source, state, directory.root, url=directory.url, at=lambda _point: None)
        except LiaisonError as error:
            log.warning("The search index cannot be built, next try in %.0f s: %s", AGAIN_SECONDS, error.message)
        else:
            self._repair_rests_until = 0.0
            self._stale = True
