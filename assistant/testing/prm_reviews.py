"""The part of a channel manager's desk in memory that ends reviews, on a PRM in memory."""

from __future__ import annotations

from assistant.domain.deals import DealRegistration, DealState
from assistant.domain.deals_lifecycle import DealEvent
from assistant.domain.people import Requester
from assistant.errors import Forbidden
from assistant.ports.prm import FIRST_PAGE, LARGEST_PAGE, DealQuery, Page, Window, Write
from assistant.testing.prm import MemoryPrm
from assistant.testing.prm_together import is_staff, page_of

WAITING = (DealState.SUBMITTED, DealState.IN_REVIEW)


class MemoryReviews:
    """Implements Reviews; whether a customer is protected already is not looked at."""

    def __init__(self, prm: MemoryPrm) -> None:
        self._prm = prm

    async def queue(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[DealRegistration]:
        """See Reviews."""
        _require_staff(requester)
        found = await self._prm.find_deals(DealQuery(), requester=requester, window=Window(limit=LARGEST_PAGE))
        waiting = [deal for deal in found.items if deal.state in WAITING]
        return page_of(sorted(waiting, key=lambda deal: (deal.submitted_at or deal.created_at, deal.id)), window)

    async def approve(self, deal_id: str, *, write: Write, exception: str = "") -> DealRegistration:
        """See Reviews."""
        _require_staff(write.requester)
        events = (DealEvent.APPROVE, DealEvent.PROTECT)
        return await self._prm.move(deal_id, events, exception or "Approved.", write=write)

    async def reject(self, deal_id: str, reason: str, *, write: Write) -> DealRegistration:
        """See Reviews."""
        _require_staff(write.requester)
        return await self._prm.move(deal_id, (DealEvent.REJECT,), reason, write=write)


def _require_staff(requester: Requester) -> None:
    if not is_staff(requester):
        raise Forbidden("Only channel managers decide registrations.")
