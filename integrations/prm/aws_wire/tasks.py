"""Tasks that do several things at once, all or none, before the answer goes out; what went wrong is in the task."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.errors import LiaisonError
from integrations.prm.aws_wire.engaged import (
    VENDOR,
    amended,
    customer_project,
    joined,
    started,
)
from integrations.prm.aws_wire.engagements import accepted
from integrations.prm.aws_wire.listing import listed
from integrations.prm.aws_wire.opportunities import hand_in
from integrations.prm.aws_wire.opportunity import OPPORTUNITIES, Opportunity, kept, own_opportunity
from integrations.prm.aws_wire.refusal import Refusal, in_aws_words
from integrations.prm.aws_wire.session import Document, Drawer, Session, after, bare, chosen, new_code, stamped
from integrations.prm.aws_wire.snapshots import new_job, run
from integrations.prm.aws_wire.tags import keep_tags
from integrations.prm.aws_wire.translation import ACCOUNT, ADDRESS, write

TEMPLATE = "OpportunitySummary"
FROM_OPPORTUNITY, ACCEPTING, FROM_ENGAGEMENT = "from-opportunity", "accepting", "from-engagement"
FIELDS = {
    FROM_OPPORTUNITY: ("OpportunityId", "ResourceSnapshotJobId", "EngagementId", "EngagementInvitationId"),
    ACCEPTING: ("OpportunityId", "ResourceSnapshotJobId", "EngagementInvitationId"),
    FROM_ENGAGEMENT: ("OpportunityId", "ResourceSnapshotJobId", "EngagementId", "ContextId"),
}
FILTERS = {
    "TaskStatus": "TaskStatus",
    "TaskIdentifier": "TaskId",
    "OpportunityIdentifier": "OpportunityId",
    "EngagementIdentifier": "EngagementId",
    "EngagementInvitationIdentifier": "EngagementInvitationId",
    "ContextIdentifier": "ContextId",
}
Outcome = dict[str, str]


@dataclass(frozen=True, slots=True)
class Task:
    """Something done in several steps. `about` is its kind, `outcome` the ids it made or was about."""

    id: str
    owner: str
    about: str
    modified: datetime
    outcome: Outcome
    failure: str = ""
    code: str = ""


TASKS = Drawer(Task, "task")


def start_from_opportunity(session: Session, request: Document) -> Document:
    """Submit an opportunity in an engagement of its own, and keep a snapshot of it there."""

    def work() -> Outcome:
        opportunity = own_opportunity(session, request["Identifier"])
        submitted = hand_in(session, opportunity, request["AwsSubmission"])
        engagement_id = submitted.engagement_id or _engaged(session, submitted)
        job = run(session, new_job(session, engagement_id, submitted.id, template=TEMPLATE))
        return {"EngagementId": engagement_id, "ResourceSnapshotJobId": job.id}

    own_opportunity(session, request["Identifier"])
    about = {"OpportunityId": request["Identifier"]}
    return _done(session, FROM_OPPORTUNITY, request, work, about=about, code="OpportunitySubmissionFailed")


def start_by_accepting(session: Session, request: Document) -> Document:
    """Accept an invitation and take the opportunity over that it is about."""

    def work() -> Outcome:
        invitation = accepted(session, request["Identifier"])
        opportunity = _taken_over(session, invitation.opportunity_id, invitation.about, by=invitation.sender)
        if opportunity is None:
            return {}
        job = run(session, new_job(session, invitation.about, opportunity.id, template=TEMPLATE))
        return {"OpportunityId": opportunity.id, "ResourceSnapshotJobId": job.id}

    about = {"EngagementInvitationId": bare(request["Identifier"])}
    return _done(session, ACCEPTING, request, work, about=about, code="InvitationValidationFailed")


def start_from_engagement(session: Session, request: Document) -> Document:
    """An opportunity from a context of an engagement; the partner completes it before it submits."""

    def work() -> Outcome:
        engagement = joined(session, request["Identifier"])
        context = next((each for each in engagement.contexts if each["Id"] == request["ContextIdentifier"]), None)
        if context is None:
            raise Refusal("ResourceNotFoundException", f"There is no context {request['ContextIdentifier']}.")
        opportunity = OPPORTUNITIES.add(session, _from_context(session, context, engagement.id))
        amended(session, engagement, resources={**engagement.resources, opportunity.id: session.caller.account_id})
        job = run(session, new_job(session, engagement.id, opportunity.id, template=TEMPLATE))
        return {"OpportunityId": opportunity.id, "ResourceSnapshotJobId": job.id}

    engagement_id = joined(session, request["Identifier"]).id
    about = {"EngagementId": engagement_id, "ContextId": request["ContextIdentifier"]}
    return _done(session, FROM_ENGAGEMENT, request, work, about=about, code="ContextNotFound")


def list_tasks(kind: str) -> Callable[[Session, Document], Document]:
    """The operation that lists the caller's tasks of a kind."""

    def answer(session: Session, request: Document) -> Document:
        rows = [_shown(session, each) for each in TASKS.owned(session) if each.about == kind]
        for name, key in FILTERS.items():
            rows = [row for row in rows if not chosen(request, name) or row.get(key) in chosen(request, name)]
        return listed(rows, request, name="TaskSummaries", by=lambda row: row["StartTime"])

    return answer


