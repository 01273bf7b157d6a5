"""Reading: partners, accounts, deals, invitations, funds, opportunities, changes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from assistant.domain.accounts import Account
from assistant.domain.cosell import CoSellInvitation, Engagement, Opportunity
from assistant.domain.deals import DealRegistration, DealState
from assistant.domain.funds import FundBalance, FundRequest
from assistant.domain.partners import Certification, Partner, TierProgress
from assistant.ports.prm import LARGEST_PAGE, Change, DealQuery, Page, PartnerQuery
from integrations.surfaces.prm_http.wire import READ_PROBLEMS, PrmOf, Reader, Slice, sent

router = APIRouter(responses=READ_PROBLEMS)
Text = Annotated[str, Query(max_length=255)]
Id = Annotated[str, Query(max_length=120)]


@router.get("/partners", response_model=Page[Partner], tags=["partners"])
async def find_partners(
    prm: PrmOf, who: Reader, window: Slice, *, text: Text = "", country: Id = "", tier: Id = ""
) -> Response:
    """Partners by display name: your own whole, others by their public profile."""
    query = PartnerQuery(text=text, country=country, tier=tier)
    return sent(await prm.find_partners(query, requester=who, window=window), Page[Partner])


@router.get("/partners/{partner_id}", response_model=Partner, tags=["partners"])
async def get_partner(prm: PrmOf, who: Reader, partner_id: str) -> Response:
    """One partner."""
    return sent(await prm.get_partner(partner_id, requester=who), Partner)


@router.get("/partners/{partner_id}/certifications", response_model=tuple[Certification, ...], tags=["partners"])
async def certifications(prm: PrmOf, who: Reader, partner_id: str) -> Response:
    """All certificates, the expired ones too, by expiry."""
    return sent(await prm.certifications(partner_id, requester=who), tuple[Certification, ...])


@router.get("/partners/{partner_id}/tier-progress", response_model=TierProgress, tags=["partners"])
async def tier_progress(prm: PrmOf, who: Reader, partner_id: str) -> Response:
    """What the partner has and what the next tier asks for."""
    return sent(await prm.tier_progress(partner_id, requester=who), TierProgress)


@router.get("/partners/{partner_id}/funds", response_model=tuple[FundBalance, ...], tags=["funds"])
async def fund_balance(prm: PrmOf, who: Reader, partner_id: str) -> Response:
    """What is left of each allocation."""
    return sent(await prm.fund_balance(partner_id, requester=who), tuple[FundBalance, ...])


@router.get("/accounts", response_model=Page[Account], tags=["accounts"])
async def find_accounts(prm: PrmOf, who: Reader, window: Slice, *, text: Text = "") -> Response:
    """Customers by name; a partner finds those it has a deal with."""
    return sent(await prm.find_accounts(text, requester=who, window=window), Page[Account])


@router.get("/accounts/{account_id}", response_model=Account, tags=["accounts"])
async def get_account(prm: PrmOf, who: Reader, account_id: str) -> Response:
    """One customer."""
    return sent(await prm.get_account(account_id, requester=who), Account)


@router.get("/deals", response_model=Page[DealRegistration], tags=["deals"])
async def find_deals(
    prm: PrmOf,
    who: Reader,
    window: Slice,
    *,
    text: Text = "",
    state: DealState | None = None,
    partner_id: Id = "",
    account_id: Id = "",
) -> Response:
    """Deals you may see, the one changed last first."""
    query = DealQuery(text=text, state=state, partner_id=partner_id, account_id=account_id)
    return sent(await prm.find_deals(query, requester=who, window=window), Page[DealRegistration])


@router.get("/deals/{deal_id}", response_model=DealRegistration, tags=["deals"])
async def get_deal(prm: PrmOf, who: Reader, deal_id: str) -> Response:
    """One deal; its ETag is what If-Match of the next change takes."""
    return sent(await prm.get_deal(deal_id, requester=who), DealRegistration)


@router.get("/deals/{deal_id}/team", response_model=Engagement, tags=["invitations"])
async def engagement(prm: PrmOf, who: Reader, deal_id: str) -> Response:
    """Who sells the deal together."""
    return sent(await prm.engagement(deal_id, requester=who), Engagement)


@router.get("/invitations", response_model=Page[CoSellInvitation], tags=["invitations"])
async def invitations(prm: PrmOf, who: Reader, window: Slice) -> Response:
    """Invitations sent and received; received ones are masked until accepted."""
    return sent(await prm.invitations(requester=who, window=window), Page[CoSellInvitation])


@router.get("/fund-requests", response_model=Page[FundRequest], tags=["funds"])
async def fund_requests(prm: PrmOf, who: Reader, window: Slice) -> Response:
    """Fund requests, newest first."""
    return sent(await prm.fund_requests(requester=who, window=window), Page[FundRequest])


@router.get("/opportunities", response_model=Page[Opportunity], tags=["opportunities"])
async def opportunities(prm: PrmOf, who: Reader, window: Slice) -> Response:
    """Opportunities with their team and how they ended."""
    return sent(await prm.opportunities(requester=who, window=window), Page[Opportunity])


@router.get("/changes", response_model=tuple[Change, ...], tags=["changes"])
async def changes(
    prm: PrmOf,
    who: Reader,
    *,
    since: Annotated[int, Query(ge=0, le=2**62, description="The last `seq` you know.")] = 0,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 100,
) -> Response:
    """What happened after `since`, oldest first."""
    return sent(await prm.changes(since=since, requester=who, limit=limit), tuple[Change, ...])
