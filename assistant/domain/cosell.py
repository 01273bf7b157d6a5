"""Selling together: the opportunity, the engagement around it, and invitations into it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from assistant.domain.money import Money


class Outcome(StrEnum):
    """How an opportunity ended."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class CoSellRole(StrEnum):
    """What a partner does on a deal."""

    LEAD = "lead"
    DELIVERY = "delivery"
    TECHNICAL = "technical"
    REFERRAL = "referral"


class InvitationState(StrEnum):
    """Where an invitation stands; all but PENDING are final."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Member:
    """A partner on a deal and its role."""

    partner_id: str
    role: CoSellRole


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A sales opportunity with the partners who worked on it and how it ended."""

    id: str
    account_id: str
    product: str
    value: Money
    stage: str
    outcome: Outcome
    opened: date
    closed: date | None
    team: tuple[Member, ...]
    deal_id: str = ""
    lost_reason: str = ""


@dataclass(frozen=True, slots=True)
class Engagement:
    """The partners who share one deal registration: its owner and everybody who accepted an invitation."""

    deal_id: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class InvitationDraft:
    """Whom a partner invites to which deal, and what it tells them. `message` is at most 255 characters."""

    deal_id: str
    invitee: str
    role: CoSellRole
    message: str


@dataclass(frozen=True, slots=True)
class CoSellInvitation:
    """An invitation into a deal. Until it is accepted the invitee sees neither inviter nor customer."""

    id: str
    draft: InvitationDraft
    inviter: str
    state: InvitationState
    created_at: datetime
    expires_at: datetime
    country: str
    industry: str
    product: str
    customer_name: str
    decided_at: datetime | None = None
    reason: str = ""
    version: str = ""

    @property
    def masked(self) -> CoSellInvitation:
        """What the invitee sees before it accepts: the kind of deal, not whose it is nor for whom."""
        draft = replace(self.draft, deal_id="")
        return replace(self, draft=draft, inviter="", customer_name="")
