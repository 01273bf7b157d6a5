"""What may happen to an approval, as pure functions: every book of approvals moves them in the same way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from assistant.domain.approvals import FIRST, OPEN, Approval, ApprovalState, AuditEntry, Proposal
from assistant.domain.people import Requester
from assistant.errors import Forbidden, NotAllowedInState, RecordNotFound, StaleVersion

SETTLED = frozenset({ApprovalState.DONE, ApprovalState.FAILED})


@dataclass(frozen=True, slots=True)
class Verdict:
    """A person's decision on what was shown under a digest."""

    digest: str
    approve: bool
    requester: Requester
    reason: str = ""


def entered(proposal: Proposal, *, approval_id: str, key: str, now: datetime) -> Approval:
    """A new approval."""
    return Approval(
        id=approval_id,
        proposal=proposal,
        digest=proposal.digest,
        key=key,
        state=ApprovalState.PENDING,
        proposed_at=now,
    )


def seen_by(approval: Approval | None, approval_id: str, person: Requester) -> Approval:
    """The approval if this person made it or may decide it; raises RecordNotFound."""
    if approval is not None:
        owner = approval.proposal.requester
        mine = (owner.tenant, owner.name, owner.user) == (person.tenant, person.name, person.user)
        if mine or approval.proposal.may_be_decided_by(person):
            return approval
    raise RecordNotFound(f"There is no approval {approval_id!r} that you can see.")


def lapsed(approval: Approval, now: datetime) -> Approval:
    """The approval as time has left it."""
    late = approval.state is ApprovalState.PENDING and now >= approval.proposal.expires_at
    return replace(approval, state=ApprovalState.EXPIRED, decided_at=now) if late else approval


def decided(approval: Approval, verdict: Verdict, *, now: datetime) -> Approval:
    """The approval after a decision. Raises Forbidden, StaleVersion or NotAllowedInState, and then nothing changes."""
    if not approval.proposal.may_be_decided_by(verdict.requester):
        raise Forbidden("You may not decide this.", hint="Only who asked for it decides this.")
    if verdict.digest != approval.digest:
        raise StaleVersion(
            "What you saw is not what is proposed now.", hint="Read the proposal again and decide on it."
        )
    if approval.state is not ApprovalState.PENDING:
        who = f" by {approval.decided_by}" if approval.decided_by else ""
        told = f"This was {approval.state.value}{who} already; nothing was done."
        raise NotAllowedInState(told, hint="Ask for the change again if it is still wanted.")
    return replace(
        approval,
        state=ApprovalState.APPROVED if verdict.approve else ApprovalState.REJECTED,
        decided_at=now,
        decided_by=verdict.requester.user or verdict.requester.name,
        reason=verdict.reason,
    )


def voided(approval: Approval, *, now: datetime) -> Approval:
    """The approval when another took its place."""
    return replace(approval, state=ApprovalState.VOID, decided_at=now)


def claimed(approval: Approval) -> Approval | None:
    """The approval as it is sent; None when there is nothing to send."""
    return replace(approval, state=ApprovalState.SENDING) if approval.state in OPEN else None


def settled(approval: Approval, state: ApprovalState, outcome: str) -> Approval:
    """The approval with its outcome; unchanged when it has one, or was never sent."""
    if approval.state not in {ApprovalState.SENDING, ApprovalState.UNKNOWN}:
        return approval
    return replace(approval, state=state, outcome=outcome)


def entry_after(last: AuditEntry | None, approval: Approval, *, event: str, actor: str, now: datetime) -> AuditEntry:
    """The next line of the audit log: an event of an approval."""
    details = "\n".join(
        [
            f"tool {approval.proposal.tool}",
            f"digest {approval.digest}",
            f"key {approval.key}",
            f"payload {approval.proposal.payload}",
            *([f"reason {approval.reason}"] if approval.reason else []),
            *([f"outcome {approval.outcome}"] if approval.outcome else []),
        ]
    )
    entry = AuditEntry(
        seq=last.seq + 1 if last else 1,
        at=now,
        tenant=approval.proposal.requester.tenant,
        actor=actor,
        event=event,
        subject=approval.id,
        details=details,
        previous=last.hash if last else FIRST,
        hash="",
    )
    return replace(entry, hash=entry.computed)
