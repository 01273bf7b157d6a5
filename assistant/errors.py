"""The one error tree. Every error has a code, a hint that says what to do next, and whether a retry can help.

LiaisonError
├── UsageError                 the caller's words are off
│   ├── UnknownMetadataKey     a metadata key nobody declared
│   └── InvalidMetadata        a declared key with a value that cannot be read
├── SettingsError              the configuration cannot work
├── UnreadableDocument         a file was refused or could not be read; it goes to quarantine
├── SourceError                a source could not be opened or listed
│   └── ForbiddenAddress       a URL that must not be fetched
├── SearchIndexError                the search index cannot serve
│   ├── IndexCorrupt           a projection is torn; it is rebuilt from the records
│   ├── IndexMissing           nothing was ingested yet
│   └── FingerprintMismatch    the index was built with another embedder
├── WriterBusy                 another process writes to this data directory
├── StorageError               the database or the disk refused
└── Forbidden                  the requester may not do this
"""

from __future__ import annotations

from typing import ClassVar


class LiaisonError(Exception):
    """Something went wrong that a person can act on; `hint` says how."""

    code: ClassVar[str] = "liaison_error"
    retryable: ClassVar[bool] = False
    default_hint: ClassVar[str] = "Run the command again with --verbose and read the log."

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.default_hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message


class UsageError(LiaisonError):
    """The caller's words are off."""

    code = "usage"
    default_hint = "See --help."


class UnknownMetadataKey(UsageError):
    """A metadata key nobody declared."""

    code = "unknown_metadata_key"
    default_hint = "Remove it or use one of the keys listed in docs/content.md."


class InvalidMetadata(UsageError):
    """A declared metadata key with a value that cannot be read."""

    code = "invalid_metadata"
    default_hint = "See docs/content.md for the values it takes."


class SettingsError(LiaisonError):
    """The configuration cannot work."""

    code = "settings"
    default_hint = "Run `liaison doctor` to see every setting and its source."


class UnreadableDocument(LiaisonError):
    """A file was refused or could not be read; it goes to quarantine with `reason`."""

    code = "unreadable_document"
    default_hint = "Fix or remove the file and ingest again."

    def __init__(self, reason: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.reason = reason


class SourceError(LiaisonError):
    """A source could not be opened or listed."""

    code = "source"
    retryable = True
    default_hint = "Check the path or URL and your access to it."


class ForbiddenAddress(SourceError):
    """A URL that must not be fetched: private address, host outside the allow-list, or robots.txt."""

    code = "forbidden_address"
    retryable = False
    default_hint = "Add the host with --allow-host if it is yours to fetch from."


class SearchIndexError(LiaisonError):
    """The search index cannot serve."""

    code = "index"
    default_hint = "Run `liaison ingest` to rebuild it from the records."


class IndexCorrupt(SearchIndexError):
    """A projection is torn; it is rebuilt from the records."""

    code = "index_corrupt"
    retryable = True


class IndexMissing(SearchIndexError):
    """Nothing was ingested yet."""

    code = "index_missing"
    default_hint = "Ingest content first: liaison ingest FOLDER."


class FingerprintMismatch(SearchIndexError):
    """The index was built with another embedder."""

    code = "fingerprint_mismatch"
    default_hint = "Use the embedder it was built with, or ingest into a new data directory."


class WriterBusy(LiaisonError):
    """Another process writes to this data directory."""

    code = "writer_busy"
    retryable = True
    default_hint = "Wait for it to finish, or stop it; one data directory has one writer."


class StorageError(LiaisonError):
    """The database or the disk refused."""

    code = "storage"
    retryable = True
    default_hint = "Check free disk space and permissions of the data directory."


class Forbidden(LiaisonError):
    """The requester may not do this."""

    code = "forbidden"
    default_hint = "Ask your channel manager for access."
