"""Who may see and do what. Everything that is not allowed here looks as if it did not exist."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, not_, select, true

from assistant.domain.cosell import CoSellInvitation, InvitationState
from assistant.domain.deals import DealRegistration
from assistant.domain.partners import Partner
from assistant.domain.people import Requester, Role
from assistant.errors import Forbidden, Problem, RecordNotFound
from assistant.ports.prm import Page
from integrations.prm.register import schema
from integrations.prm.register.database import Unit
from integrations.prm.register.kept import DEALS, PARTNERS
from integrations.prm.register.shelf import not_found


def staff(requester: Requester) -> bool:
    """Whether the requester works for the vendor; raises Forbidden for people nobody knows."""
    if requester.role is Role.PARTNER and requester.partner_id:
        return False
    if requester.role in {Role.CHANNEL_MANAGER, Role.ADMINISTRATOR}:
        return True
    raise Forbidden("The PRM answers only people it knows.", hint="Sign in, or ask your channel manager for access.")


def require_staff(requester: Requester) -> None:
    """Raises Forbidden unless a channel manager or administrator asks."""
    if not staff(requester):
        raise Forbidden("Only channel managers decide registrations and funds.")


def own_partner(unit: Unit, requester: Requester) -> Partner:
    """The partner that the requester acts for; raises Forbidden when it is none."""
    if staff(requester):
        raise Forbidden("Only a partner can do this.", hint="Act as the partner: --as partner:ID.")
    partner = PARTNERS.find(unit, requester.partner_id)
    if partner is None:
        raise Forbidden(f"{requester.partner_id!r} is not a partner of this programme.")
    return partner


def may_read_partner(requester: Requester, partner_id: str) -> None:
    """Raises RecordNotFound unless it is the requester's own partner or the vendor asks."""
    if not staff(requester) and requester.partner_id != partner_id:
        raise not_found("Partner", partner_id)


def shared_deals(unit: Unit, requester: Requester) -> list[str]:
    """The ids of deals that the requester's partner joined by accepting an invitation."""
    table = schema.invitations.c
    query = select(table.deal_id).where(
        table.tenant == unit.tenant,
        table.invitee == requester.partner_id,
        table.state == InvitationState.ACCEPTED.value,
    )
    return list(unit.connection.scalars(query))


def visible_deals(unit: Unit, requester: Requester) -> tuple[ColumnElement[bool], ...]:
    """The conditions of which a deal that the requester may see meets one, and only one; few meet any but the first."""
    if staff(requester):
        return (true(),)
    own = schema.deals.c.partner_id == requester.partner_id
    shared = shared_deals(unit, requester)
    return (own, and_(not_(own), schema.deals.c.id.in_(shared))) if shared else (own,)


def seen_deal(unit: Unit, deal_id: str, requester: Requester) -> DealRegistration:
    """The deal; raises RecordNotFound when it is not there or not visible."""
    deal = DEALS.find(unit, deal_id)
    own = deal is not None and (staff(requester) or deal.partner_id == requester.partner_id)
    if deal is None or not (own or deal_id in shared_deals(unit, requester)):
        raise not_found("DealRegistration", deal_id)
    return deal


def owned_deal(unit: Unit, deal_id: str, requester: Requester) -> DealRegistration:
    """The deal, for its owner to change; partners who joined it may only read it."""
    deal = seen_deal(unit, deal_id, requester)
    if staff(requester) or deal.partner_id == requester.partner_id:
        return deal
    raise Forbidden(f"Deal {deal_id} belongs to the partner that invited you.", hint="Ask the owner to change it.")


def shown(invitation: CoSellInvitation, requester: Requester) -> CoSellInvitation:
    """The invitation as the requester may see it: masked for the invitee until it accepts."""
    if staff(requester) or invitation.inviter == requester.partner_id:
        return invitation
    if invitation.draft.invitee != requester.partner_id:
        raise not_found("CoSellInvitation", invitation.id)
    return invitation if invitation.state is InvitationState.ACCEPTED else invitation.masked


def partner_profiles(page: Page[Partner], requester: Requester) -> Page[Partner]:
    """Partners as the requester may see them: its own whole, others by their public profile."""
    if staff(requester):
        return page
    items = tuple(item if item.id == requester.partner_id else item.profile for item in page.items)
    return Page(items=items, cursor=page.cursor)


def no_partner(partner_id: str) -> RecordNotFound:
    """The error for an invitation to a partner that is not there or not listed."""
    message = f"There is no partner {partner_id!r} that can be invited."
    return RecordNotFound(message, problems=(Problem(field="invitee", code="not_found", message=message),))
