"""One item of a source to a document with passages, ready to be embedded."""

from __future__ import annotations

import errno
import hashlib
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from assistant.domain.content import Document, Passage
from assistant.domain.people import TierLadder
from assistant.errors import LiaisonError, StorageError, UnreadableDocument
from assistant.ports.embedder import Embedder
from assistant.retrieval.language import detect
from ingest.metadata import (
    Declared,
    MetadataKeys,
    declared_in_document,
    declared_in_file,
    merged,
    scope_of,
)
from ingest.readers import READERS, Sandbox, read
from ingest.section import ReadDocument
from ingest.sources.fetch import WebLimits
from ingest.sources.item import Content, Item, MetadataFile, Source
from ingest.split import SPLITTER, split

FORMAT = "1"  # raise it when readers or metadata change what a file becomes: everything is ingested again
WITH_FRONT_MATTER = (".md", ".markdown", ".yml", ".yaml")
IDENTITY = 24  # hex digits of a document id
OF_THE_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE}


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """What holds for every document of a run: keys from the command line, fallback language, the programme's tiers."""

    declared: Declared = field(default_factory=Declared)
    language: str = "en"
    tiers: tuple[str, ...] = TierLadder().names


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that waits for its vectors: `embedded[i]` is the text that represents `passages[i]`."""

    document: Document
    text: str
    passages: tuple[Passage, ...]
    embedded: tuple[str, ...]
    notes: tuple[str, ...] = ()
    foreign_keys: tuple[str, ...] = ()

    @property
    def tokens(self) -> int:
        """What the embedder will read."""
        return sum(passage.tokens for passage in self.passages)


@dataclass(frozen=True, slots=True)
class Preparation:
    """Reads, describes and cuts the documents of one run."""

    embedder: Embedder
    sandbox: Sandbox
    options: IngestOptions = field(default_factory=IngestOptions)

    def prepare(self, source: Source, item: Item, *, known: str) -> Prepared | None:
        """The document, or None when its content hash is `known`.

        Raises:
            FileNotFoundError: it is gone.
            UnreadableDocument, UnknownMetadataKey, InvalidMetadata: it goes to quarantine.
            SourceError: it cannot be fetched.
            StorageError: the disk is full or the like, which is not the document's fault.
        """
        files = source.metadata(item)
        if item.stamp and self._hash(item.stamp.encode(), files) == known:
            return None
        content = source.read(item, limit=limit_of(item.path))
        digest = self._hash(item.stamp.encode() or content.data, files)
        if digest == known:
            return None
        try:
            return self._prepare(source, item, content=content, files=files, digest=digest)
        except LiaisonError:
            raise
        except Exception as error:  # whatever one file makes our code do, the next file is ingested
            if isinstance(error, OSError) and error.errno in OF_THE_MACHINE:
                raise StorageError(f"{item.path} could not be processed: {error.strerror}.") from error
            problem = f"{item.path} could not be processed ({type(error).__name__}: {error})."
            raise UnreadableDocument("internal_error", problem, hint="Please report it.") from error

    def _prepare(
        self, source: Source, item: Item, *, content: Content, files: Sequence[MetadataFile], digest: str
    ) -> Prepared:
        found = read(content.data, content.name, sandbox=self.sandbox)
        own = declared_in_document(found.metadata, item.path)
        beside = [declared_in_file(file.data, file.origin) for file in files]
        near = [d for d, file in zip(beside, files, strict=True) if is_sidecar(file, item)]
        far = beside[len(near) :]
        keys = merged([self.options.declared, *near, own, *far])
        document = self._describe(source, item, keys=keys, found=found, digest=digest, name=content.name)
        cut = split(document=document, sections=found.sections, embedder=self.embedder)
        foreign = own.foreign if suffix_of(content.name) in WITH_FRONT_MATTER else ()
        if not cut.passages:
            raise UnreadableDocument("no_text", f"{item.path} holds no text.")
        longest = max(passage.tokens for passage in cut.passages)
        if longest > self.embedder.max_tokens:
            raise UnreadableDocument("passage_too_long", f"{item.path}: {longest} tokens cannot be cut further.")
        return Prepared(document, cut.text, cut.passages, cut.embedded, found.warnings, foreign)

    def _describe(
        self, source: Source, item: Item, *, keys: MetadataKeys, found: ReadDocument, digest: str, name: str
    ) -> Document:
        identity = document_id(source.uri, item.path)
        return Document(
            id=identity,
            uri=item.uri,
            path=item.path,
            title=keys.title or found.title,
            language=keys.language or found.language or self._language(found),
            content_hash=digest,
            scope=scope_of(keys, tiers=self.options.tiers),
            product=keys.product or "",
            asset_type=keys.asset_type or "",
            version=keys.version or "",
            series=keys.series or identity,
            owner=keys.owner or "",
            media_type=mimetypes.guess_type(name)[0] or "",
            modified=item.modified,
        )

    def _language(self, found: ReadDocument) -> str:
        return detect("\n".join(section.text for section in found.sections[:20]), default=self.options.language)

    def _hash(self, content: bytes, files: Sequence[MetadataFile]) -> str:
        """Changes with the content, with what is said about it and with how both are processed."""
        rules = (FORMAT, SPLITTER, self.embedder.fingerprint, self.options.language, *self.options.tiers)
        said = [(name, canonical(value)) for name, value in self.options.declared.keys]
        digest = hashlib.sha256(repr((rules, said)).encode())
        for part in (content, *(file.data for file in files)):
            digest.update(hashlib.sha256(part).digest())
        return digest.hexdigest()


def document_id(source: str, path: str) -> str:
    """Stable for a source and a path within it."""
    return hashlib.sha256(f"{source}\n{path}".encode()).hexdigest()[:IDENTITY]


def canonical(value: object) -> str:
    """A metadata value as text that is the same in every run; a set has no order of its own."""
    return repr(sorted(map(str, value))) if isinstance(value, frozenset) else str(value)


def is_content(item: Item) -> bool:
    """Whether a reader may take the item; of a web page only its media type tells."""
    return item.uri.startswith(("http://", "https://")) or suffix_of(item.path) in READERS


def is_sidecar(file: MetadataFile, item: Item) -> bool:
    """Whether a metadata file speaks of this item alone."""
    return PurePosixPath(file.origin).name.startswith(PurePosixPath(item.path).name + ".")


def suffix_of(path: str) -> str:
    """The lower-case suffix that names the type."""
    return PurePosixPath(path).suffix.lower()


def limit_of(path: str) -> int:
    """The most bytes that are read of an item."""
    reader = READERS.get(suffix_of(path))
    return reader.max_bytes if reader else WebLimits().max_bytes
