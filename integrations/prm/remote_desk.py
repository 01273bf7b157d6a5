"""The desk of another Liaison's PRM server."""

from __future__ import annotations

import httpx

from assistant.domain.deals import DealRegistration
from assistant.domain.deals_check import Conflict, Decision
from assistant.domain.funds import FundRequest, FundState
from assistant.domain.people import Requester
from assistant.errors import Forbidden
from assistant.ports.prm import FIRST_PAGE, Page, Window, Write
from integrations.prm.remote_wire import PrmClient, sliced


class RemoteDesk:
    """See DealDesk."""

    def __init__(self, client: httpx.AsyncClient, *, token: str) -> None:
        self._wire = PrmClient(client, token=token)

    async def queue(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[DealRegistration]:
        """See DealDesk."""
        return await self._wire.read("queue", Page[DealRegistration], requester, **sliced(window))

    async def conflicts(self, deal_id: str, *, requester: Requester) -> tuple[Conflict, ...]:
        """See DealDesk."""
        return await self._wire.read(("deals", deal_id, "conflicts"), tuple[Conflict, ...], requester)

    async def decisions(self, deal_id: str, *, requester: Requester) -> tuple[Decision, ...]:
        """See DealDesk."""
        return await self._wire.read(("deals", deal_id, "decisions"), tuple[Decision, ...], requester)

    async def replay(self, deal_id: str, *, requester: Requester) -> tuple[Decision, ...]:
        """See DealDesk."""
        return await self._wire.read(("deals", deal_id, "replay"), tuple[Decision, ...], requester)

    async def approve(self, deal_id: str, *, write: Write, exception: str = "") -> DealRegistration:
        """See DealDesk."""
        return await self._decide(deal_id, "approve", {"exception": exception}, write)

    async def reject(self, deal_id: str, reason: str, *, write: Write) -> DealRegistration:
        """See DealDesk."""
        return await self._decide(deal_id, "reject", {"reason": reason}, write)

    async def ask(self, deal_id: str, question: str, *, write: Write) -> DealRegistration:
        """See DealDesk."""
        return await self._decide(deal_id, "ask", {"question": question}, write)

    async def mark_duplicate(self, deal_id: str, of: str, *, write: Write) -> DealRegistration:
        """See DealDesk."""
        return await self._decide(deal_id, "duplicate", {"of": of}, write)

    async def reopen(self, deal_id: str, reason: str, *, write: Write) -> DealRegistration:
        """See DealDesk."""
        return await self._decide(deal_id, "reopen", {"reason": reason}, write)

    async def close(self, deal_id: str, *, won: bool, write: Write) -> DealRegistration:
        """See DealDesk."""
        return await self._decide(deal_id, "close", {"won": won}, write)

    async def decide_funds(self, request_id: str, state: FundState, *, write: Write, comment: str = "") -> FundRequest:
        """See DealDesk."""
        body = {"state": state.value, "comment": comment}
        return await self._wire.write("POST", ("fund-requests", request_id, "decision"), body, FundRequest, write)

    async def tick(self) -> int:
        """Raises Forbidden: the server turns its own clocks."""
        raise Forbidden("The PRM server lets its records lapse itself.", hint="Run liaison prm tick where it runs.")

    async def _decide(
        self, deal_id: str, verb: str, body: dict[str, str] | dict[str, bool], write: Write
    ) -> DealRegistration:
        return await self._wire.write("POST", ("deals", deal_id, verb), body, DealRegistration, write)
