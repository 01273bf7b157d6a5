"""Approvals: what a person is asked to allow before it is written, and what became of it."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from assistant.domain.people import Requester


class Source(StrEnum):
    """Where a value came from."""

    SAID = "said"  # the requester's own words
    QUOTED = "quoted"  # forwarded or quoted text somebody else wrote
    RECORD = "record"  # a record of the PRM
    RULE = "rule"  # computed or set by Liaison
    MODEL = "model"  # a language model wrote it, and it stands in nothing the requester said


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument as the approver reads it. `before` is what the record says now; empty for something new."""

    name: str
    value: str
    source: Source
    quote: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A write that somebody wants. `payload` is the exact JSON the executor will read; `arguments` show all of it.

    `target` is the record to change ("" for a new one), `version` the version of it that was read. The requester
    decides whether it is written; `reviewed` means that rules then send the record to a channel manager's queue.
    `notes` say what a requester must know about it, in the language they asked in; nothing of them is written.
    """

    tool: str
    payload: str
    arguments: tuple[Argument, ...]
    requester: Requester
    thread: str
    expires_at: datetime
    target: str = ""
    version: str = ""
    reviewed: bool = False
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The SHA-256 of what is approved: tool, arguments, principal, tenant, record, its version, and expiry."""
        who = self.requester
        return fingerprint(
            [self.tool, self.payload, who.name, who.user, who.tenant, self.target, self.version, self.expires_at]
        )

    def may_be_decided_by(self, person: Requester) -> bool:
        """Whether this person may approve or reject it."""
        if person.tenant != self.requester.tenant or person.role is None:
            return False
        return (person.name, person.user) == (self.requester.name, self.requester.user)


class ApprovalState(StrEnum):
    """Where an approval stands."""

    PENDING = "pending"
    APPROVED = "approved"  # decided, and waiting in the outbox
    SENDING = "sending"  # its idempotency key is kept and the call may have been made
    UNKNOWN = "unknown"  # the answer of the call was lost; the same key will tell
    DONE = "done"
    FAILED = "failed"  # the PRM refused; nothing was written
    REJECTED = "rejected"
    VOID = "void"  # a later proposal took its place, or the requester dropped it
    EXPIRED = "expired"


OPEN = frozenset({ApprovalState.APPROVED, ApprovalState.SENDING, ApprovalState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Approval:
    """A proposal in the book. `key` is the idempotency key of its one write; `outcome` what came back."""

    id: str
    proposal: Proposal
    digest: str
    key: str
    state: ApprovalState
    proposed_at: datetime
    decided_at: datetime | None = None
    decided_by: str = ""
    reason: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log. `hash` covers everything else and the hash of the line before."""

    seq: int
    at: datetime
    tenant: str
    actor: str
    event: str
    subject: str
    details: str
    previous: str
    hash: str

    @property
    def computed(self) -> str:
        """What the hash must be."""
        return fingerprint(
            [self.seq, self.at, self.tenant, self.actor, self.event, self.subject, self.details, self.previous]
        )


FIRST = "0" * 64


def fingerprint(parts: list[object]) -> str:
    """The SHA-256 of the canonical JSON of some values: NFC strings, moments in UTC, no white space."""
    told = [p.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(p, datetime) else str(p) for p in parts]
    plain = [unicodedata.normalize("NFC", text) for text in told]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def first_broken(entries: list[AuditEntry]) -> AuditEntry | None:
    """The first line of a log from its beginning that was changed, moved, or comes after one that was taken out."""
    previous, seq = FIRST, 1
    for entry in entries:
        if entry.seq != seq or entry.previous != previous or entry.hash != entry.computed:
            return entry
        previous, seq = entry.hash, seq + 1
    return None
