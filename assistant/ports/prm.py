"""The PRM: partners, accounts, deal registrations, co-sell invitations and funds, embedded or a vendor's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from assistant.domain.accounts import Account
from assistant.domain.cosell import CoSellInvitation, Engagement, InvitationDraft, Opportunity
from assistant.domain.deals import DealChange, DealDraft, DealRegistration, DealState
from assistant.domain.deals_check import DealCheck
from assistant.domain.funds import FundBalance, FundDraft, FundRequest
from assistant.domain.partners import Certification, Partner, TierProgress
from assistant.domain.people import Requester

T = TypeVar("T")
LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A slice of a list; `cursor` asks for the next one and is empty at the end."""

    items: tuple[T, ...]
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """How much of a list to read, and from where. `limit` is 1 to 200."""

    limit: int = 50
    cursor: str = ""


FIRST_PAGE = Window()


@dataclass(frozen=True, slots=True)
class Write:
    """Who writes, under which idempotency key, on which version of the record ("" for a new one).

    The same key with the same body returns the first outcome and does nothing; with another body it raises KeyReused.
    """

    requester: Requester
    key: str
    expected_version: str = ""


@dataclass(frozen=True, slots=True)
class PartnerQuery:
    """Which partners: every filled field must match; `text` is part of a name."""

    text: str = ""
    country: str = ""
    tier: str = ""


@dataclass(frozen=True, slots=True)
class DealQuery:
    """Which deals: every filled field must match; `text` is part of the title or the customer's name."""

    text: str = ""
    state: DealState | None = None
    partner_id: str = ""
    account_id: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened: read the record again, the event does not carry it. `seq` grows and never repeats."""

    seq: int
    kind: str
    record_id: str
    version: str
    at: datetime


class Prm(Protocol):
    """What every PRM adapter does.

    A requester sees what the visibility rules allow and nothing else: a partner its own deals and funds, deals it
    accepted an invitation to, and the public profile of listed partners; channel managers and administrators
    everything of their tenant; unknown people nothing (Forbidden). What is not visible raises RecordNotFound exactly
    like what does not exist. Raises PrmError and its kinds; a refused write leaves nothing behind.
    """

    async def find_partners(
        self, query: PartnerQuery, *, requester: Requester, window: Window = FIRST_PAGE
    ) -> Page[Partner]:
        """Partners by display name."""
        ...

    async def get_partner(self, partner_id: str, *, requester: Requester) -> Partner:
        """One partner; its public profile when it is another partner's."""
        ...

    async def certifications(self, partner_id: str, *, requester: Requester) -> tuple[Certification, ...]:
        """All certificates of a partner, the expired ones too, by expiry."""
        ...

    async def tier_progress(self, partner_id: str, *, requester: Requester) -> TierProgress:
        """What the partner has and what the next tier asks for."""
        ...

    async def fund_balance(self, partner_id: str, *, requester: Requester) -> tuple[FundBalance, ...]:
        """What is left of each allocation of the partner."""
        ...

    async def find_accounts(self, text: str, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[Account]:
        """Accounts whose name contains `text`, by name; partners find those they have a deal with."""
        ...

    async def get_account(self, account_id: str, *, requester: Requester) -> Account:
        """One account."""
        ...

    async def find_deals(
        self, query: DealQuery, *, requester: Requester, window: Window = FIRST_PAGE
    ) -> Page[DealRegistration]:
        """Deals, the one changed last first."""
        ...

    async def get_deal(self, deal_id: str, *, requester: Requester) -> DealRegistration:
        """One deal."""
        ...

    async def check_deal(self, draft: DealDraft, *, requester: Requester) -> DealCheck:
        """What would happen to this draft; writes nothing."""
        ...

    async def register_deal(self, draft: DealDraft, *, write: Write) -> DealRegistration:
        """Register and submit a deal; the rules decide at once where they can.

        Raises InvalidRecord with every problem, PolicyRefused when a rule forbids it.
        """
        ...

    async def update_deal(self, deal_id: str, edit: DealChange, *, write: Write) -> DealRegistration:
        """Change some fields; those that `edit` leaves out stay. An ACTION_REQUIRED deal is submitted again."""
        ...

    async def withdraw_deal(self, deal_id: str, reason: str, *, write: Write) -> DealRegistration:
        """Take a deal back."""
        ...

    async def extend_deal(self, deal_id: str, evidence: str, *, write: Write) -> DealRegistration:
        """Lengthen the protection; `evidence` says what was done with the customer."""
        ...

    async def appeal_deal(self, deal_id: str, reason: str, *, write: Write) -> DealRegistration:
        """Ask for a second look at a rejected or expired deal; once."""
        ...

    async def invite(self, draft: InvitationDraft, *, write: Write) -> CoSellInvitation:
        """Invite a partner into a deal one owns."""
        ...

    async def accept_invitation(self, invitation_id: str, *, write: Write) -> CoSellInvitation:
        """Join a deal; from now on both sides see each other."""
        ...

    async def decline_invitation(self, invitation_id: str, reason: str, *, write: Write) -> CoSellInvitation:
        """Refuse an invitation; `reason` is at most 80 characters."""
        ...

    async def invitations(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[CoSellInvitation]:
        """Invitations sent and received; received ones are masked until accepted."""
        ...

    async def engagement(self, deal_id: str, *, requester: Requester) -> Engagement:
        """Who sells a deal together."""
        ...

    async def request_funds(self, draft: FundDraft, *, write: Write) -> FundRequest:
        """Ask for market development funds; never more than is available."""
        ...

    async def fund_requests(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[FundRequest]:
        """Fund requests, newest first."""
        ...

    async def opportunities(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[Opportunity]:
        """Opportunities with outcome and team by id; partners see those they were on."""
        ...

    async def changes(self, *, since: int, requester: Requester, limit: int = 100) -> tuple[Change, ...]:
        """What happened after `since`, oldest first, of records the requester may see."""
        ...
