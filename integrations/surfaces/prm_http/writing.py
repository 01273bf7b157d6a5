"""Writing: deals, invitations and funds, each write under its own key and on the version that was seen."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Response

from assistant.domain.cosell import CoSellInvitation, InvitationDraft
from assistant.domain.deals import DealChange, DealDraft, DealRegistration
from assistant.domain.deals_check import DealCheck
from assistant.domain.funds import FundDraft, FundRequest
from integrations.surfaces.prm_http.wire import (
    READ_PROBLEMS,
    WRITE_PROBLEMS,
    Alteration,
    Creation,
    PrmOf,
    Reader,
    sent,
    strictly,
)

router = APIRouter(responses=WRITE_PROBLEMS)
CREATED = HTTPStatus.CREATED


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is done."""

    reason: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was done with the customer."""

    evidence: str


@router.post(
    "/deals/check",
    response_model=DealCheck,
    tags=["deals"],
    dependencies=[strictly(DealDraft)],
    responses=READ_PROBLEMS,
)
async def check_deal(prm: PrmOf, who: Reader, draft: DealDraft) -> Response:
    """What would happen to this draft; writes nothing."""
    return sent(await prm.check_deal(draft, requester=who), DealCheck)


@router.post(
    "/deals",
    response_model=DealRegistration,
    status_code=CREATED,
    tags=["deals"],
    dependencies=[strictly(DealDraft)],
)
async def register_deal(prm: PrmOf, write: Creation, draft: DealDraft) -> Response:
    """Register and submit a deal; the rules decide at once where they can."""
    deal = await prm.register_deal(draft, write=write)
    return sent(deal, DealRegistration, status=CREATED, place=f"/v1/deals/{deal.id}")


@router.patch("/deals/{deal_id}", response_model=DealRegistration, tags=["deals"], dependencies=[strictly(DealChange)])
async def update_deal(prm: PrmOf, write: Alteration, deal_id: str, edit: DealChange) -> Response:
    """Change the fields that the body names; all others stay."""
    return sent(await prm.update_deal(deal_id, edit, write=write), DealRegistration)


@router.post(
    "/deals/{deal_id}/withdraw", response_model=DealRegistration, tags=["deals"], dependencies=[strictly(Reason)]
)
async def withdraw_deal(prm: PrmOf, write: Alteration, deal_id: str, body: Reason) -> Response:
    """Take a deal back."""
    return sent(await prm.withdraw_deal(deal_id, body.reason, write=write), DealRegistration)


@router.post(
    "/deals/{deal_id}/extend", response_model=DealRegistration, tags=["deals"], dependencies=[strictly(Evidence)]
)
async def extend_deal(prm: PrmOf, write: Alteration, deal_id: str, body: Evidence) -> Response:
    """Lengthen the protection."""
    return sent(await prm.extend_deal(deal_id, body.evidence, write=write), DealRegistration)


@router.post(
    "/deals/{deal_id}/appeal", response_model=DealRegistration, tags=["deals"], dependencies=[strictly(Reason)]
)
async def appeal_deal(prm: PrmOf, write: Alteration, deal_id: str, body: Reason) -> Response:
    """Ask for a second look at a rejected or expired deal; once."""
    return sent(await prm.appeal_deal(deal_id, body.reason, write=write), DealRegistration)


@router.post(
    "/invitations",
    response_model=CoSellInvitation,
    status_code=CREATED,
    tags=["invitations"],
    dependencies=[strictly(InvitationDraft)],
)
async def invite(prm: PrmOf, write: Creation, draft: InvitationDraft) -> Response:
    """Invite a partner into a deal you own."""
    return sent(await prm.invite(draft, write=write), CoSellInvitation, status=CREATED)


@router.post("/invitations/{invitation_id}/accept", response_model=CoSellInvitation, tags=["invitations"])
async def accept_invitation(prm: PrmOf, write: Alteration, invitation_id: str) -> Response:
    """Join a deal; from now on both sides see each other."""
    return sent(await prm.accept_invitation(invitation_id, write=write), CoSellInvitation)


@router.post(
    "/invitations/{invitation_id}/decline",
    response_model=CoSellInvitation,
    tags=["invitations"],
    dependencies=[strictly(Reason)],
)
async def decline_invitation(prm: PrmOf, write: Alteration, invitation_id: str, body: Reason) -> Response:
    """Refuse an invitation; the reason has at most 80 characters."""
    return sent(await prm.decline_invitation(invitation_id, body.reason, write=write), CoSellInvitation)


@router.post(
    "/fund-requests",
    response_model=FundRequest,
    status_code=CREATED,
    tags=["funds"],
    dependencies=[strictly(FundDraft)],
)
async def request_funds(prm: PrmOf, write: Creation, draft: FundDraft) -> Response:
    """Ask for market development funds; never more than is available."""
    return sent(await prm.request_funds(draft, write=write), FundRequest, status=CREATED)
