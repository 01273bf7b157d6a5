"""The generations of an index directory: find the one to serve, build the next, drop what nobody needs."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import IndexCorrupt, SearchIndexError
from assistant.ports.content_store import ContentState, PassageSource
from integrations.indexes.build import build_generation, build_lock, clear_unfinished, generation_name
from integrations.indexes.chroma import Place, drop_dense
from integrations.indexes.generation import OPENED, clear_abandoned
from integrations.indexes.manifest import Manifest, check_files, read_manifest, stamped, write_stamp
from integrations.indexes.probe import probe

MOST_CHANGES = 2000  # passages; more, or more than this share, and a new generation is built
MOST_SHARE = 0.05

log = logging.getLogger(__name__)


def tolerated(base: ContentState) -> int:
    """How many passages may differ from a built generation before the next is built."""
    return min(MOST_CHANGES, int(base.passages * MOST_SHARE))


@dataclass(frozen=True, slots=True)
class Built:
    """A generation on disk that passed its checks."""

    folder: Path
    manifest: Manifest


class IndexDirectory:
    """The search projections of one data directory; also the Projector that ingest calls."""

    def __init__(self, root: Path, *, url: str, at: Callable[[str], None]) -> None:
        self.root = root
        self.url = url
        self._at = at

    def folders(self) -> list[Path]:
        """The generations in place, newest first, checked or not."""
        if not self.root.is_dir():
            return []
        named = (path for path in self.root.iterdir() if path.is_dir() and path.name[:8].isdigit())
        return sorted(named, key=lambda path: path.name, reverse=True)

    def usable(self, state: ContentState) -> Iterator[Built]:
        """The generations that are sound and not newer than a state, newest first; torn ones are removed."""
        for folder in self.folders():
            if int(folder.name[:8]) > state.number:
                continue
            try:
                yield self.checked(folder)
            except IndexCorrupt as error:
                log.warning("Search index %s is torn and is dropped: %s", folder.name, error.message)
                self.discard(folder)

    def checked(self, folder: Path) -> Built:
        """A generation whose every file is as it was built.

        Untouched files are known by size and time; otherwise all are read again, and the generation is first opened
        in a limited child process. Raises IndexCorrupt.
        """
        manifest = read_manifest(folder)
        if not stamped(folder):
            check_files(folder, manifest)
            probe(folder, url=self.url)
            with suppress(OSError):  # a read-only directory serves all the same
                write_stamp(folder)
        return Built(folder=folder, manifest=manifest)

    def discard(self, folder: Path) -> None:
        """Remove a generation. Processes that have it open keep their copy."""
        try:
            collection = read_manifest(folder).collection
        except IndexCorrupt:
            collection = ""
        shutil.rmtree(folder, ignore_errors=True)
        if collection and self.url:
            with suppress(SearchIndexError):  # a server that is away keeps an unused collection
                drop_dense(Place(url=self.url, name=collection))

    def project(self, source: PassageSource, state: ContentState) -> None:
        """Build the generation of a state unless a built one and the changes since serve it well."""
        with build_lock(self.root):
            clear_unfinished(self.root)
            self._clear_foreign(state)
            if state.passages and not self._served(source, state):
                build_generation(source, state, self.root, url=self.url, at=self._at)

    def renew(self, source: PassageSource, state: ContentState) -> None:
        """Build a state's own generation and remove every other, so that nothing removed since is left in an index."""
        with build_lock(self.root):
            clear_unfinished(self.root)
            if state.passages and not any(built.manifest.state == state for built in self.usable(state)):
                build_generation(source, state, self.root, url=self.url, at=self._at)
            for folder in self.folders():
                if not state.passages or folder.name != generation_name(state):
                    self.discard(folder)

    def held_open(self, state: ContentState) -> int:
        """How many copies of generations other than this state's are open in running processes."""
        opened = self.root / OPENED
        if not opened.is_dir():
            return 0
        clear_abandoned(opened)
        current = generation_name(state)
        return sum(path.is_dir() and not path.name.startswith(current) for path in opened.iterdir())

    def _served(self, source: PassageSource, state: ContentState) -> bool:
        for built in self.usable(state):
            base = built.manifest.state
            return source.changes(base, state, limit=tolerated(base)) is not None
        return False

    def _clear_foreign(self, state: ContentState) -> None:
        """Remove what an interrupted publish left under this number or a higher one, and all but the newest."""
        older: list[Path] = []
        for folder in self.folders():
            if int(folder.name[:8]) >= state.number and folder.name != generation_name(state):
                self.discard(folder)
            else:
                older.append(folder)
        for folder in older[1:]:
            self.discard(folder)

    def settle(self, state: ContentState) -> None:
        """Remove the generations that a newer one replaces; processes that search them keep their open copy."""
        with build_lock(self.root):
            sound = next(iter(self.usable(state)), None) if state.passages else None
            for folder in self.folders():
                if not state.passages or (sound and folder != sound.folder):
                    self.discard(folder)
            if (self.root / OPENED).is_dir():
                clear_abandoned(self.root / OPENED)
