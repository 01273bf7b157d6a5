"""Which records the embedded PRM keeps, and by what they are searched."""

from __future__ import annotations

import json

from anyascii import anyascii

from assistant.deals.identity import Identity, identity_of
from assistant.deals.names import Name
from assistant.domain.accounts import Account, Customer
from assistant.domain.cosell import CoSellInvitation, Opportunity
from assistant.domain.deals import DealRegistration
from assistant.domain.funds import FundAllocation, FundRequest
from assistant.domain.partners import Certification, Partner, Program, Territory
from integrations.prm.register import schema
from integrations.prm.register.database import micros
from integrations.prm.register.shelf import Scalar, Shelf


def folded(text: str) -> str:
    """Text to sort and search by: Latin letters, lower case."""
    return anyascii(text).casefold()


def packed(customer: Customer) -> str:
    """A customer's identity as a short text."""
    who = identity_of(customer)
    return json.dumps(
        [who.name.words, who.country, who.domain, who.duns, who.vendor_account_id, who.city, who.street],
        separators=(",", ":"),
    )


def unpacked(text: str) -> Identity:
    """The identity of such a text."""
    words, *rest = json.loads(text)
    return Identity(Name(words=tuple(words)), *rest)


def _deal_columns(deal: DealRegistration) -> dict[str, Scalar]:
    return {
        "partner_id": deal.partner_id,
        "partner_ref": deal.draft.partner_ref,
        "state": deal.state.value,
        "product": deal.draft.product,
        "account_id": deal.account_id,
        "identity": packed(deal.draft.customer),
        "search": folded(f"{deal.draft.title} {deal.draft.customer.name}"),
        "updated": micros(deal.updated_at),
        "submitted": micros(deal.submitted_at),
        "due": micros(deal.due_at),
    }


def _partner_columns(partner: Partner) -> dict[str, Scalar]:
    return {
        "sort": folded(partner.display_name),
        "country": partner.country,
        "tier": partner.tier,
        "listed": partner.listed,
    }


def _invitation_columns(invitation: CoSellInvitation) -> dict[str, Scalar]:
    return {
        "deal_id": invitation.draft.deal_id,
        "inviter": invitation.inviter,
        "invitee": invitation.draft.invitee,
        "state": invitation.state.value,
        "expires": micros(invitation.expires_at),
    }


def _fund_columns(request: FundRequest) -> dict[str, Scalar]:
    return {
        "partner_id": request.partner_id,
        "allocation_id": request.draft.allocation_id,
        "created": micros(request.created_at),
    }


PARTNERS = Shelf(
    schema.partners,
    Partner,
    columns=_partner_columns,
)
PROGRAMS = Shelf(schema.programs, Program, columns=lambda _: {})
TERRITORIES = Shelf(schema.territories, Territory, columns=lambda _: {})
CERTIFICATIONS = Shelf(
    schema.certifications,
    Certification,
    columns=lambda item: {"partner_id": item.partner_id, "sort": item.expires.isoformat()},
)
ACCOUNTS = Shelf(
    schema.accounts,
    Account,
    columns=lambda item: {"sort": folded(item.customer.name), "identity": packed(item.customer)},
)
DEALS = Shelf(schema.deals, DealRegistration, columns=_deal_columns)
OPPORTUNITIES = Shelf(
    schema.opportunities,
    Opportunity,
    columns=lambda item: {"account_id": item.account_id, "outcome": item.outcome.value},
)
INVITATIONS = Shelf(schema.invitations, CoSellInvitation, columns=_invitation_columns)
ALLOCATIONS = Shelf(schema.allocations, FundAllocation, columns=lambda item: {"partner_id": item.partner_id})
FUND_REQUESTS = Shelf(schema.fund_requests, FundRequest, columns=_fund_columns)
