"""The embedded PRM as the port sees it: each call is one transaction on a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from assistant.deals.rules import RuleBooks
from assistant.domain.accounts import Account
from assistant.domain.cosell import CoSellInvitation, Engagement, InvitationDraft, InvitationState, Opportunity
from assistant.domain.deals import DealChange, DealDraft, DealRegistration
from assistant.domain.deals_check import DealCheck
from assistant.domain.deals_lifecycle import DealEvent
from assistant.domain.funds import FundBalance, FundDraft, FundRequest
from assistant.domain.partners import Certification, Partner, TierProgress
from assistant.domain.people import Requester
from assistant.ports.prm import FIRST_PAGE, Change, DealQuery, Page, PartnerQuery, Window, Write
from integrations.prm.register import feed, judgement, reading, registration, together, visibility
from integrations.prm.register.database import Database, Unit
from integrations.prm.register.ledger import Request, once
from integrations.prm.register.registration import Act, require_words

T = TypeVar("T")


class EmbeddedPrm:
    """The reference PRM. `books` are the rules of engagement it decides by."""

    def __init__(self, database: Database, *, books: RuleBooks) -> None:
        self._database = database
        self._books = books

    async def find_partners(
        self, query: PartnerQuery, *, requester: Requester, window: Window = FIRST_PAGE
    ) -> Page[Partner]:
        """See Prm."""
        return await self._read(requester, lambda unit: reading.find_partners(unit, query, requester, window))

    async def get_partner(self, partner_id: str, *, requester: Requester) -> Partner:
        """See Prm."""
        return await self._read(requester, lambda unit: reading.get_partner(unit, partner_id, requester))

    async def certifications(self, partner_id: str, *, requester: Requester) -> tuple[Certification, ...]:
        """See Prm."""
        return await self._read(requester, lambda unit: reading.certifications(unit, partner_id, requester))

    async def tier_progress(self, partner_id: str, *, requester: Requester) -> TierProgress:
        """See Prm."""
        return await self._read(requester, lambda unit: reading.tier_progress(unit, partner_id, requester))

    async def fund_balance(self, partner_id: str, *, requester: Requester) -> tuple[FundBalance, ...]:
        """See Prm."""

        def balances(unit: Unit) -> tuple[FundBalance, ...]:
            visibility.may_read_partner(requester, partner_id)
            return together.balances(unit, partner_id)

        return await self._read(requester, balances)

    async def find_accounts(self, text: str, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[Account]:
        """See Prm."""
        return await self._read(requester, lambda unit: reading.find_accounts(unit, text, requester, window))

    async def get_account(self, account_id: str, *, requester: Requester) -> Account:
        """See Prm."""
        return await self._read(requester, lambda unit: reading.get_account(unit, account_id, requester))

    async def find_deals(
        self, query: DealQuery, *, requester: Requester, window: Window = FIRST_PAGE
    ) -> Page[DealRegistration]:
        """See Prm."""
        return await self._read(requester, lambda unit: reading.find_deals(unit, query, requester, window))

    async def get_deal(self, deal_id: str, *, requester: Requester) -> DealRegistration:
        """See Prm."""
        return await self._read(requester, lambda unit: visibility.seen_deal(unit, deal_id, requester))

    async def check_deal(self, draft: DealDraft, *, requester: Requester) -> DealCheck:
        """See Prm."""

        def check(unit: Unit) -> DealCheck:
            return judgement.checked(unit, draft, visibility.own_partner(unit, requester), self._books)

        return await self._read(requester, check)

    async def register_deal(self, draft: DealDraft, *, write: Write) -> DealRegistration:
        """See Prm."""

        def work(unit: Unit) -> DealRegistration:
            partner = visibility.own_partner(unit, write.requester)
            return registration.register(unit, draft, partner, self._books)

        return await self._write(write, Request("register_deal", "", draft), DealRegistration, work)

    async def update_deal(self, deal_id: str, edit: DealChange, *, write: Write) -> DealRegistration:
        """See Prm."""

        def work(unit: Unit) -> DealRegistration:
            deal = visibility.owned_deal(unit, deal_id, write.requester)
            return registration.amend(unit, deal, edit, version=write.expected_version, books=self._books)

        return await self._write(write, Request("update_deal", deal_id, edit), DealRegistration, work)

    async def withdraw_deal(self, deal_id: str, reason: str, *, write: Write) -> DealRegistration:
        """See Prm."""
        return await self._move(DealEvent.WITHDRAW, deal_id, reason, write)

    async def extend_deal(self, deal_id: str, evidence: str, *, write: Write) -> DealRegistration:
        """See Prm."""
        return await self._move(DealEvent.EXTEND, deal_id, evidence, write)

    async def appeal_deal(self, deal_id: str, reason: str, *, write: Write) -> DealRegistration:
        """See Prm."""
        return await self._move(DealEvent.APPEAL, deal_id, reason, write)

    async def invite(self, draft: InvitationDraft, *, write: Write) -> CoSellInvitation:
        """See Prm."""
        request = Request("invite", "", draft)
        return await self._write(
            write, request, CoSellInvitation, lambda unit: together.invite(unit, draft, write, self._books)
        )

    async def accept_invitation(self, invitation_id: str, *, write: Write) -> CoSellInvitation:
        """See Prm."""
        return await self._answer(invitation_id, InvitationState.ACCEPTED, "", write)

    async def decline_invitation(self, invitation_id: str, reason: str, *, write: Write) -> CoSellInvitation:
        """See Prm."""
        return await self._answer(invitation_id, InvitationState.REJECTED, reason, write)

    async def invitations(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[CoSellInvitation]:
        """See Prm."""
        return await self._read(requester, lambda unit: reading.invitations(unit, requester, window))

    async def engagement(self, deal_id: str, *, requester: Requester) -> Engagement:
        """See Prm."""
        return await self._read(
            requester, lambda unit: together.engagement(unit, visibility.seen_deal(unit, deal_id, requester))
        )

    async def request_funds(self, draft: FundDraft, *, write: Write) -> FundRequest:
        """See Prm."""
        request = Request("request_funds", "", draft)
        return await self._write(
            write, request, FundRequest, lambda unit: together.request_funds(unit, draft, write.requester)
        )

    async def fund_requests(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[FundRequest]:
        """See Prm."""
        return await self._read(requester, lambda unit: reading.fund_requests(unit, requester, window))

    async def opportunities(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[Opportunity]:
        """See Prm."""
        return await self._read(requester, lambda unit: reading.opportunities(unit, requester, window))

    async def changes(self, *, since: int, requester: Requester, limit: int = 100) -> tuple[Change, ...]:
        """See Prm."""
        return await self._read(
            requester, lambda unit: feed.changes(unit, since=since, requester=requester, limit=limit)
        )

    async def _move(self, event: DealEvent, deal_id: str, words: str, write: Write) -> DealRegistration:
        require_words(words)

        def work(unit: Unit) -> DealRegistration:
            deal = visibility.owned_deal(unit, deal_id, write.requester)
            act = Act(event, write.requester.name, words)
            return registration.move(unit, deal, act, version=write.expected_version, books=self._books)

        return await self._write(write, Request(f"{event}_deal", deal_id, words), DealRegistration, work)

    async def _answer(self, invitation_id: str, state: InvitationState, reason: str, write: Write) -> CoSellInvitation:
        def work(unit: Unit) -> CoSellInvitation:
            return together.answer_invitation(unit, invitation_id, write, state=state, reason=reason)

        request = Request(f"invitation_{state}", invitation_id, reason)
        return await self._write(write, request, CoSellInvitation, work)

    async def _read(self, requester: Requester, work: Callable[[Unit], T]) -> T:
        visibility.staff(requester)

        def run() -> T:
            with self._database.reading(requester.tenant) as unit:
                return work(unit)

        return await asyncio.to_thread(run)

    async def _write(self, write: Write, request: Request, kind: type[T], work: Callable[[Unit], T]) -> T:
        visibility.staff(write.requester)

        def run() -> T:
            with self._database.writing(write.requester.tenant) as unit:
                return once(unit, write, request, kind, lambda: work(unit))

        return await asyncio.to_thread(run)
