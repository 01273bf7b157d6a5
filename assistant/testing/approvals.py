"""A book of approvals in memory."""

from __future__ import annotations

import uuid
from datetime import datetime

from assistant.approvals import moves
from assistant.domain.approvals import OPEN, Approval, ApprovalState, AuditEntry, Proposal
from assistant.domain.people import Requester
from assistant.errors import RecordNotFound
from assistant.ports.clock import Clock


class MemoryApprovals:
    """Implements ApprovalBook over a dictionary."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, Approval] = {}
        self._log: list[AuditEntry] = []

    async def propose(self, proposal: Proposal) -> Approval:
        """See ApprovalBook."""
        await self.drop(proposal.thread, requester=proposal.requester)
        entered = moves.entered(
            proposal, approval_id=uuid.uuid4().hex, key=f"agent-{uuid.uuid4().hex}", now=self._clock.now()
        )
        return self._keep(entered, "proposed", proposal.requester.name)

    async def get(self, approval_id: str, *, requester: Requester) -> Approval:
        """See ApprovalBook."""
        return moves.seen_by(self._present(approval_id), approval_id, requester)

    async def pending(self, *, requester: Requester) -> tuple[Approval, ...]:
        """See ApprovalBook."""
        present = [self._present(each) for each in list(self._kept)]
        return tuple(
            each
            for each in present
            if each and each.state is ApprovalState.PENDING and each.proposal.may_be_decided_by(requester)
        )

    async def decide(
        self, approval_id: str, digest: str, *, approve: bool, requester: Requester, reason: str = ""
    ) -> Approval:
        """See ApprovalBook."""
        seen = moves.seen_by(self._present(approval_id), approval_id, requester)
        verdict = moves.Verdict(digest, approve, requester, reason)
        decided = moves.decided(seen, verdict, now=self._clock.now())
        return self._keep(decided, decided.state.value, requester.name)

    async def drop(self, thread: str, *, requester: Requester) -> int:
        """See ApprovalBook."""
        owner = (requester.tenant, requester.name, requester.user)
        open_ones = [
            each
            for each in self._kept.values()
            if each.state is ApprovalState.PENDING
            and each.proposal.thread == thread
            and (each.proposal.requester.tenant, each.proposal.requester.name, each.proposal.requester.user) == owner
        ]
        for each in open_ones:
            self._keep(moves.voided(each, now=self._clock.now()), "void", requester.name)
        return len(open_ones)

    async def claim(self, approval_id: str) -> Approval | None:
        """See ApprovalBook."""
        claimed = moves.claimed(self._known(approval_id))
        return self._keep(claimed, "sending", "liaison") if claimed else None

    async def settle(self, approval_id: str, state: ApprovalState, outcome: str) -> Approval:
        """See ApprovalBook."""
        known = self._known(approval_id)
        settled = moves.settled(known, state, outcome)
        return self._keep(settled, settled.state.value, "liaison") if settled != known else known

    async def unfinished(self) -> tuple[Approval, ...]:
        """See ApprovalBook."""
        return tuple(each for each in self._kept.values() if each.state in OPEN)

    async def proposed_since(self, since: datetime, *, tenant: str) -> tuple[Approval, ...]:
        """See ApprovalBook."""
        kept = (each for each in self._kept.values() if each.proposal.requester.tenant == tenant)
        return tuple(sorted((each for each in kept if each.proposed_at >= since), key=lambda each: each.proposed_at))

    async def log(self, *, after: int = 0, limit: int = 1_000) -> tuple[AuditEntry, ...]:
        """See ApprovalBook."""
        return tuple(self._log[after : after + limit])

    def _known(self, approval_id: str) -> Approval:
        if approval_id not in self._kept:
            raise RecordNotFound(f"There is no approval {approval_id!r}.")
        return self._kept[approval_id]

    def _present(self, approval_id: str) -> Approval | None:
        kept = self._kept.get(approval_id)
        if kept is None:
            return None
        lapsed = moves.lapsed(kept, self._clock.now())
        return self._keep(lapsed, "expired", "liaison") if lapsed != kept else kept

    def _keep(self, approval: Approval, event: str, actor: str) -> Approval:
        last = self._log[-1] if self._log else None
        entry = moves.entry_after(last, approval, event=event, actor=actor, now=self._clock.now())
        self._log.append(entry)
        self._kept[approval.id] = approval
        return approval
