"""The review behind an opportunity: the register and its rules of engagement, or in the Sandbox the caller itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from assistant.domain.deals import DealRegistration, DealState
from assistant.domain.deals_lifecycle import ENDS, DealEvent, Periods, advance
from assistant.errors import Problem
from integrations.prm.aws_wire.editability import ACTION_REQUIRED, APPROVED, IN_REVIEW, REJECTED, SUBMITTED
from integrations.prm.aws_wire.opportunity import Opportunity, draft_from, status_of
from integrations.prm.aws_wire.refusal import STATE, invalid
from integrations.prm.aws_wire.session import Session
from integrations.prm.register import registration

E = DealEvent
SANDBOX = Periods(
    protection=timedelta(days=90), extension=timedelta(days=60), answer=timedelta(days=14), appeal=timedelta(days=60)
)
REVIEWER = "sandbox"
DECISIONS = {
    IN_REVIEW: (E.CLAIM,),
    ACTION_REQUIRED: (E.ASK,),
    REJECTED: (E.REJECT,),
    APPROVED: (E.APPROVE, E.PROTECT),
}


def submitted(session: Session, opportunity: Opportunity) -> Opportunity:
    """The opportunity handed in for review. The rules of engagement may decide it at once, or refuse it."""
    draft = draft_from(session, opportunity)
    if not session.sandbox:
        deal = registration.register(session.unit, draft, session.partner, session.books)
        return replace(opportunity, deal_id=deal.id, deal=deal)
    deal = DealRegistration(
        id=opportunity.id,
        partner_id=opportunity.owner,
        draft=draft,
        state=DealState.DRAFT,
        created_at=session.now,
        updated_at=session.now,
    )
    return replace(opportunity, deal=_moved(session, deal, E.SUBMIT))


def followed(session: Session, opportunity: Opportunity) -> Opportunity:
    """The opportunity whose deal says what its document says now.

    It is handed in again if action was required, and ended by its last stage.
    """
    deal = opportunity.deal
    if deal is None:
        return opportunity
    draft = draft_from(session, opportunity)
    if draft == deal.draft and deal.state is not DealState.ACTION_REQUIRED:
        return opportunity
    if not session.sandbox:
        return replace(opportunity, deal=registration.rewrite(session.unit, deal, draft, books=session.books))
    after = replace(deal, draft=draft, updated_at=session.now)
    if deal.state is DealState.ACTION_REQUIRED:
        after = _moved(session, after, E.SUBMIT)
    elif draft.stage in ENDS and deal.state is DealState.ACTIVE:
        after = _moved(session, after, ENDS[draft.stage])
    return replace(opportunity, deal=after)


def simulated(session: Session, opportunity: Opportunity, status: str, comment: str) -> Opportunity:
    """The opportunity after the caller played the reviewer, as the Sandbox allows."""
    deal = opportunity.deal
    if deal is None or status_of(opportunity) not in {SUBMITTED, IN_REVIEW} or status not in DECISIONS:
        message = f"a review that is {status_of(opportunity)} cannot become {status}"
        raise invalid(Problem("LifeCycle.ReviewStatus", STATE, message))
    for event in DECISIONS[status]:
        deal = _moved(session, deal, event, comment=comment)
    return replace(opportunity, deal=deal)


def plays_reviewer(session: Session, opportunity: Opportunity, status: str | None) -> bool:
    """Whether an update asks the Sandbox for another review status, as only a reviewer may."""
    waiting = status_of(opportunity) in {SUBMITTED, IN_REVIEW}
    return session.sandbox and waiting and status not in {None, "", status_of(opportunity)}


def _moved(session: Session, deal: DealRegistration, event: DealEvent, *, comment: str = "") -> DealRegistration:
    return advance(deal, event, now=session.now, periods=SANDBOX, actor=REVIEWER, comment=comment)
