"""Another Liaison's PRM server as our port. It speaks for each requester by the header that its key allows.

A call that was refused raises the error the server named. A write whose answer was lost raises OutcomeUnknown: the same
key again returns what happened. A call that could not be sent raises ProviderUnavailable.
"""

from __future__ import annotations

from typing import TypeVar

import httpx

from assistant.domain.accounts import Account
from assistant.domain.cosell import CoSellInvitation, Engagement, InvitationDraft, Opportunity
from assistant.domain.deals import DealChange, DealDraft, DealRegistration
from assistant.domain.deals_check import DealCheck
from assistant.domain.funds import FundBalance, FundDraft, FundRequest
from assistant.domain.partners import Certification, Partner, TierProgress
from assistant.domain.people import Requester
from assistant.ports.prm import FIRST_PAGE, Change, DealQuery, Page, PartnerQuery, Window, Write
from integrations.prm.remote_wire import PrmClient, sliced

T = TypeVar("T")


class RemotePrm:
    """See Prm."""

    def __init__(self, client: httpx.AsyncClient, *, token: str) -> None:
        self._wire = PrmClient(client, token=token)

    async def find_partners(
        self, query: PartnerQuery, *, requester: Requester, window: Window = FIRST_PAGE
    ) -> Page[Partner]:
        """See Prm."""
        asked = {"text": query.text, "country": query.country, "tier": query.tier}
        return await self._wire.read("partners", Page[Partner], requester, **sliced(window), **asked)

    async def get_partner(self, partner_id: str, *, requester: Requester) -> Partner:
        """See Prm."""
        return await self._wire.read(("partners", partner_id), Partner, requester)

    async def certifications(self, partner_id: str, *, requester: Requester) -> tuple[Certification, ...]:
        """See Prm."""
        return await self._wire.read(("partners", partner_id, "certifications"), tuple[Certification, ...], requester)

    async def tier_progress(self, partner_id: str, *, requester: Requester) -> TierProgress:
        """See Prm."""
        return await self._wire.read(("partners", partner_id, "tier-progress"), TierProgress, requester)

    async def fund_balance(self, partner_id: str, *, requester: Requester) -> tuple[FundBalance, ...]:
        """See Prm."""
        return await self._wire.read(("partners", partner_id, "funds"), tuple[FundBalance, ...], requester)

    async def find_accounts(self, text: str, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[Account]:
        """See Prm."""
        return await self._wire.read("accounts", Page[Account], requester, text=text, **sliced(window))

    async def get_account(self, account_id: str, *, requester: Requester) -> Account:
        """See Prm."""
        return await self._wire.read(("accounts", account_id), Account, requester)

    async def find_deals(
        self, query: DealQuery, *, requester: Requester, window: Window = FIRST_PAGE
    ) -> Page[DealRegistration]:
        """See Prm."""
        asked = {"text": query.text, "partner_id": query.partner_id, "account_id": query.account_id}
        state = {"state": query.state.value} if query.state else {}
        return await self._wire.read("deals", Page[DealRegistration], requester, **sliced(window), **asked, **state)

    async def get_deal(self, deal_id: str, *, requester: Requester) -> DealRegistration:
        """See Prm."""
        return await self._wire.read(("deals", deal_id), DealRegistration, requester)

    async def check_deal(self, draft: DealDraft, *, requester: Requester) -> DealCheck:
        """See Prm."""
        return await self._wire.ask(("deals", "check"), draft, DealCheck, requester)

    async def register_deal(self, draft: DealDraft, *, write: Write) -> DealRegistration:
        """See Prm."""
        return await self._wire.write("POST", "deals", draft, DealRegistration, write)

    async def update_deal(self, deal_id: str, edit: DealChange, *, write: Write) -> DealRegistration:
        """See Prm."""
        return await self._wire.write("PATCH", ("deals", deal_id), edit, DealRegistration, write)

    async def withdraw_deal(self, deal_id: str, reason: str, *, write: Write) -> DealRegistration:
        """See Prm."""
        return await self._act(deal_id, "withdraw", {"reason": reason}, write)

    async def extend_deal(self, deal_id: str, evidence: str, *, write: Write) -> DealRegistration:
        """See Prm."""
        return await self._act(deal_id, "extend", {"evidence": evidence}, write)

    async def appeal_deal(self, deal_id: str, reason: str, *, write: Write) -> DealRegistration:
        """See Prm."""
        return await self._act(deal_id, "appeal", {"reason": reason}, write)

    async def invite(self, draft: InvitationDraft, *, write: Write) -> CoSellInvitation:
        """See Prm."""
        return await self._wire.write("POST", "invitations", draft, CoSellInvitation, write)

    async def accept_invitation(self, invitation_id: str, *, write: Write) -> CoSellInvitation:
        """See Prm."""
        return await self._wire.write("POST", ("invitations", invitation_id, "accept"), {}, CoSellInvitation, write)

    async def decline_invitation(self, invitation_id: str, reason: str, *, write: Write) -> CoSellInvitation:
        """See Prm."""
        path = ("invitations", invitation_id, "decline")
        return await self._wire.write("POST", path, {"reason": reason}, CoSellInvitation, write)

    async def invitations(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[CoSellInvitation]:
        """See Prm."""
        return await self._wire.read("invitations", Page[CoSellInvitation], requester, **sliced(window))

    async def engagement(self, deal_id: str, *, requester: Requester) -> Engagement:
        """See Prm."""
        return await self._wire.read(("deals", deal_id, "team"), Engagement, requester)

    async def request_funds(self, draft: FundDraft, *, write: Write) -> FundRequest:
        """See Prm."""
        return await self._wire.write("POST", "fund-requests", draft, FundRequest, write)

    async def fund_requests(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[FundRequest]:
        """See Prm."""
        return await self._wire.read("fund-requests", Page[FundRequest], requester, **sliced(window))

    async def opportunities(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[Opportunity]:
        """See Prm."""
        return await self._wire.read("opportunities", Page[Opportunity], requester, **sliced(window))

    async def changes(self, *, since: int, requester: Requester, limit: int = 100) -> tuple[Change, ...]:
        """See Prm."""
        return await self._wire.read("changes", tuple[Change, ...], requester, since=since, limit=limit)

    async def _act(self, deal_id: str, verb: str, body: dict[str, str], write: Write) -> DealRegistration:
        return await self._wire.write("POST", ("deals", deal_id, verb), body, DealRegistration, write)
