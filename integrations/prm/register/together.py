"""Co-sell invitations and market development funds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import and_

from assistant.deals.rules import RuleBooks
from assistant.domain.cosell import CoSellInvitation, CoSellRole, Engagement, InvitationDraft, InvitationState, Member
from assistant.domain.deals import DealRegistration
from assistant.domain.deals_lifecycle import TERMINAL
from assistant.domain.funds import FundAllocation, FundBalance, FundDraft, FundRequest, FundState, balance_of
from assistant.domain.people import Requester
from assistant.errors import Forbidden, InvalidRecord, NotAllowedInState, Problem
from assistant.ports.prm import Write
from integrations.prm.register.database import Unit
from integrations.prm.register.feed import tell
from integrations.prm.register.kept import ALLOCATIONS, FUND_REQUESTS, INVITATIONS, PARTNERS
from integrations.prm.register.registration import new_id
from integrations.prm.register.shelf import not_found
from integrations.prm.register.visibility import no_partner, own_partner, owned_deal, shown

FUND_STEPS: dict[FundState, frozenset[FundState]] = {
    FundState.IN_REVIEW: frozenset({FundState.APPROVED, FundState.REJECTED, FundState.ACTION_REQUIRED}),
    FundState.ACTION_REQUIRED: frozenset({FundState.APPROVED, FundState.REJECTED}),
    FundState.APPROVED: frozenset({FundState.PAID, FundState.CANCELED}),
}


def invite(unit: Unit, draft: InvitationDraft, write: Write, books: RuleBooks) -> CoSellInvitation:
    """A new invitation into a deal that the requester's partner owns."""
    deal = owned_deal(unit, draft.deal_id, write.requester)
    own = own_partner(unit, write.requester)
    _require_invitable(unit, draft, deal)
    days = books.on(unit.now.date()).periods.invitation_days
    invitation = CoSellInvitation(
        id=new_id("invitation"),
        draft=draft,
        inviter=own.id,
        state=InvitationState.PENDING,
        created_at=unit.now,
        expires_at=unit.now + timedelta(days=days),
        country=deal.draft.customer.country,
        industry=deal.draft.customer.industry,
        product=deal.draft.product,
        customer_name=deal.draft.customer.name,
    )
    kept = INVITATIONS.add(unit, invitation)
    tell(unit, "invitation.created", kept.id, version=kept.version, partners=[own.id, draft.invitee])
    return kept


def _require_invitable(unit: Unit, draft: InvitationDraft, deal: DealRegistration) -> None:
    invitee = PARTNERS.find(unit, draft.invitee)
    if invitee is None or not invitee.listed:
        raise no_partner(draft.invitee)
    problems = []
    if draft.invitee == deal.partner_id:
        problems.append(Problem(field="invitee", code="own_partner", message="is the owner of the deal"))
    if not draft.message.strip() or len(draft.message) > 255:
        problems.append(Problem(field="message", code="required", message="must have 1 to 255 characters"))
    if draft.role is CoSellRole.LEAD:
        problems.append(Problem(field="role", code="not_allowed", message="the owner leads the deal"))
    table = INVITATIONS.table.c
    live = table.state.in_([InvitationState.PENDING.value, InvitationState.ACCEPTED.value])
    if INVITATIONS.all(unit, and_(table.deal_id == deal.id, table.invitee == draft.invitee, live)):
        problems.append(Problem(field="invitee", code="already_invited", message="was invited to this deal already"))
    if problems:
        raise InvalidRecord.of(*problems)
    if deal.state in TERMINAL:
        message = f"deal {deal.id} ended: {deal.state}"
        raise NotAllowedInState(message, problems=(Problem(field="deal_id", code="ended", message=message),))


def answer_invitation(
    unit: Unit, invitation_id: str, write: Write, *, state: InvitationState, reason: str = ""
) -> CoSellInvitation:
    """The invitation accepted or declined by whom it is for."""
    found = INVITATIONS.get(unit, invitation_id)
    if found.draft.invitee != write.requester.partner_id:
        shown(found, write.requester)
        raise Forbidden("Only the invited partner answers an invitation.")
    if found.state is not InvitationState.PENDING or unit.now >= found.expires_at:
        ended = InvitationState.EXPIRED if found.state is InvitationState.PENDING else found.state
        message = f"invitation {invitation_id} is {ended} and cannot be answered"
        raise NotAllowedInState(message, problems=(Problem(field="state", code="illegal_event", message=message),))
    if state is InvitationState.REJECTED and not 1 <= len(reason.strip()) <= 80:
        raise InvalidRecord.of(Problem(field="reason", code="required", message="must have 1 to 80 characters"))
    answered = replace(found, state=state, decided_at=unit.now, reason=reason)
    kept = INVITATIONS.put(unit, answered, version=write.expected_version)
    tell(unit, f"invitation.{state}", kept.id, version=kept.version, partners=[found.inviter, found.draft.invitee])
    return shown(kept, write.requester)


