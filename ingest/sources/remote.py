"""Object stores, file servers and archives that fsspec opens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import fsspec

from assistant.errors import SourceError, UnreadableDocument
from ingest.sources.item import Content, Item, MetadataFile, MetadataFiles, is_document, too_large

EXTRAS = {"s3": "s3", "gs": "gcs", "az": "azure", "abfs": "azure", "sftp": "sftp"}
CHECKSUMS = ("ETag", "etag", "md5Hash", "content_md5")  # what S3, Google and Azure vouch for
TIMES = ("LastModified", "last_modified", "updated", "mtime", "created", "modified")
MAX_FILES = 1_000_000


class RemoteSource:
    """Everything below a URL that fsspec opens, or the one file it names."""

    def __init__(self, url: str, *, files: fsspec.AbstractFileSystem, root: str) -> None:
        self._url = url.rstrip("/")
        self._files = files
        self._root = root.rstrip("/")
        self._aside = MetadataFiles(self._read_aside)

    @property
    def uri(self) -> str:
        """The URL as given."""
        return self._url

    def items(self) -> Iterator[Item]:
        """Files in the order of their paths."""
        try:
            found: Mapping[str, Mapping[str, Any]] = self._files.find(self._root, detail=True)
            if not found:
                self._files.info(self._root)
        except Exception as error:  # each file system raises errors of its own
            raise SourceError(f"Cannot list {self._url}: {error}") from error
        if len(found) > MAX_FILES:
            raise SourceError(f"{self._url} has more than {MAX_FILES} files.", hint="Ingest its folders one by one.")
        for name in sorted(found):
            relative = self._relative(name)
            if all(is_document(part) for part in relative.split("/")) and found[name].get("type", "file") == "file":
                yield self._item(name, relative, found[name])

    def read(self, item: Item, *, limit: int) -> Content:
        """The file's bytes."""
        try:
            with self._files.open(self._absolute(item.path), "rb") as file:
                data: bytes = file.read(limit + 1)
        except FileNotFoundError:
            raise
        except RuntimeError as error:  # zipfile's word for an encrypted member
            raise UnreadableDocument("encrypted", f"Cannot read {item.path}: {error}") from error
        except Exception as error:  # each file system raises errors of its own
            raise SourceError(f"Cannot read {item.uri}: {error}") from error
        if len(data) > limit:
            raise too_large(item.path, limit)
        return Content(data, item.path)

    def metadata(self, item: Item) -> tuple[MetadataFile, ...]:
        """The sidecar and folder files."""
        return self._aside.of("./" + item.path)

    def _read_aside(self, path: str) -> bytes | None:
        try:
            content: bytes = self._files.cat_file(self._absolute(path.removeprefix("./")))
        except (FileNotFoundError, KeyError, NotADirectoryError):
            return None
        except Exception as error:  # each file system raises errors of its own
            raise SourceError(f"Cannot read {path} of {self._url}: {error}") from error
        return content

    def _relative(self, name: str) -> str:
        if name.strip("/") == self._root.strip("/"):
            return name.rstrip("/").rpartition("/")[2]
        return name.strip("/")[len(self._root.strip("/")) :].strip("/")

    def _absolute(self, path: str) -> str:
        if self._root.rpartition("/")[2] == path and not self._files.isdir(self._root):
            return self._root
        return f"{self._root}/{path}" if self._root else path

    def _item(self, name: str, relative: str, facts: Mapping[str, Any]) -> Item:
        whole = name.strip("/") == self._root.strip("/")
        stamp = next((f"{facts[key]}" for key in CHECKSUMS if facts.get(key)), "")
        return Item(
            path=relative,
            uri=self._url if whole else f"{self._url}/{relative}",
            size=int(facts.get("size") or -1),
            stamp=stamp,
            modified=_time(next((facts[key] for key in TIMES if facts.get(key)), "")),
        )


def open_remote(url: str, *, allowed: frozenset[str]) -> RemoteSource:
    """The source behind a URL; each part of a chained URL (`zip://::s3://…`) must be of an allowed scheme.

    Raises SourceError when the scheme is not allowed, its package is missing or it cannot be opened.
    """
    for part in url.split("::"):
        scheme = part.partition("://")[0] if "://" in part else "file"
        if scheme not in allowed:
            raise SourceError(f"{url}: {scheme}:// cannot be used here.", hint=f"Use one of {sorted(allowed)}.")
    scheme = url.partition("://")[0]
    try:
        files, root = fsspec.core.url_to_fs(url)
    except ImportError as error:
        extra = EXTRAS.get(scheme, scheme)
        raise SourceError(f"{scheme}:// needs a package.", hint=f"pip install 'liaison[{extra}]'") from error
    except Exception as error:  # each file system raises errors of its own
        raise SourceError(f"Cannot open {url}: {error}") from error
    return RemoteSource(url, files=files, root=root)


def _time(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC).isoformat(timespec="seconds")
    return str(value)
