"""The channel manager's side of deal registrations: the queue and the decisions."""

from __future__ import annotations

from typing import Protocol

from assistant.domain.deals import DealRegistration
from assistant.domain.deals_check import Conflict, Decision
from assistant.domain.funds import FundRequest, FundState
from assistant.domain.people import Requester
from assistant.ports.prm import FIRST_PAGE, Page, Window, Write


class Reviews(Protocol):
    """What waits for a channel manager, and the two decisions that end the wait. Raises as DealDesk."""

    async def queue(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[DealRegistration]:
        """Registrations that wait for a decision, the longest waiting first."""
        ...

    async def approve(self, deal_id: str, *, write: Write, exception: str = "") -> DealRegistration:
        """Approve and protect. First approved wins: raises PolicyRefused when the customer is already protected.

        `exception` is the reason for overruling the rules, and is recorded.
        """
        ...

    async def reject(self, deal_id: str, reason: str, *, write: Write) -> DealRegistration:
        """Refuse, with the reason the partner reads."""
        ...


class DealDesk(Reviews, Protocol):
    """Decisions on registrations and funds. Raises Forbidden unless a channel manager or administrator asks."""

    async def conflicts(self, deal_id: str, *, requester: Requester) -> tuple[Conflict, ...]:
        """Which other registrations seem to mean the same customer, with their ids."""
        ...

    async def decisions(self, deal_id: str, *, requester: Requester) -> tuple[Decision, ...]:
        """Every decision of the rules on a deal, oldest first."""
        ...

    async def replay(self, deal_id: str, *, requester: Requester) -> tuple[Decision, ...]:
        """The same decisions made again from the facts and the clock of their day, by the rules of their day."""
        ...

    async def ask(self, deal_id: str, question: str, *, write: Write) -> DealRegistration:
        """Ask the partner for information; the deal waits in ACTION_REQUIRED."""
        ...

    async def mark_duplicate(self, deal_id: str, of: str, *, write: Write) -> DealRegistration:
        """Close as a duplicate of another registration, which the partner does not get to know."""
        ...

    async def reopen(self, deal_id: str, reason: str, *, write: Write) -> DealRegistration:
        """Take an approval back into review."""
        ...

    async def close(self, deal_id: str, *, won: bool, write: Write) -> DealRegistration:
        """Record that an active deal was won or lost."""
        ...

    async def decide_funds(self, request_id: str, state: FundState, *, write: Write, comment: str = "") -> FundRequest:
        """Approve, reject, ask about or pay a fund request."""
        ...

    async def tick(self) -> int:
        """Let everything lapse whose time has run out; how many records changed. Runs in the background."""
        ...