def no_prospecting(_session: Session, _request: Document) -> Document:
    """Refused: nothing here looks for prospects on its own."""
    message = "Prospecting is done by agents of AWS; this Partner Central has none."
    raise Refusal("AccessDeniedException", message)


def _done(
    session: Session, kind: str, request: Document, work: Callable[[], Outcome], *, about: Outcome, code: str
) -> Document:
    """Do the work all or not at all, and keep what came of it."""
    failure = ""
    try:
        with session.unit.connection.begin_nested():
            outcome = {**about, **work()}
    except Refusal as refusal:
        outcome, failure = about, refusal.message
    except LiaisonError as error:
        outcome, failure = about, in_aws_words(error).message
    task = Task(
        id=new_code("task-", 13),
        owner=session.caller.partner_id,
        about=kind,
        modified=session.now,
        outcome=outcome,
        failure=failure,
        code=code if failure else "",
    )
    TASKS.add(session, task)
    keep_tags(session, session.arn(f"opportunity/{outcome.get('OpportunityId', '')}"), request.get("Tags", []))
    return _shown(session, task)


def _shown(session: Session, task: Task) -> Document:
    shown: Document = {key: task.outcome[key] for key in FIELDS[task.about] if key in task.outcome}
    shown |= {
        "TaskId": task.id,
        "TaskArn": session.arn(f"{task.about}-task/{task.id}"),
        "StartTime": stamped(task.modified),
        "TaskStatus": "FAILED" if task.failure else "COMPLETE",
    }
    return shown | ({"Message": task.failure, "ReasonCode": task.code} if task.failure else {})


def _engaged(session: Session, opportunity: Opportunity) -> str:
    """The id of a new engagement about an opportunity."""
    context = {key: value for key, value in customer_project(opportunity).items() if key != "Id"}
    title = str(context["Payload"]["CustomerProject"]["Project"]["Title"])
    engagement = started(session, title=title, description="", contexts=[context])
    amended(session, engagement, resources={opportunity.id: session.caller.account_id})
    kept(session, replace(opportunity, engagement_id=engagement.id))
    return engagement.id


def _taken_over(session: Session, opportunity_id: str, engagement_id: str, *, by: str) -> Opportunity | None:
    """The referral, now the caller's; or the caller's own copy of another's opportunity, without its contacts."""
    found = OPPORTUNITIES.find(session, opportunity_id) if opportunity_id else None
    if found is None:
        return None
    if by == VENDOR:
        mine = replace(
            found,
            offered=False,
            engagement_id=engagement_id,
            involvement="Co-Sell",
            visibility="Full",
            modified=after(found.modified, session),
        )
        return OPPORTUNITIES.put(session, mine)
    fields = {key: value for key, value in found.fields.items() if key != "PartnerOpportunityIdentifier"}
    fields["Customer"] = {"Account": found.fields.get("Customer", {}).get("Account", {})}
    copy = Opportunity(
        id=_new_id(),
        owner=session.caller.partner_id,
        created=session.now,
        modified=session.now,
        fields=fields,
        engagement_id=engagement_id,
    )
    amended(session, joined(session, engagement_id),
            resources={**joined(session, engagement_id).resources, copy.id: session.caller.account_id})  # fmt: skip
    return OPPORTUNITIES.add(session, copy)


def _from_context(session: Session, context: Document, engagement_id: str) -> Opportunity:
    known = context["Payload"].get("Lead") or context["Payload"].get("CustomerProject") or {}
    customer, project = known.get("Customer", {}), known.get("Project", {})
    met = (known.get("Interactions") or [{}])[-1]
    fields: Document = {}
    write(fields, f"{ACCOUNT}CompanyName", customer.get("CompanyName"))
    for name in ("Industry", "WebsiteUrl", "Address"):
        write(fields, f"{ACCOUNT}{name}", customer.get(name))
    write(
        fields, f"{ADDRESS}CountryCode", customer.get("CountryCode") or customer.get("Address", {}).get("CountryCode")
    )
    write(fields, "Project.Title", project.get("Title") or customer.get("CompanyName"))
    write(fields, "Project.CustomerBusinessProblem", project.get("BusinessProblem") or met.get("BusinessProblem"))
    write(fields, "LifeCycle.TargetCloseDate", project.get("TargetCompletionDate"))
    write(fields, "LifeCycle.Stage", "Prospect")
    return Opportunity(
        id=_new_id(),
        owner=session.caller.partner_id,
        created=session.now,
        modified=session.now,
        fields=fields,
        engagement_id=engagement_id,
    )


def _new_id() -> str:
    return f"O{secrets.randbelow(9 * 10**14) + 10**14}"