def engagement(unit: Unit, deal: DealRegistration) -> Engagement:
    """The owner of a deal and everybody who joined it."""
    table = INVITATIONS.table.c
    accepted = INVITATIONS.all(unit, and_(table.deal_id == deal.id, table.state == InvitationState.ACCEPTED.value))
    guests = (Member(partner_id=item.draft.invitee, role=item.draft.role) for item in accepted)
    return Engagement(deal_id=deal.id, members=(Member(partner_id=deal.partner_id, role=CoSellRole.LEAD), *guests))


def balances(unit: Unit, partner_id: str) -> tuple[FundBalance, ...]:
    """What is left of each allocation of a partner."""
    requests = FUND_REQUESTS.all(unit, FUND_REQUESTS.table.c.partner_id == partner_id)
    allocations = ALLOCATIONS.all(unit, ALLOCATIONS.table.c.partner_id == partner_id)
    return tuple(balance_of(allocation, requests) for allocation in allocations)


def request_funds(unit: Unit, draft: FundDraft, requester: Requester) -> FundRequest:
    """A new request against an allocation of the requester's partner, never for more than is left."""
    partner = own_partner(unit, requester)
    allocation = ALLOCATIONS.find(unit, draft.allocation_id)
    if allocation is None or allocation.partner_id != partner.id:
        raise not_found("FundAllocation", draft.allocation_id)
    requests = FUND_REQUESTS.all(unit, FUND_REQUESTS.table.c.partner_id == partner.id)
    problems = _fund_problems(unit, draft, allocation, balance_of(allocation, requests))
    if problems:
        raise InvalidRecord.of(*problems)
    if draft.deal_id:
        owned_deal(unit, draft.deal_id, requester)
    request = FundRequest(
        id=new_id("fund"),
        partner_id=partner.id,
        draft=draft,
        state=FundState.IN_REVIEW,
        created_at=unit.now,
        updated_at=unit.now,
    )
    kept = FUND_REQUESTS.add(unit, request)
    tell(unit, "fund.requested", kept.id, version=kept.version, partners=[partner.id])
    return kept


def _fund_problems(unit: Unit, draft: FundDraft, allocation: FundAllocation, balance: FundBalance) -> list[Problem]:
    problems = []
    if draft.amount.currency != allocation.amount.currency:
        message = f"this allocation is in {allocation.amount.currency}"
        problems.append(Problem(field="amount.currency", code="wrong_currency", message=message))
    elif draft.amount.amount <= 0:
        problems.append(Problem(field="amount.amount", code="not_positive", message="must be above zero"))
    elif draft.amount.amount > balance.available.amount:
        message = f"{draft.amount} is more than the {balance.available} that is left"
        problems.append(Problem(field="amount.amount", code="above_balance", message=message))
    problems += [
        Problem(field=name, code="required", message="must have 1 to 2000 characters")
        for name in ("activity", "outcome")
        if not 1 <= len(getattr(draft, name).strip()) <= 2000
    ]
    if draft.ends < draft.starts:
        problems.append(Problem(field="ends", code="before_start", message=f"is before the start, {draft.starts}"))
    if not (allocation.open_on(unit.now.date()) and allocation.open_on(draft.starts)):
        message = f"this allocation is open from {allocation.starts} to {allocation.ends}"
        problems.append(Problem(field="starts", code="outside_allocation", message=message))
    return problems


def decide_funds(unit: Unit, request_id: str, write: Write, *, state: FundState, comment: str) -> FundRequest:
    """The fund request after the vendor's decision."""
    found = FUND_REQUESTS.get(unit, request_id)
    if state not in FUND_STEPS.get(found.state, frozenset()):
        message = f"a fund request in state {found.state} cannot become {state}"
        raise NotAllowedInState(message, problems=(Problem(field="state", code="illegal_event", message=message),))
    decided = replace(found, state=state, comment=comment or found.comment, updated_at=unit.now)
    kept = FUND_REQUESTS.put(unit, decided, version=write.expected_version)
    tell(unit, f"fund.{state}", kept.id, version=kept.version, partners=[found.partner_id])
    return kept


def lapse_invitations(unit: Unit) -> int:
    """Let invitations expire whose time has run out; how many."""
    table = INVITATIONS.table.c
    due = INVITATIONS.all(unit, table.state == InvitationState.PENDING.value)
    lapsed = [item for item in due if unit.now >= item.expires_at]
    for item in lapsed:
        kept = INVITATIONS.put(unit, replace(item, state=InvitationState.EXPIRED), version=item.version)
        tell(unit, "invitation.expired", kept.id, version=kept.version, partners=[item.inviter, item.draft.invitee])
    return len(lapsed)
