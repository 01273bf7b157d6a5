"""What every source yields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from assistant.errors import UnreadableDocument
from ingest.metadata import FOLDER_FILE, SIDECAR

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Item:
    """A document that a source lists, not yet read.

    `path` is relative to the source, with slashes; `uri` is its link; `size` is in bytes, -1 when unknown.
    `stamp` is a checksum the store itself keeps, empty where there is none; `modified` is an ISO time or empty.
    """

    path: str
    uri: str
    size: int = -1
    stamp: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of an item and the name that decides which reader takes them."""

    data: bytes
    name: str


@dataclass(frozen=True, slots=True)
class MetadataFile:
    """A sidecar or folder file that speaks of an item."""

    origin: str
    data: bytes


class Source(Protocol):
    """A place that documents come from. Blocking."""

    @property
    def uri(self) -> str:
        """Names the source; what was ingested from it is found by this name again."""
        ...

    def items(self) -> Iterator[Item]:
        """Every document, in the same order each time. Raises SourceError when the source cannot be listed."""
        ...

    def read(self, item: Item, *, limit: int) -> Content:
        """The item's bytes.

        Raises:
            FileNotFoundError: it is gone since it was listed.
            UnreadableDocument: it is larger than `limit` bytes, or refused for what it is.
            SourceError: it cannot be fetched; `retryable` tells whether that may pass.
        """
        ...

    def metadata(self, item: Item) -> tuple[MetadataFile, ...]:
        """The files that speak of the item, strongest first: its sidecar, its folder's file, those of folders above."""
        ...


def is_document(name: str) -> bool:
    """Whether a file is content: not hidden, no office lock file, no metadata file."""
    return not name.startswith((".", "~$")) and not name.endswith(SIDECAR) and name != FOLDER_FILE


def too_large(path: str, limit: int) -> UnreadableDocument:
    """The refusal of a file over the limit of its type."""
    return UnreadableDocument(
        "too_large", f"{path} is larger than {limit // MEGABYTE} MB.", hint="Split it into smaller files."
    )


class MetadataFiles:
    """Finds sidecars and folder files through a `read(path)` that gives bytes or None, asking for each file once."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self._folders: dict[str, bytes | None] = {}

    def of(self, path: str) -> tuple[MetadataFile, ...]:
        """The files that speak of the document at `path`, strongest first."""
        found = []
        sidecar = self._read(path + SIDECAR)
        if sidecar is not None:
            found.append(MetadataFile(path + SIDECAR, sidecar))
        folder = path
        while "/" in folder:
            folder = folder.rpartition("/")[0]
            name = f"{folder}/{FOLDER_FILE}"
            if name not in self._folders:
                self._folders[name] = self._read(name)
            data = self._folders[name]
            if data is not None:
                found.append(MetadataFile(name, data))
        return tuple(found)
