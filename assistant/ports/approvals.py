"""The book of approvals and the audit log, which are written together or not at all."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from assistant.domain.approvals import Approval, ApprovalState, AuditEntry, Proposal
from assistant.domain.people import Requester


class ApprovalBook(Protocol):
    """Keeps proposals durably. Every step is one transaction with its line of the audit log. Raises StorageError.

    A person sees proposals they made or may decide; any other raises RecordNotFound like one that does not exist.
    """

    async def propose(self, proposal: Proposal) -> Approval:
        """Enter a proposal. Earlier ones of the same thread that nobody has decided yet become void."""
        ...

    async def get(self, approval_id: str, *, requester: Requester) -> Approval:
        """One approval, lapsed if its time has run out."""
        ...

    async def pending(self, *, requester: Requester) -> tuple[Approval, ...]:
        """What this person may decide, oldest first."""
        ...

    async def decide(
        self, approval_id: str, digest: str, *, approve: bool, requester: Requester, reason: str = ""
    ) -> Approval:
        """Approve or reject, once: only while it is pending, in time, and `digest` is what was shown.

        Raises Forbidden when the person may not decide it, NotAllowedInState when it was decided, dropped or lapsed,
        StaleVersion when the digest is another one.
        """
        ...

    async def drop(self, thread: str, *, requester: Requester) -> int:
        """Void the undecided proposals of a thread of this person; how many there were."""
        ...

    async def claim(self, approval_id: str) -> Approval | None:
        """Take an approved or unfinished one to send: it is SENDING when this returns. None when nothing is to send."""
        ...

    async def settle(self, approval_id: str, state: ApprovalState, outcome: str) -> Approval:
        """Record what came back: DONE, FAILED or UNKNOWN. A settled one stays as it is."""
        ...

    async def unfinished(self) -> tuple[Approval, ...]:
        """What was approved and has no known outcome, oldest first."""
        ...

    async def proposed_since(self, since: datetime, *, tenant: str) -> tuple[Approval, ...]:
        """Everything proposed at this time or later, whatever became of it, oldest first. For redaction."""
        ...

    async def log(self, *, after: int = 0, limit: int = 1_000) -> tuple[AuditEntry, ...]:
        """Lines of the audit log, oldest first."""
        ...
