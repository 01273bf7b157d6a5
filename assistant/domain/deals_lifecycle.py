"""The life of a deal registration as pure functions: which event is allowed where, and what it changes.

draft ─submit→ submitted ─claim→ in_review ─approve→ approved ─protect→ active ─win→ won · lose→ lost · lapse→ expired
submitted | in_review ─ask→ action_required ─submit→ submitted; ─reject→ rejected; ─mark_duplicate→ duplicate
approved | active ─reopen→ in_review (audit) or ─annul→ void; active ─extend→ active
rejected | expired ─appeal (once)→ in_review; every other end state is final.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum

from assistant.domain.deals import DealChange, DealRegistration, DealState, SalesStage
from assistant.errors import NotAllowedInState, Problem

S = DealState


class DealEvent(StrEnum):
    """What can happen to a registration."""

    SUBMIT = "submit"
    CLAIM = "claim"
    APPROVE = "approve"
    PROTECT = "protect"
    ASK = "ask"
    REJECT = "reject"
    MARK_DUPLICATE = "mark_duplicate"
    WITHDRAW = "withdraw"
    EXTEND = "extend"
    WIN = "win"
    LOSE = "lose"
    LAPSE = "lapse"
    REOPEN = "reopen"
    ANNUL = "annul"
    APPEAL = "appeal"


E = DealEvent
TRANSITIONS: dict[tuple[DealState, DealEvent], DealState] = {
    (S.DRAFT, E.SUBMIT): S.SUBMITTED,
    (S.DRAFT, E.WITHDRAW): S.WITHDRAWN,
    (S.SUBMITTED, E.CLAIM): S.IN_REVIEW,
    (S.SUBMITTED, E.APPROVE): S.APPROVED,
    (S.SUBMITTED, E.REJECT): S.REJECTED,
    (S.SUBMITTED, E.ASK): S.ACTION_REQUIRED,
    (S.SUBMITTED, E.MARK_DUPLICATE): S.DUPLICATE,
    (S.SUBMITTED, E.WITHDRAW): S.WITHDRAWN,
    (S.IN_REVIEW, E.APPROVE): S.APPROVED,
    (S.IN_REVIEW, E.REJECT): S.REJECTED,
    (S.IN_REVIEW, E.ASK): S.ACTION_REQUIRED,
    (S.IN_REVIEW, E.MARK_DUPLICATE): S.DUPLICATE,
    (S.IN_REVIEW, E.WITHDRAW): S.WITHDRAWN,
    (S.ACTION_REQUIRED, E.SUBMIT): S.SUBMITTED,
    (S.ACTION_REQUIRED, E.WITHDRAW): S.WITHDRAWN,
    (S.ACTION_REQUIRED, E.LAPSE): S.EXPIRED,
    (S.APPROVED, E.PROTECT): S.ACTIVE,
    (S.APPROVED, E.REOPEN): S.IN_REVIEW,
    (S.APPROVED, E.WITHDRAW): S.WITHDRAWN,
    (S.APPROVED, E.ANNUL): S.VOID,
    (S.ACTIVE, E.EXTEND): S.ACTIVE,
    (S.ACTIVE, E.WIN): S.WON,
    (S.ACTIVE, E.LOSE): S.LOST,
    (S.ACTIVE, E.LAPSE): S.EXPIRED,
    (S.ACTIVE, E.REOPEN): S.IN_REVIEW,
    (S.ACTIVE, E.WITHDRAW): S.WITHDRAWN,
    (S.ACTIVE, E.ANNUL): S.VOID,
    (S.REJECTED, E.APPEAL): S.IN_REVIEW,
    (S.EXPIRED, E.APPEAL): S.IN_REVIEW,
}
TERMINAL = frozenset({S.WON, S.LOST, S.REJECTED, S.DUPLICATE, S.WITHDRAWN, S.EXPIRED, S.VOID})
OPEN = frozenset(DealState) - TERMINAL
PROTECTED = frozenset({S.APPROVED, S.ACTIVE})
ALL_FIELDS = frozenset(field.name for field in fields(DealChange))
SELLING = frozenset(
    {"stage", "next_steps", "value", "target_close", "comments", "delivery", "lost_reason", "use_case", "activities"}
)
EDITABLE: dict[DealState, frozenset[str]] = {
    S.DRAFT: ALL_FIELDS,
    S.ACTION_REQUIRED: frozenset({"customer", "target_close", "value", "problem", "contact", "comments", "needs"}),
    S.APPROVED: SELLING,
    S.ACTIVE: SELLING,
    S.WON: frozenset({"delivery", "comments"}),
}
PROGRESS = frozenset({"stage", "next_steps"})
ENDS = {SalesStage.LAUNCHED: E.WIN, SalesStage.CLOSED_LOST: E.LOSE}
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Periods:
    """How long things last under the rules of the day; `appeals` and `extensions` are counts.

    `activity` is how soon after approval the partner must report progress to keep its protection; zero asks for none.
    """

    protection: timedelta
    extension: timedelta
    answer: timedelta
    appeal: timedelta
    activity: timedelta = timedelta(0)
    extensions: int = 1
    appeals: int = 1


def editable_fields(state: DealState) -> frozenset[str]:
    """The fields of DealChange that may be changed in this state."""
    return EDITABLE.get(state, NOTHING)


def allowed_events(deal: DealRegistration) -> frozenset[DealEvent]:
    """What the lifecycle allows next, before any rule of engagement is asked."""
    return frozenset(event for state, event in TRANSITIONS if state is deal.state)


def advance(
    deal: DealRegistration, event: DealEvent, *, now: datetime, periods: Periods, actor: str, comment: str = ""
) -> DealRegistration:
    """The registration after this event, with its clocks set. Raises NotAllowedInState."""
    target = TRANSITIONS.get((deal.state, event))
    if target is None:
        raise _refused(deal, event, f"a deal in state {deal.state} allows {_listed(deal)}")
    _check_counts(deal, event, now=now, periods=periods)
    moved = replace(deal, state=target, updated_at=now, comment=comment or deal.comment, due_at=None)
    if target is S.SUBMITTED:
        return replace(moved, submitted_at=now, decided_at=None)
    if target is S.ACTION_REQUIRED:
        return replace(moved, due_at=now + periods.answer)
    if event is E.APPEAL:
        return replace(moved, appeals=deal.appeals + 1, decided_at=None, protected_until=None)
    if event is E.REOPEN:
        return replace(moved, decided_at=None, protected_until=None)
    if target in {S.APPROVED, S.REJECTED, S.DUPLICATE, S.VOID}:
        return replace(moved, decided_at=now, decided_by=actor)
    return _protected(moved, event, now=now, periods=periods)


def _protected(deal: DealRegistration, event: DealEvent, *, now: datetime, periods: Periods) -> DealRegistration:
    if event is E.PROTECT:
        until = now + periods.protection
        duty = now + periods.activity if periods.activity else until
        return replace(deal, protected_until=until, due_at=min(until, duty))
    if event is E.EXTEND and deal.protected_until is not None:
        until = deal.protected_until + periods.extension
        return replace(deal, protected_until=until, due_at=until, extensions=deal.extensions + 1)
    return deal


def _check_counts(deal: DealRegistration, event: DealEvent, *, now: datetime, periods: Periods) -> None:
    if event is E.EXTEND and deal.extensions >= periods.extensions:
        raise _refused(deal, event, f"its protection was already extended {deal.extensions} time(s)")
    if event is E.APPEAL and deal.appeals >= periods.appeals:
        raise _refused(deal, event, f"it was already appealed {deal.appeals} time(s)")
    if event is E.APPEAL and now - deal.updated_at > periods.appeal:
        raise _refused(deal, event, f"an appeal is possible for {periods.appeal.days} days, until then only")
    if event is E.LAPSE and (deal.due_at is None or now < deal.due_at):
        raise _refused(deal, event, f"it runs until {deal.due_at}")


def change(deal: DealRegistration, edit: DealChange, *, now: datetime) -> DealRegistration:
    """The registration with these fields changed; reported progress meets the activity duty.

    Raises NotAllowedInState, naming each locked field.
    """
    locked = sorted(edit.names - editable_fields(deal.state))
    if locked:
        open_fields = ", ".join(sorted(editable_fields(deal.state))) or "none"
        reason = f"cannot be changed while the deal is {deal.state}; ask only for what may change now: {open_fields}"
        problems = tuple(Problem(field=name, code="field_locked", message=reason) for name in locked)
        raise NotAllowedInState(f"{', '.join(locked)} {reason}", problems=problems)
    due = deal.protected_until if deal.state is S.ACTIVE and edit.names & PROGRESS else deal.due_at
    return replace(deal, draft=edit.applied_to(deal.draft), updated_at=now, due_at=due)


def overdue(deal: DealRegistration, *, now: datetime) -> bool:
    """Whether the current state has run out and LAPSE is due."""
    return deal.due_at is not None and now >= deal.due_at and (deal.state, E.LAPSE) in TRANSITIONS


def _listed(deal: DealRegistration) -> str:
    return ", ".join(sorted(allowed_events(deal))) or "nothing more"


def _refused(deal: DealRegistration, event: DealEvent, reason: str) -> NotAllowedInState:
    message = f"cannot {event} deal {deal.id}: {reason}"
    return NotAllowedInState(message, problems=(Problem(field="state", code="illegal_event", message=message),))
