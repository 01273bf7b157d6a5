"""The channel manager's side: the queue, the decisions, and why they were made."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Response

from assistant.domain.deals import DealRegistration
from assistant.domain.deals_check import Conflict, Decision
from assistant.domain.funds import FundRequest, FundState
from assistant.ports.prm import Page
from integrations.surfaces.prm_http.wire import WRITE_PROBLEMS, Decider, DeskOf, Ruling, Slice, sent, strictly
from integrations.surfaces.prm_http.writing import Reason

router = APIRouter(responses=WRITE_PROBLEMS, tags=["desk"])


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval; `exception` is the reason for overruling the rules, and is recorded."""

    exception: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What the partner is asked."""

    question: str


@dataclass(frozen=True, slots=True)
class Original:
    """The registration that another one repeats."""

    of: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a deal ended."""

    won: bool


@dataclass(frozen=True, slots=True)
class FundDecision:
    """What becomes of a fund request."""

    state: FundState
    comment: str = ""


@router.get("/queue", response_model=Page[DealRegistration])
async def queue(desk: DeskOf, who: Decider, window: Slice) -> Response:
    """Registrations that wait for a decision, the longest waiting first."""
    return sent(await desk.queue(requester=who, window=window), Page[DealRegistration])


@router.get("/deals/{deal_id}/conflicts", response_model=tuple[Conflict, ...])
async def conflicts(desk: DeskOf, who: Decider, deal_id: str) -> Response:
    """Which other registrations seem to mean the same customer."""
    return sent(await desk.conflicts(deal_id, requester=who), tuple[Conflict, ...])


@router.get("/deals/{deal_id}/decisions", response_model=tuple[Decision, ...])
async def decisions(desk: DeskOf, who: Decider, deal_id: str) -> Response:
    """Every decision of the rules, oldest first."""
    return sent(await desk.decisions(deal_id, requester=who), tuple[Decision, ...])


@router.get("/deals/{deal_id}/replay", response_model=tuple[Decision, ...])
async def replay(desk: DeskOf, who: Decider, deal_id: str) -> Response:
    """The same decisions made again from the facts, the clock and the rules of their day."""
    return sent(await desk.replay(deal_id, requester=who), tuple[Decision, ...])


@router.post("/deals/{deal_id}/approve", response_model=DealRegistration, dependencies=[strictly(Approval)])
async def approve(desk: DeskOf, write: Ruling, deal_id: str, body: Approval) -> Response:
    """Approve and protect. First approved wins."""
    return sent(await desk.approve(deal_id, write=write, exception=body.exception), DealRegistration)


@router.post("/deals/{deal_id}/reject", response_model=DealRegistration, dependencies=[strictly(Reason)])
async def reject(desk: DeskOf, write: Ruling, deal_id: str, body: Reason) -> Response:
    """Refuse, with the reason the partner reads."""
    return sent(await desk.reject(deal_id, body.reason, write=write), DealRegistration)


@router.post("/deals/{deal_id}/ask", response_model=DealRegistration, dependencies=[strictly(Question)])
async def ask(desk: DeskOf, write: Ruling, deal_id: str, body: Question) -> Response:
    """Ask the partner for information."""
    return sent(await desk.ask(deal_id, body.question, write=write), DealRegistration)


@router.post("/deals/{deal_id}/duplicate", response_model=DealRegistration, dependencies=[strictly(Original)])
async def mark_duplicate(desk: DeskOf, write: Ruling, deal_id: str, body: Original) -> Response:
    """Close as a duplicate of another registration, which the partner does not get to know."""
    return sent(await desk.mark_duplicate(deal_id, body.of, write=write), DealRegistration)


@router.post("/deals/{deal_id}/reopen", response_model=DealRegistration, dependencies=[strictly(Reason)])
async def reopen(desk: DeskOf, write: Ruling, deal_id: str, body: Reason) -> Response:
    """Take an approval back into review."""
    return sent(await desk.reopen(deal_id, body.reason, write=write), DealRegistration)


@router.post("/deals/{deal_id}/close", response_model=DealRegistration, dependencies=[strictly(Outcome)])
async def close(desk: DeskOf, write: Ruling, deal_id: str, body: Outcome) -> Response:
    """Record that an active deal was won or lost."""
    return sent(await desk.close(deal_id, won=body.won, write=write), DealRegistration)


@router.post("/fund-requests/{request_id}/decision", response_model=FundRequest, dependencies=[strictly(FundDecision)])
async def decide_funds(desk: DeskOf, write: Ruling, request_id: str, body: FundDecision) -> Response:
    """Approve, reject, ask about, pay or cancel a fund request."""
    decided = await desk.decide_funds(request_id, body.state, write=write, comment=body.comment)
    return sent(decided, FundRequest)
