"""Operations on opportunities: create, update, read, submit, assign."""

from __future__ import annotations

import secrets
from dataclasses import replace

from assistant.errors import Problem
from integrations.prm.aws_wire import engaged
from integrations.prm.aws_wire.conditions import Facts, flaws_of, submission_flaws
from integrations.prm.aws_wire.editability import (
    ACTION_REQUIRED,
    APPROVED,
    FOR_CREATE,
    PENDING,
    editable_by,
    locked,
    taken_over,
)
from integrations.prm.aws_wire.opportunity import (
    OPPORTUNITIES,
    Opportunity,
    Step,
    kept,
    own_opportunity,
    stage_of,
    status_of,
    whole,
)
from integrations.prm.aws_wire.refusal import DUPLICATE, STATE, conflict, invalid
from integrations.prm.aws_wire.review import followed, plays_reviewer, simulated, submitted
from integrations.prm.aws_wire.session import Document, Session, after, moment, stamped
from integrations.prm.aws_wire.strict import ENUM
from integrations.prm.aws_wire.tags import keep_tags
from integrations.prm.aws_wire.translation import read, write

SELLER = ("LifeCycle.Stage", "LifeCycle.NextSteps", "LifeCycle.TargetCloseDate", "Project.ExpectedCustomerSpend")
REFERRAL = "AWS Referral"


def create_opportunity(session: Session, request: Document) -> Document:
    """A new opportunity, not submitted yet. In the Sandbox the origin may be AWS: then it comes as an invitation."""
    origin = request.get("Origin", "Partner Referral")
    if origin == REFERRAL and not session.sandbox:
        raise invalid(Problem("Origin", ENUM, "only the Sandbox makes referrals of AWS; use Partner Referral"))
    fields = taken_over({}, request, FOR_CREATE)
    fields.setdefault("OpportunityType", "Net New Business")
    write(fields, "LifeCycle.Stage", "Prospect")
    if fields["OpportunityType"] == "Net New Business":
        write(fields, "Project.RelatedOpportunityIdentifier", None)
    opportunity = Opportunity(
        id=f"O{secrets.randbelow(9 * 10**14) + 10**14}",
        owner=session.caller.partner_id,
        created=session.now,
        modified=session.now,
        fields=fields,
        origin=origin,
        team=request.get("OpportunityTeam", []),
        steps=_steps([], "", fields, session),
        offered=origin == REFERRAL,
    )
    _require_sound(session, opportunity, before=None)
    _require_new_reference(session, opportunity)
    OPPORTUNITIES.add(session, opportunity)
    if origin == REFERRAL:
        engaged.offer(session, opportunity)
    keep_tags(session, session.arn(f"opportunity/{opportunity.id}"), request.get("Tags", []))
    ref = fields.get("PartnerOpportunityIdentifier")
    return _receipt(opportunity) | ({"PartnerOpportunityIdentifier": ref} if ref else {})


def update_opportunity(session: Session, request: Document) -> Document:
    """The opportunity as the request has it: what is left out is emptied, what is locked stays."""
    before = own_opportunity(session, request["Identifier"])
    if moment(request["LastModifiedDate"]) != before.modified:
        raise conflict(f"Opportunity {before.id} was modified at {stamped(before.modified)}; read it again.")
    asked = read(request, "LifeCycle.ReviewStatus")
    if plays_reviewer(session, before, asked):
        changed = _reviewed(session, before, request)
    else:
        changed = _edited(session, before, request)
    return _receipt(kept(session, replace(changed, modified=after(before.modified, session))))


def get_opportunity(session: Session, request: Document) -> Document:
    """One opportunity."""
    return whole(session, own_opportunity(session, request["Identifier"]))


def submit_opportunity(session: Session, request: Document) -> Document:
    """Hand an opportunity in for review."""
    hand_in(session, own_opportunity(session, request["Identifier"]), request)
    return {}


def hand_in(session: Session, opportunity: Opportunity, submission: Document) -> Opportunity:
    """The opportunity submitted with this involvement. Raises Refusal when it is not complete or was submitted."""
    if status_of(opportunity) != PENDING:
        message = f"is {status_of(opportunity)}; only what is Pending Submission can be submitted"
        raise invalid(Problem("LifeCycle.ReviewStatus", STATE, message))
    involvement = submission["InvolvementType"]
    facts = _facts(session, opportunity, before=None, involvement=involvement)
    problems = (*flaws_of(facts), *submission_flaws(facts, solutions=len(opportunity.solutions)))
    if problems:
        raise invalid(*problems)
    fields = {**opportunity.fields, "LifeCycle": dict(opportunity.fields["LifeCycle"])}
    if involvement == "For Visibility Only":
        write(fields, "LifeCycle.NextSteps", None)
    prepared = replace(
        opportunity,
        fields=fields,
        involvement=involvement,
        visibility=submission.get("Visibility", "Full"),
        modified=after(opportunity.modified, session),
    )
    return kept(session, submitted(session, prepared))


