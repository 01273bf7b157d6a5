"""Referrals as deals and invitations.

Status table (referral-resources.md; a closed referral is final):

| status | substatus | our state |
|---|---|---|
| New | Pending, None | submitted: waits for the other side's answer |
| New | Received | in_review |
| Active | Accepted | active |
| Closed | Won | won |
| Closed | Lost | lost; withdrawn when the reason begins with "Withdrawn: ", which is how we take a deal back |
| Closed | Declined | rejected |
| Closed | Expired | expired |
| Closed | Error and others | void |
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from assistant.domain.accounts import NOBODY, Contact, Customer
from assistant.domain.cosell import CoSellInvitation, CoSellRole, InvitationDraft, InvitationState
from assistant.domain.deals import DealDraft, DealRegistration, DealState, LostReason, SalesStage
from assistant.domain.money import Money, currencies
from integrations.prm.microsoft.referral import CustomerProfile, Details, Member, Referral

WITHDRAWN = "Withdrawn: "
STATES: dict[tuple[str, str], DealState] = {
    ("New", "Pending"): DealState.SUBMITTED,
    ("New", "None"): DealState.SUBMITTED,
    ("New", "Received"): DealState.IN_REVIEW,
    ("Active", "Accepted"): DealState.ACTIVE,
    ("Closed", "Won"): DealState.WON,
    ("Closed", "Lost"): DealState.LOST,
    ("Closed", "Declined"): DealState.REJECTED,
    ("Closed", "Expired"): DealState.EXPIRED,
}
OTHERWISE = {"New": DealState.SUBMITTED, "Active": DealState.ACTIVE, "Closed": DealState.VOID}
STATUSES = {state: words for words, state in reversed(STATES.items())}
INVITATIONS = {
    DealState.SUBMITTED: InvitationState.PENDING,
    DealState.IN_REVIEW: InvitationState.PENDING,
    DealState.REJECTED: InvitationState.REJECTED,
    DealState.EXPIRED: InvitationState.EXPIRED,
    DealState.VOID: InvitationState.CANCELED,
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def state_of(referral: Referral) -> DealState:
    """Where the deal stands."""
    status, substatus = referral.status or "", referral.substatus or "None"
    state = STATES.get((status, substatus), OTHERWISE.get(status, DealState.SUBMITTED))
    if state is DealState.LOST and (referral.status_reason or "").startswith(WITHDRAWN):
        return DealState.WITHDRAWN
    return state


def deal_of(referral: Referral, *, partner_id: str) -> DealRegistration:
    """The deal of a referral; raises InvalidRecord when its money cannot be read."""
    details, created_at = referral.details or Details(), referral.created_date_time or EPOCH
    state = state_of(referral)
    expires = referral.expiration_date_time
    return DealRegistration(
        id=referral.id,
        partner_id=partner_id,
        draft=_draft(referral, details),
        state=state,
        created_at=created_at,
        updated_at=referral.updated_date_time or created_at,
        submitted_at=created_at,
        due_at=expires,
        comment=(referral.status_reason or "").removeprefix(WITHDRAWN),
        version=referral.e_tag or "",
    )


def _draft(referral: Referral, details: Details) -> DealDraft:
    asked = details.requirements
    tags = [tag.id for tag in (*asked.solutions, *asked.products) if tag.id] if asked else []
    targets = [target.id for target in referral.target if target.type == "SolutionProfile" and target.id]
    profile = referral.customer_profile or CustomerProfile()
    state = state_of(referral)
    close = details.closing_date_time or referral.created_date_time or EPOCH
    return DealDraft(
        partner_ref=referral.external_reference_id or "",
        title=referral.name or "",
        problem=details.notes or "",
        customer=_customer(profile, industry=next((tag.id or "" for tag in asked.industries), "") if asked else ""),
        product=next(iter([*targets, *tags]), ""),
        value=_money(details),
        target_close=close.date(),
        stage={DealState.WON: SalesStage.LAUNCHED, DealState.LOST: SalesStage.CLOSED_LOST}.get(
            state, SalesStage.PROSPECT
        ),
        lost_reason=next((each for each in LostReason if each.value == referral.status_reason), None),
        contact=_person(profile.team[0]) if profile.team else NOBODY,
        team=tuple(_person(member) for member in referral.team),
    )


def invitation_of(referral: Referral, *, partner_id: str) -> CoSellInvitation:
    """The invitation that a shared referral is. What is incoming stays masked by the API until it is accepted."""
    state, incoming = state_of(referral), referral.direction == "Incoming"
    created_at = referral.created_date_time or EPOCH
    target = next((each.id for each in referral.target if each.id), "") or ""
    draft = InvitationDraft(
        deal_id=referral.engagement_id or "",
        invitee=partner_id if incoming else target,
        role=CoSellRole.REFERRAL,
        message=((referral.invite_context.notes if referral.invite_context else "") or "")[:255],
    )
    profile = referral.customer_profile or CustomerProfile()
    found = CoSellInvitation(
        id=referral.id,
        draft=draft,
        inviter=(referral.organization_id or "") if incoming else partner_id,
        state=INVITATIONS.get(state, InvitationState.ACCEPTED),
        created_at=created_at,
        expires_at=referral.expiration_date_time or created_at,
        country=(profile.address.country if profile.address else "") or "",
        industry=_customer(profile).industry,
        product=next(iter([target]), ""),
        customer_name=profile.name or "",
        reason=referral.status_reason or "",
        version=referral.e_tag or "",
    )
    return found.masked if incoming and found.state is not InvitationState.ACCEPTED else found


def _money(details: Details) -> Money:
    currency = details.currency if details.currency in currencies() else "USD"
    return Money(amount=details.deal_value or Decimal(0), currency=currency or "USD")


def _customer(profile: CustomerProfile, *, industry: str = "") -> Customer:
    address = profile.address
    return Customer(
        name=profile.name or "",
        country=(address.country if address else "") or "",
        duns=next((each.duns for each in profile.ids if each.duns), "") or "",
        vendor_account_id=next((each.external for each in profile.ids if each.external), "") or "",
        industry=industry,
        state=(address.state if address else "") or "",
        city=(address.city if address else "") or "",
        postal_code=(address.postal_code if address else "") or "",
        street=(address.address_line1 if address else "") or "",
    )


def _person(member: Member) -> Contact:
    return Contact(
        email=(member.email or "").lower(),
        first_name=member.first_name or "",
        last_name=member.last_name or "",
        phone=member.phone_number or "",
    )
