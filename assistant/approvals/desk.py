"""Approve, then write: the one way a change reaches the PRM through Liaison's agent."""

from __future__ import annotations

from typing import Protocol

from assistant.domain.approvals import Approval, ApprovalState, Proposal
from assistant.domain.people import Requester
from assistant.errors import InvalidRecord, LiaisonError, StaleVersion
from assistant.ports.approvals import ApprovalBook
from assistant.ports.prm import Write


class Executor(Protocol):
    """Carries out a stored proposal."""

    async def execute(self, proposal: Proposal, *, write: Write) -> str:
        """Do what the payload says, and nothing else; a short account of the outcome. Raises PrmError."""
        ...


class ApprovalDesk:
    """Proposals, decisions and the outbox.

    What is executed is the payload that was stored with the proposal, under the key stored with it. The PRM does the
    work of a key once, so repeating an unfinished one after a crash or a lost answer is safe.
    """

    def __init__(self, book: ApprovalBook, executor: Executor) -> None:
        self._book = book
        self._executor = executor

    async def propose(self, proposal: Proposal) -> Approval:
        """Enter a proposal for a person to decide."""
        if not proposal.requester.known:
            raise InvalidRecord("Somebody whose identity is unknown cannot propose a change.")
        return await self._book.propose(proposal)

    async def approve(self, approval_id: str, digest: str, *, requester: Requester) -> Approval:
        """Approve what `digest` was shown for and write it; see ApprovalBook.decide for what is refused."""
        decided = await self._book.decide(approval_id, digest, approve=True, requester=requester)
        return await self.send(decided.id)

    async def reject(self, approval_id: str, digest: str, *, reason: str, requester: Requester) -> Approval:
        """Refuse it; nothing is written."""
        return await self._book.decide(approval_id, digest, approve=False, requester=requester, reason=reason)

    async def send(self, approval_id: str) -> Approval:
        """Write what was approved, or find out what became of it. A settled one is returned as it is."""
        claimed = await self._book.claim(approval_id)
        if claimed is None:
            return await self._book.settle(approval_id, ApprovalState.UNKNOWN, "")
        proposal = claimed.proposal
        write = Write(requester=proposal.requester, key=claimed.key, expected_version=proposal.version)
        try:
            outcome = await self._executor.execute(proposal, write=write)
        except LiaisonError as error:
            refused = isinstance(error, StaleVersion) or not error.retryable
            state = ApprovalState.FAILED if refused else ApprovalState.UNKNOWN
            return await self._book.settle(claimed.id, state, error.message)
        return await self._book.settle(claimed.id, ApprovalState.DONE, outcome)

    async def reconcile(self) -> tuple[Approval, ...]:
        """Finish everything that was approved and has no known outcome; what each came to."""
        return tuple([await self.send(approval.id) for approval in await self._book.unfinished()])