def assign_opportunity(session: Session, request: Document) -> Document:
    """Give an opportunity to another person of the partner's: the first of its team."""
    opportunity = own_opportunity(session, request["Identifier"])
    open_fields = editable_by(session.partner, status_of(opportunity), stage_of(opportunity))
    if not open_fields or status_of(opportunity) == ACTION_REQUIRED or stage_of(opportunity) == "Launched":
        raise invalid(Problem("Identifier", STATE, f"cannot be assigned while it is {status_of(opportunity)}"))
    owner = request["Assignee"]
    team = [owner, *(each for each in opportunity.team if each.get("Email") != owner["Email"])][:10]
    kept(session, followed(session, replace(opportunity, team=team, modified=after(opportunity.modified, session))))
    return {}


def _edited(session: Session, before: Opportunity, request: Document) -> Opportunity:
    open_fields = editable_by(session.partner, status_of(before), stage_of(before))
    if status_of(before) not in {PENDING, ACTION_REQUIRED, APPROVED}:
        raise invalid(Problem("LifeCycle.ReviewStatus", STATE, f"is {status_of(before)}; nothing can be changed now"))
    problems = locked(before.fields, request, open_fields) if status_of(before) == ACTION_REQUIRED else ()
    if problems:
        raise invalid(*problems)
    fields = taken_over(before.fields, request, open_fields)
    if not read(fields, "LifeCycle.Stage"):
        write(fields, "LifeCycle.Stage", stage_of(before))
    steps = _steps(before.steps, read(before.fields, "LifeCycle.NextSteps") or "", fields, session)
    changed = replace(before, fields=fields, steps=steps)
    _require_sound(session, changed, before=before)
    if changed.about != before.about:
        _require_new_reference(session, changed)
    return followed(session, changed)


def _reviewed(session: Session, before: Opportunity, request: Document) -> Opportunity:
    fields = {**before.fields, "LifeCycle": dict(before.fields["LifeCycle"])}
    for path in SELLER:
        if read(request, path):
            write(fields, path, read(request, path))
    steps = _steps(before.steps, read(before.fields, "LifeCycle.NextSteps") or "", fields, session)
    seen = replace(before, fields=fields, steps=steps)
    _require_sound(session, seen, before=before)
    comment = read(request, "LifeCycle.ReviewComments") or ""
    return simulated(session, seen, str(read(request, "LifeCycle.ReviewStatus")), comment)


def _steps(steps: list[Step], before: str, fields: Document, session: Session) -> list[Step]:
    text = read(fields, "LifeCycle.NextSteps") or ""
    return [*steps, Step(text, session.now)] if text and text != before else steps


def _facts(session: Session, opportunity: Opportunity, *, before: Opportunity | None, involvement: str = "") -> Facts:
    return Facts(
        document=opportunity.fields,
        today=session.now.date(),
        before=before.fields if before else None,
        partner=session.partner,
        own=lambda other: _owns(session, other),
        marketplace=bool(opportunity.related.get("AwsMarketplaceOffers")),
        involvement=involvement or opportunity.involvement,
    )


def _owns(session: Session, opportunity_id: str) -> bool:
    found = OPPORTUNITIES.find(session, opportunity_id)
    return found is not None and found.owner == session.caller.partner_id


def _require_sound(session: Session, opportunity: Opportunity, *, before: Opportunity | None) -> None:
    problems = flaws_of(_facts(session, opportunity, before=before))
    if problems:
        raise invalid(*problems)


def _require_new_reference(session: Session, opportunity: Opportunity) -> None:
    twins = OPPORTUNITIES.on(session, opportunity.about) if opportunity.about else []
    if any(each.id != opportunity.id for each in twins):
        ref = opportunity.fields["PartnerOpportunityIdentifier"]
        message = f"{ref!r} is your reference of another opportunity"
        raise invalid(Problem("PartnerOpportunityIdentifier", DUPLICATE, message))


def _receipt(opportunity: Opportunity) -> Document:
    return {"Id": opportunity.id, "LastModifiedDate": stamped(opportunity.modified)}
