"""What the embedded PRM answers to questions, each as far as the requester may see."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select, true

from assistant.deals.tiers import measured, progress
from assistant.domain.accounts import Account
from assistant.domain.cosell import CoSellInvitation, Opportunity
from assistant.domain.deals import DealRegistration, DealState
from assistant.domain.funds import FundRequest
from assistant.domain.partners import Certification, Partner, Program, TierProgress
from assistant.domain.people import Requester
from assistant.ports.prm import DealQuery, Page, PartnerQuery, Window
from integrations.prm.register import schema
from integrations.prm.register.database import Unit, micros
from integrations.prm.register.kept import (
    ACCOUNTS,
    CERTIFICATIONS,
    DEALS,
    FUND_REQUESTS,
    INVITATIONS,
    OPPORTUNITIES,
    PARTNERS,
    PROGRAMS,
    folded,
)
from integrations.prm.register.shelf import not_found
from integrations.prm.register.visibility import may_read_partner, partner_profiles, shown, staff, visible_deals

YEAR = timedelta(days=365)
WAITING = (DealState.SUBMITTED.value, DealState.IN_REVIEW.value)


def find_partners(unit: Unit, query: PartnerQuery, requester: Requester, window: Window) -> Page[Partner]:
    """Partners by display name; other partners only if they are listed."""
    table = schema.partners.c
    conditions: list[ColumnElement[bool]] = [table.sort.contains(folded(query.text), autoescape=True)]
    conditions += [table.country == query.country] if query.country else []
    conditions += [table.tier == query.tier] if query.tier else []
    if not staff(requester):
        conditions.append(or_(table.listed, table.id == requester.partner_id))
    return partner_profiles(PARTNERS.page(unit, *conditions, window=window, by="sort"), requester)


def get_partner(unit: Unit, partner_id: str, requester: Requester) -> Partner:
    """One partner: whole for itself and the vendor, else its profile if it is listed."""
    whole = staff(requester) or requester.partner_id == partner_id
    partner = PARTNERS.find(unit, partner_id)
    if partner is None or not (whole or partner.listed):
        raise not_found("Partner", partner_id)
    return partner if whole else partner.profile


def certifications(unit: Unit, partner_id: str, requester: Requester) -> tuple[Certification, ...]:
    """All certificates of a partner by expiry."""
    may_read_partner(requester, partner_id)
    found = CERTIFICATIONS.all(unit, schema.certifications.c.partner_id == partner_id)
    return tuple(sorted(found, key=lambda item: (item.expires, item.id)))


def tier_progress(unit: Unit, partner_id: str, requester: Requester) -> TierProgress:
    """What the partner has of what the next tier of its programme asks for."""
    may_read_partner(requester, partner_id)
    partner = PARTNERS.get(unit, partner_id)
    program = PROGRAMS.get(unit, partner.program_id)
    return progress(partner, program, have=_measures(unit, partner, program))


def _measures(unit: Unit, partner: Partner, program: Program) -> dict[str, int]:
    deals = schema.deals.c
    recent = and_(deals.state == DealState.WON.value, deals.updated >= micros(unit.now - YEAR))
    won = DEALS.all(unit, deals.partner_id == partner.id, recent)
    held = CERTIFICATIONS.all(unit, schema.certifications.c.partner_id == partner.id)
    return measured(partner, program, won=won, held=held, today=unit.now.date())


def find_accounts(unit: Unit, text: str, requester: Requester, window: Window) -> Page[Account]:
    """Accounts by name; a partner finds those it has a deal with."""
    table = schema.accounts.c
    condition = and_(table.sort.contains(folded(text), autoescape=True), _visible_accounts(unit, requester))
    return ACCOUNTS.page(unit, condition, window=window, by="sort")


def get_account(unit: Unit, account_id: str, requester: Requester) -> Account:
    """One account."""
    found = ACCOUNTS.all(unit, and_(schema.accounts.c.id == account_id, _visible_accounts(unit, requester)))
    if not found:
        raise not_found("Account", account_id)
    return found[0]


def _visible_accounts(unit: Unit, requester: Requester) -> ColumnElement[bool]:
    if staff(requester):
        return true()
    deals = schema.deals.c
    visible = or_(*visible_deals(unit, requester))
    mine = select(deals.account_id).where(deals.tenant == unit.tenant, visible)
    return schema.accounts.c.id.in_(mine)


def find_deals(unit: Unit, query: DealQuery, requester: Requester, window: Window) -> Page[DealRegistration]:
    """Deals, the one changed last first."""
    table = schema.deals.c
    conditions: list[ColumnElement[bool]] = []
    conditions += [table.state == query.state.value] if query.state else []
    conditions += [table.partner_id == query.partner_id] if query.partner_id else []
    conditions += [table.account_id == query.account_id] if query.account_id else []
    conditions += [table.search.contains(folded(query.text), autoescape=True)] if query.text else []
    most, *few = ([visible, *conditions] for visible in visible_deals(unit, requester))
    return DEALS.merged(unit, [most], few=few, window=window, by="updated", descending=True)


def queue(unit: Unit, window: Window) -> Page[DealRegistration]:
    """Registrations that wait for a decision, the longest waiting first."""
    return DEALS.merged(unit, [[schema.deals.c.state == state] for state in WAITING], window=window, by="submitted")


def invitations(unit: Unit, requester: Requester, window: Window) -> Page[CoSellInvitation]:
    """Invitations sent and received, by id."""
    table = schema.invitations.c
    mine = or_(table.inviter == requester.partner_id, table.invitee == requester.partner_id)
    page = INVITATIONS.page(unit, true() if staff(requester) else mine, window=window, by="id")
    return Page(items=tuple(shown(item, requester) for item in page.items), cursor=page.cursor)


def fund_requests(unit: Unit, requester: Requester, window: Window) -> Page[FundRequest]:
    """Fund requests, newest first."""
    mine = schema.fund_requests.c.partner_id == requester.partner_id
    condition = true() if staff(requester) else mine
    return FUND_REQUESTS.page(unit, condition, window=window, by="created", descending=True)


def opportunities(unit: Unit, requester: Requester, window: Window) -> Page[Opportunity]:
    """Opportunities by id; a partner sees those it worked on."""
    members = schema.members.c
    mine = select(members.opportunity_id).where(
        members.tenant == unit.tenant, members.partner_id == requester.partner_id
    )
    condition = true() if staff(requester) else schema.opportunities.c.id.in_(mine)
    return OPPORTUNITIES.page(unit, condition, window=window, by="id")
