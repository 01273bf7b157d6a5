"""Files and folders of this machine."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from assistant.errors import SourceError, UnreadableDocument
from ingest.sources.item import Content, Item, MetadataFile, MetadataFiles, is_document, too_large


class FolderSource:
    """A folder with everything below it, or one file.

    Hidden files are left out. A link that leaves the folder is listed and refused when read; links to folders are not
    followed. Folder files count from the file's own folder up to the root of the disk, so a file is restricted in the
    same way whichever folder above it was given.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._root = path.expanduser().resolve(strict=True)
        except OSError as error:
            raise SourceError(f"Cannot open {path}: {error.strerror}.", hint="Check the path.") from error
        self._base = self._root if self._root.is_dir() else self._root.parent
        self._files = MetadataFiles(_read_aside)

    @property
    def uri(self) -> str:
        """The file URL of the folder or file."""
        return self._root.as_uri()

    def items(self) -> Iterator[Item]:
        """Regular files in the order of their paths."""
        if self._root.is_file():
            yield self._item(self._root)
            return
        for folder, folders, names in os.walk(self._root, onerror=_unlistable):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(filter(is_document, names)):
                path = Path(folder, name)
                try:
                    if stat.S_ISREG(path.stat().st_mode) or path.is_symlink():
                        yield self._item(path)
                except FileNotFoundError:
                    if path.is_symlink():
                        yield self._item(path)

    def read(self, item: Item, *, limit: int) -> Content:
        """The file's bytes. A link out of the folder is UnreadableDocument `outside_source`."""
        path = self._path(item)
        target = path.resolve()
        if not target.is_relative_to(self._base):
            raise UnreadableDocument(
                "outside_source", f"{item.path} is a link out of the folder.", hint="Copy the file into the folder."
            )
        try:
            descriptor = os.open(target, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise UnreadableDocument("unsupported", f"{item.path} is not a file.")
                data = file.read(limit + 1)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise UnreadableDocument(
                "no_access", f"Cannot read {item.path}: {error.strerror}.", hint="Check its permissions."
            ) from error
        if len(data) > limit:
            raise too_large(item.path, limit)
        return Content(data, item.path)

    def metadata(self, item: Item) -> tuple[MetadataFile, ...]:
        """The sidecar and folder files."""
        return self._files.of(str(self._path(item)))

    def _path(self, item: Item) -> Path:
        return Path(unquote(urlsplit(item.uri).path, errors="surrogateescape"))

    def _item(self, path: Path) -> Item:
        try:
            facts = path.stat()
            size = facts.st_size
            modified = datetime.fromtimestamp(facts.st_mtime, UTC).isoformat(timespec="seconds")
        except OSError:
            size, modified = -1, ""
        relative = os.fsencode(path.relative_to(self._base)).decode(errors="replace")
        return Item(path=relative, uri=path.as_uri(), size=size, modified=modified)


def _read_aside(path: str) -> bytes | None:
    try:
        return Path(path).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UnreadableDocument("no_access", f"Cannot read {path}: {error.strerror}.") from error


def _unlistable(error: OSError) -> None:
    """A folder that cannot be listed must not look like one whose files were deleted."""
    raise SourceError(f"Cannot list {error.filename}: {error.strerror}.", hint="Check its permissions.") from error
