"""A PRM in memory: the same rules and visibility as the real one, for tests of whatever talks to a PRM."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from assistant.deals.conflicts import disclosed
from assistant.deals.policy import Facts, decide
from assistant.deals.rules import RuleBooks, read_rules
from assistant.deals.tiers import measured, progress
from assistant.domain.accounts import Account
from assistant.domain.cosell import (
    CoSellInvitation,
    CoSellRole,
    Engagement,
    InvitationDraft,
    InvitationState,
    Member,
    Opportunity,
)
from assistant.domain.deals import DealChange, DealDraft, DealRegistration, DealState
from assistant.domain.deals_check import DealCheck
from assistant.domain.deals_lifecycle import OPEN, DealEvent, advance, change
from assistant.domain.deals_validation import problems_of, problems_touching
from assistant.domain.funds import FundBalance, FundDraft, FundRequest, balance_of
from assistant.domain.partners import Certification, Partner, TierProgress
from assistant.domain.people import Requester
from assistant.errors import Forbidden, InvalidRecord
from assistant.ports.clock import Clock
from assistant.ports.prm import FIRST_PAGE, Change, DealQuery, Page, PartnerQuery, Window, Write
from assistant.ports.prm_archive import Archive
from assistant.testing.prm_rules import ended, facts_of, partners_matching, submitted, won_since
from assistant.testing.prm_together import (
    Journal,
    MemoryFunds,
    MemoryInvitations,
    is_staff,
    missing,
    next_version,
    page_of,
    refusal,
)

YEAR = timedelta(days=365)


class MemoryPrm:
    """Implements Prm over dictionaries; starts with the records of an archive."""

    def __init__(self, archive: Archive, *, clock: Clock, books: RuleBooks | None = None) -> None:
        self._clock = clock
        self._books = books or read_rules()
        self._archive = archive
        self._deals = {deal.id: replace(deal, version=deal.version or "1") for deal in archive.deals}
        self._journal = Journal(clock)
        self._invitations = MemoryInvitations(archive.invitations, journal=self._journal, clock=clock)
        self._funds = MemoryFunds(archive.allocations, journal=self._journal, clock=clock)

    async def find_partners(
        self, query: PartnerQuery, *, requester: Requester, window: Window = FIRST_PAGE
    ) -> Page[Partner]:
        """See Prm."""
        return page_of(partners_matching(self._archive.partners, query, requester), window)

    async def get_partner(self, partner_id: str, *, requester: Requester) -> Partner:
        """See Prm."""
        whole = self._whole(partner_id, requester)
        for item in self._archive.partners:
            if item.id == partner_id and (whole or item.listed):
                return item if whole else item.profile
        raise missing(partner_id)

    async def certifications(self, partner_id: str, *, requester: Requester) -> tuple[Certification, ...]:
        """See Prm."""
        self._require_whole(partner_id, requester)
        found = [item for item in self._archive.certifications if item.partner_id == partner_id]
        return tuple(sorted(found, key=lambda item: (item.expires, item.id)))

    async def tier_progress(self, partner_id: str, *, requester: Requester) -> TierProgress:
        """See Prm."""
        partner = await self.get_partner(partner_id, requester=requester)
        held = await self.certifications(partner_id, requester=requester)
        program = next(item for item in self._archive.programs if item.id == partner.program_id)
        deals = won_since(self._clock.now() - YEAR, self._deals.values(), partner_id)
        have = measured(partner, program, won=deals, held=held, today=self._clock.now().date())
        return progress(partner, program, have=have)

    async def fund_balance(self, partner_id: str, *, requester: Requester) -> tuple[FundBalance, ...]:
        """See Prm."""
        self._require_whole(partner_id, requester)
        requests = tuple(self._funds.requests.values())
        return tuple(balance_of(item, requests) for item in self._funds.allocations if item.partner_id == partner_id)

    async def find_accounts(self, text: str, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[Account]:
        """See Prm."""
        mine = {deal.account_id for deal in self._deals.values() if self._sees(deal, requester)}
        found = [
            item
            for item in sorted(self._archive.accounts, key=lambda item: (item.customer.name.casefold(), item.id))
            if text.casefold() in item.customer.name.casefold() and (is_staff(requester) or item.id in mine)
        ]
        return page_of(found, window)

    async def get_account(self, account_id: str, *, requester: Requester) -> Account:
        """See Prm."""
        mine = {deal.account_id for deal in self._deals.values() if self._sees(deal, requester)}
        for item in self._archive.accounts:
            if item.id == account_id and (is_staff(requester) or account_id in mine):
                return item
        raise missing(account_id)

    async def find_deals(
        self, query: DealQuery, *, requester: Requester, window: Window = FIRST_PAGE
    ) -> Page[DealRegistration]:
        """See Prm."""
        is_staff(requester)
        found = [
            deal
            for deal in sorted(self._deals.values(), key=lambda deal: (deal.updated_at, deal.id), reverse=True)
            if self._sees(deal, requester)
            and query.state in {None, deal.state}
            and query.partner_id in {"", deal.partner_id}
            and query.account_id in {"", deal.account_id}
            and query.text.casefold() in f"{deal.draft.title} {deal.draft.customer.name}".casefold()
        ]
        return page_of(found, window)

    async def get_deal(self, deal_id: str, *, requester: Requester) -> DealRegistration:
        """See Prm."""
        deal = self._deals.get(deal_id)
        if deal is None or not self._sees(deal, requester):
            raise missing(deal_id)
        return deal

    async def check_deal(self, draft: DealDraft, *, requester: Requester) -> DealCheck:
        """See Prm."""
        facts = self._facts(draft, self._own(requester), but="")
        shown = replace(facts, conflicts=disclosed(facts.conflicts))
        decision = decide(self._books.on((now := self._clock.now()).date()), shown, now=now)
        return DealCheck(problems=problems_of(draft, today=now.date()), conflicts=shown.conflicts, decision=decision)

    async def register_deal(self, draft: DealDraft, *, write: Write) -> DealRegistration:
        """See Prm."""
        return self._journal.once(write, ("register", draft), lambda: self._register(draft, write))

    async def update_deal(self, deal_id: str, edit: DealChange, *, write: Write) -> DealRegistration:
        """See Prm."""
        deal = await self._owned(deal_id, write)

        def work() -> DealRegistration:
            changed = change(deal, edit, now=self._clock.now())
            if problems := problems_touching(changed.draft, edit.names, today=self._clock.now().date()):
                raise InvalidRecord.of(*problems)
            if deal.state in {DealState.DRAFT, DealState.ACTION_REQUIRED}:
                changed = self._submitted(changed, self._own(write.requester))
            changed = ended(changed, edit, book=self._books.named(deal.rules), now=self._clock.now())
            return self._kept(changed, write, "deal.updated")

        return self._journal.once(write, ("update", deal_id, edit), work)

    async def withdraw_deal(self, deal_id: str, reason: str, *, write: Write) -> DealRegistration:
        """See Prm."""
        return await self.move(deal_id, (DealEvent.WITHDRAW,), reason, write=write)

    async def extend_deal(self, deal_id: str, evidence: str, *, write: Write) -> DealRegistration:
        """See Prm."""
        return await self.move(deal_id, (DealEvent.EXTEND,), evidence, write=write)

    async def appeal_deal(self, deal_id: str, reason: str, *, write: Write) -> DealRegistration:
        """See Prm."""
        return await self.move(deal_id, (DealEvent.APPEAL,), reason, write=write)

    async def invite(self, draft: InvitationDraft, *, write: Write) -> CoSellInvitation:
        """See Prm."""
        deal = await self._owned(draft.deal_id, write)
        listed = {item.id for item in self._archive.partners if item.listed}
        return self._journal.once(write, ("invite", draft), lambda: self._invitations.add(draft, deal, listed))

    async def accept_invitation(self, invitation_id: str, *, write: Write) -> CoSellInvitation:
        """See Prm."""
        return self._answer(invitation_id, InvitationState.ACCEPTED, "", write)

    async def decline_invitation(self, invitation_id: str, reason: str, *, write: Write) -> CoSellInvitation:
        """See Prm."""
        return self._answer(invitation_id, InvitationState.REJECTED, reason, write)

    async def invitations(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[CoSellInvitation]:
        """See Prm."""
        return page_of(self._invitations.seen_by(requester), window)

    async def engagement(self, deal_id: str, *, requester: Requester) -> Engagement:
        """See Prm."""
        deal = await self.get_deal(deal_id, requester=requester)
        guests = [Member(item.draft.invitee, item.draft.role) for item in self._invitations.joined(deal_id)]
        return Engagement(deal_id=deal_id, members=(Member(deal.partner_id, CoSellRole.LEAD), *guests))

    async def request_funds(self, draft: FundDraft, *, write: Write) -> FundRequest:
        """See Prm."""
        own = self._own(write.requester)
        return self._journal.once(write, ("request_funds", draft), lambda: self._funds.add(draft, own.id))

    async def fund_requests(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[FundRequest]:
        """See Prm."""
        staff = is_staff(requester)
        mine = [item for item in self._funds.requests.values() if staff or item.partner_id == requester.partner_id]
        return page_of(mine[::-1], window)

    async def opportunities(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[Opportunity]:
        """See Prm."""
        staff, items = is_staff(requester), sorted(self._archive.opportunities, key=lambda item: item.id)
        mine = [item for item in items if staff or requester.partner_id in {each.partner_id for each in item.team}]
        return page_of(mine, window)

    async def changes(self, *, since: int, requester: Requester, limit: int = 100) -> tuple[Change, ...]:
        """See Prm."""
        partner_id = "" if is_staff(requester) else requester.partner_id
        return tuple(self._journal.since(since, partner_id=partner_id)[:limit])

    def _register(self, draft: DealDraft, write: Write) -> DealRegistration:
        partner, now = self._own(write.requester), self._clock.now()
        if problems := problems_of(draft, today=now.date()):
            raise InvalidRecord.of(*problems)
        known = {(deal.partner_id, deal.draft.partner_ref) for deal in self._deals.values()}
        if (partner.id, draft.partner_ref) in known:
            raise refusal("partner_ref", "duplicate_reference", "is the reference of another deal of yours")
        deal = DealRegistration(
            id=f"deal-{len(self._deals) + 1}",
            partner_id=partner.id,
            draft=draft,
            state=DealState.DRAFT,
            created_at=now,
            updated_at=now,
            rules=self._books.on(now.date()).name,
            version="0",
        )
        first = Write(requester=write.requester, key=write.key, expected_version="0")
        return self._kept(self._submitted(deal, partner), first, "deal.registered")

    def _submitted(self, deal: DealRegistration, partner: Partner) -> DealRegistration:
        facts = self._facts(deal.draft, partner, but=deal.id)
        return submitted(deal, facts, book=self._books.named(deal.rules), now=self._clock.now())

    def _facts(self, draft: DealDraft, partner: Partner, *, but: str) -> Facts:
        others = [deal for deal in self._deals.values() if deal.state in OPEN and deal.id != but]
        return facts_of(self._archive, others, draft=draft, partner=partner)

    async def move(self, deal_id: str, events: tuple[DealEvent, ...], words: str, *, write: Write) -> DealRegistration:
        """The deal after these events of its life, which its partner or the vendor brings about."""
        if not 1 <= len(words.strip()) <= 2000:
            raise refusal("reason", "required", "say why, in 1 to 2000 characters")
        deal = await self._owned(deal_id, write)

        def work() -> DealRegistration:
            periods, actor, moved = self._books.named(deal.rules).periods.periods, write.requester.name, deal
            for event in events:
                moved = advance(moved, event, now=self._clock.now(), periods=periods, actor=actor, comment=words)
            return self._kept(moved, write, f"deal.{moved.state}")

        return self._journal.once(write, (events, deal_id, words), work)

    def _answer(self, invitation_id: str, state: InvitationState, reason: str, write: Write) -> CoSellInvitation:
        def work() -> CoSellInvitation:
            return self._invitations.answer(invitation_id, write, state=state, reason=reason)

        return self._journal.once(write, (state, invitation_id, reason), work)

    async def _owned(self, deal_id: str, write: Write) -> DealRegistration:
        deal = await self.get_deal(deal_id, requester=write.requester)
        if is_staff(write.requester) or deal.partner_id == write.requester.partner_id:
            return deal
        raise Forbidden(f"Deal {deal_id} belongs to the partner that invited you.")

    def _kept(self, deal: DealRegistration, write: Write, kind: str) -> DealRegistration:
        before = self._deals[deal.id].version if deal.id in self._deals else "0"
        kept = replace(deal, version=next_version(before, write))
        self._deals[deal.id] = kept
        self._journal.tell(kind, deal.id, version=kept.version, partners=self._team(deal))
        return kept

    def _own(self, requester: Requester) -> Partner:
        if is_staff(requester):
            raise Forbidden("Only a partner can do this.")
        for item in self._archive.partners:
            if item.id == requester.partner_id:
                return item
        raise Forbidden(f"{requester.partner_id!r} is not a partner of this programme.")

    def _whole(self, partner_id: str, requester: Requester) -> bool:
        return is_staff(requester) or requester.partner_id == partner_id

    def _require_whole(self, partner_id: str, requester: Requester) -> None:
        if not self._whole(partner_id, requester):
            raise missing(partner_id)

    def _sees(self, deal: DealRegistration, requester: Requester) -> bool:
        return is_staff(requester) or requester.partner_id in self._team(deal)

    def _team(self, deal: DealRegistration) -> set[str]:
        return {deal.partner_id, *(item.draft.invitee for item in self._invitations.joined(deal.id))}
