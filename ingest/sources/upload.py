"""A file that somebody sent, as a source of its own: sending another under its name takes its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from assistant.errors import UnreadableDocument
from ingest.readers import READERS
from ingest.sources.item import Content, Item, MetadataFile, is_document, too_large

LONGEST_NAME = 200
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class UploadSource:
    """One file in memory under a name without folders. `address` names it otherwise than an upload."""

    name: str
    data: bytes
    address: str = ""

    @property
    def uri(self) -> str:
        """Names the source; `liaison remove` takes it."""
        return self.address or f"upload:{quote(self.name, safe='')}"

    def items(self) -> Iterator[Item]:
        """The file."""
        yield Item(path=self.name, uri=self.uri, size=len(self.data))

    def read(self, item: Item, *, limit: int) -> Content:
        """Its bytes. Raises UnreadableDocument when there are more than `limit`."""
        if len(self.data) > limit:
            raise too_large(item.path, limit)
        return Content(self.data, self.name)

    def metadata(self, item: Item) -> tuple[MetadataFile, ...]:  # noqa: ARG002 - nothing lies beside it
        """Nothing: what is said about an upload comes with the call."""
        return ()


def upload_name(name: str) -> str:
    """The name an upload is kept under: without folders and characters that could mislead a reader.

    Raises UnreadableDocument when nothing is left, it is too long, hidden, or of a type that no reader takes.
    """
    plain = unicodedata.normalize("NFC", name.encode("utf-8", errors="replace").decode("utf-8"))
    plain = UNSAFE.sub("", plain.replace("\\", "/").rsplit("/", 1)[-1]).strip()
    if not plain or len(plain) > LONGEST_NAME or not is_document(plain):
        hint = f"Give it a name of at most {LONGEST_NAME} characters that does not start with a dot."
        raise UnreadableDocument("bad_name", f"A file cannot be named {name[:LONGEST_NAME]!r}.", hint=hint)
    suffix = f".{plain.rpartition('.')[2].lower()}"
    if suffix not in READERS:
        hint = f"Send one of: {', '.join(sorted(READERS))}."
        raise UnreadableDocument("unsupported_type", f"No reader takes {plain!r}.", hint=hint)
    return plain
