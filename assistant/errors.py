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
├── ProviderUnavailable        a remote service did not answer
├── PrmError                   the PRM refused or could not answer; `problems` name field, code and message
│   ├── InvalidRecord          a field breaks a rule of the record
│   ├── PolicyRefused          a rule of engagement forbids it
│   ├── RecordNotFound         there is no such record for this requester
│   ├── NotAllowedInState      the record's state does not allow this
│   ├── StaleVersion           the record changed since it was read
│   ├── KeyReused              an idempotency key came again with another body
│   ├── NotAuthenticated       the token is unknown or expired
│   ├── Throttled              too many calls; `retry_after` seconds
│   ├── OutcomeUnknown         a write was sent and its answer was lost
│   └── NotOffered             the connected PRM has no such operation
├── UnknownThread              there is no such conversation for this requester
├── UnknownAnswer              there is no such answer for this requester
└── Forbidden                  the requester may not do this
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class LiaisonError(Exception):
    """Something went wrong that a person can act on; `hint` says how."""

    code: ClassVar[str] = "liaison_error"
    retryable: ClassVar[bool] = False
    default_hint: ClassVar[str] = "Run `liaison doctor` to see what is configured and reachable."

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


class ProviderUnavailable(LiaisonError):
    """A remote service did not answer."""

    code = "provider_unavailable"
    retryable = True
    default_hint = "Check that the service is up and reachable, then try again."


class Forbidden(LiaisonError):
    """The requester may not do this."""

    code = "forbidden"
    default_hint = "Ask your channel manager for access."


class UnknownThread(LiaisonError):
    """There is no such conversation for this requester; the same whether it exists or not."""

    code = "unknown_thread"
    default_hint = "Start one by its name, or ask its owner to share it."


class UnknownAnswer(LiaisonError):
    """There is no such answer for this requester; the same whether it exists or not."""

    code = "unknown_answer"
    default_hint = "Use the id that came with the answer, as the person who asked."


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field: a dotted path, a stable code, and a sentence for a person."""

    field: str
    code: str
    message: str
    retryable: bool = False


class PrmError(LiaisonError):
    """The PRM refused or could not answer; `problems` name every field that is off, never only the first."""

    code = "prm"
    default_hint = "Read the problems listed, correct those fields and send the record again."

    def __init__(self, message: str, *, problems: tuple[Problem, ...] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.problems = problems or (Problem(field="", code=self.code, message=message, retryable=self.retryable),)


class InvalidRecord(PrmError, ValueError):
    """A field breaks a rule of the record; nothing was written.

    It is a ValueError too, so that a reader of records keeps where in the record it was raised.
    """

    code = "invalid_record"

    @classmethod
    def of(cls, *problems: Problem) -> InvalidRecord:
        """The error for these problems, its message naming each field."""
        return cls("; ".join(f"{p.field}: {p.message}" if p.field else p.message for p in problems), problems=problems)


class PolicyRefused(PrmError):
    """A rule of engagement forbids it; the problem's code is the rule's id."""

    code = "policy_refused"
    default_hint = "Read the rule named in the problem; your channel manager can grant an exception."


class RecordNotFound(PrmError):
    """There is no such record for this requester; the answer is the same whether it exists or not."""

    code = "not_found"
    default_hint = "Check the identifier; list what you can see first."


class NotAllowedInState(PrmError):
    """The record's state does not allow this event or this field."""

    code = "not_allowed_in_state"
    default_hint = "Read the record's state and the events it allows."


class StaleVersion(PrmError):
    """The record changed since it was read; nothing was written."""

    code = "stale_version"
    retryable = True
    default_hint = "Read the record again, repeat your change on it and send it with the new version."


class KeyReused(PrmError):
    """An idempotency key came again with another body; nothing was written."""

    code = "key_reused"
    default_hint = "Use a new idempotency key for a new request, or repeat the first body unchanged."


class NotAuthenticated(PrmError):
    """The token is unknown or expired."""

    code = "not_authenticated"
    default_hint = "Ask for a new token: liaison prm token --as partner:ID."


class Throttled(PrmError):
    """Too many calls; ask again after `retry_after` seconds."""

    code = "throttled"
    retryable = True
    default_hint = "Wait as long as the answer says and repeat the same call."

    def __init__(self, message: str, *, retry_after: float, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class OutcomeUnknown(PrmError):
    """A write was sent and its answer was lost; it may have happened."""

    code = "outcome_unknown"
    retryable = True
    default_hint = "Repeat it with the same idempotency key: what happened already is returned, not done again."


class NotOffered(PrmError):
    """The connected PRM has no such operation, or cannot say what was asked for; nothing was sent."""

    code = "not_offered"
    default_hint = "Do it in the connected system itself, or use the embedded PRM: LIAISON_PRM=embedded."
