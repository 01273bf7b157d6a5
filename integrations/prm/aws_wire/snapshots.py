"""Resource snapshots: what the members of an engagement see of each other's opportunities."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from integrations.prm.aws_wire.engaged import amended, joined
from integrations.prm.aws_wire.listing import listed
from integrations.prm.aws_wire.opportunity import Opportunity, own_opportunity, related_entities, stage_of, status_of
from integrations.prm.aws_wire.refusal import conflict, not_found
from integrations.prm.aws_wire.session import Document, Drawer, Session, new_code, stamped
from integrations.prm.aws_wire.tags import keep_tags

VIEWED = ("DeliveryModels", "ExpectedCustomerSpend", "ExpectedContractDuration", "CustomerUseCase", "SalesActivities",
          "OtherSolutionDescription")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An opportunity at a moment. `about` is the engagement."""

    id: str
    owner: str
    about: str
    modified: datetime
    account_id: str
    resource: str
    template: str
    revision: int
    payload: Document


@dataclass(frozen=True, slots=True)
class Job:
    """Takes a snapshot whenever it is started. `about` is the engagement."""

    id: str
    owner: str
    about: str
    modified: datetime
    resource: str
    template: str
    created: datetime
    running: bool = False
    last: datetime | None = None


SNAPSHOTS = Drawer(Snapshot, "snapshot")
JOBS = Drawer(Job, "resource snapshot job")


def create_snapshot(session: Session, request: Document) -> Document:
    """A snapshot of the caller's opportunity for an engagement."""
    made = taken(session, request["EngagementIdentifier"], request["ResourceIdentifier"],
                 template=request["ResourceSnapshotTemplateIdentifier"])  # fmt: skip
    return {"Arn": _arn(session, made), "Revision": made.revision}


def taken(session: Session, engagement_id: str, resource: str, *, template: str) -> Snapshot:
    """A new revision of a snapshot."""
    engagement = joined(session, engagement_id)
    opportunity = own_opportunity(session, resource)
    if resource not in engagement.resources:
        amended(session, engagement, resources={**engagement.resources, resource: session.caller.account_id})
    earlier = [each for each in SNAPSHOTS.on(session, engagement.id) if _same(each, resource, template)]
    made = Snapshot(
        id=new_code("snap-", 13),
        owner=session.caller.partner_id,
        about=engagement.id,
        modified=session.now,
        account_id=session.caller.account_id,
        resource=resource,
        template=template,
        revision=1 + max((each.revision for each in earlier), default=0),
        payload=_view(opportunity),
    )
    return SNAPSHOTS.add(session, made)


def get_snapshot(session: Session, request: Document) -> Document:
    """A snapshot, the newest revision unless one is named."""
    engagement = joined(session, request["EngagementIdentifier"])
    resource, template = request["ResourceIdentifier"], request["ResourceSnapshotTemplateIdentifier"]
    found = [each for each in SNAPSHOTS.on(session, engagement.id) if _same(each, resource, template)]
    found = [each for each in found if request.get("Revision") in {None, each.revision}]
    if not found:
        raise not_found("snapshot of", resource)
    newest = max(found, key=lambda each: each.revision)
    return {
        **_row(session, newest),
        "Catalog": session.catalog,
        "CreatedAt": stamped(newest.modified),
        "EngagementId": newest.about,
        "Payload": {"OpportunitySummary": newest.payload},
        "TargetMemberAccounts": [seat.account_id for seat in engagement.members],
    }


def list_snapshots(session: Session, request: Document) -> Document:
    """The snapshots of an engagement."""
    rows = [_row(session, each) for each in SNAPSHOTS.on(session, joined(session, request["EngagementIdentifier"]).id)]
    filters = {
        "ResourceIdentifier": "ResourceId",
        "ResourceSnapshotTemplateIdentifier": "ResourceSnapshotTemplateName",
        "CreatedBy": "CreatedBy",
    }
    for name, key in filters.items():
        rows = [row for row in rows if request.get(name) in {None, row[key]}]
    return listed(rows, request, name="ResourceSnapshotSummaries", by=lambda row: f"{row['Revision']:09d}")


def create_job(session: Session, request: Document) -> Document:
    """A job that is stopped."""
    job = new_job(session, request["EngagementIdentifier"], request["ResourceIdentifier"],
                  template=request["ResourceSnapshotTemplateIdentifier"])  # fmt: skip
    keep_tags(session, _job_arn(session, job), request.get("Tags", []))
    return {"Id": job.id, "Arn": _job_arn(session, job)}


def new_job(session: Session, engagement_id: str, resource: str, *, template: str) -> Job:
    """A job for the caller's opportunity."""
    engagement, opportunity = joined(session, engagement_id), own_opportunity(session, resource)
    if any(_same(each, resource, template) for each in JOBS.on(session, engagement.id)):
        raise conflict("There is such a job in this engagement already.")
    job = Job(
        id=new_code("job-", 13),
        owner=session.caller.partner_id,
        about=engagement.id,
        modified=session.now,
        resource=opportunity.id,
        template=template,
        created=session.now,
    )
    return JOBS.add(session, job)


def start_job(session: Session, request: Document) -> Document:
    """Let a job run: it takes a snapshot now."""
    job = JOBS.own(session, request["ResourceSnapshotJobIdentifier"])
    run(session, job)
    return {}


def run(session: Session, job: Job) -> Job:
    """The job running, with a snapshot taken."""
    taken(session, job.about, job.resource, template=job.template)
    return JOBS.put(session, replace(job, running=True, last=session.now, modified=session.now))


def stop_job(session: Session, request: Document) -> Document:
    """Stop a job."""
    job = JOBS.own(session, request["ResourceSnapshotJobIdentifier"])
    JOBS.put(session, replace(job, running=False, modified=session.now))
    return {}


def delete_job(session: Session, request: Document) -> Document:
    """Forget a job that is stopped."""
    job = JOBS.own(session, request["ResourceSnapshotJobIdentifier"])
    if job.running:
        raise conflict(f"Job {job.id} is running; stop it first.")
    JOBS.remove(session, job.id)
    return {}


def get_job(session: Session, request: Document) -> Document:
    """One job."""
    job = JOBS.own(session, request["ResourceSnapshotJobIdentifier"])
    shown = {
        **_job_row(session, job),
        "Catalog": session.catalog,
        "ResourceType": "Opportunity",
        "ResourceId": job.resource,
        "ResourceArn": session.arn(f"opportunity/{job.resource}"),
        "ResourceSnapshotTemplateName": job.template,
        "CreatedAt": stamped(job.created),
    }
    return shown | ({"LastSuccessfulExecutionDate": stamped(job.last)} if job.last else {})


def list_jobs(session: Session, request: Document) -> Document:
    """The caller's jobs."""
    rows = [_job_row(session, each) for each in JOBS.owned(session)]
    for name, key in {"EngagementIdentifier": "EngagementId", "Status": "Status"}.items():
        rows = [row for row in rows if request.get(name) in {None, row[key]}]
    return listed(rows, request, name="ResourceSnapshotJobSummaries", by=lambda row: row["Id"])


def _view(opportunity: Opportunity) -> Document:
    """What other members see: no contact of the customer's."""
    fields = opportunity.fields
    shown: Document = {key: fields[key] for key in ("OpportunityType", "PrimaryNeedsFromAws") if key in fields}
    cycle = {
        key: value for key, value in fields.get("LifeCycle", {}).items() if key in {"TargetCloseDate", "NextSteps"}
    }
    return {
        **shown,
        "Lifecycle": {**cycle, "Stage": stage_of(opportunity), "ReviewStatus": status_of(opportunity)},
        "Customer": {"Account": fields.get("Customer", {}).get("Account", {})},
        "Project": {key: value for key, value in fields.get("Project", {}).items() if key in VIEWED},
        "RelatedEntityIdentifiers": related_entities(opportunity),
    }


def _same(kept: Snapshot | Job, resource: str, template: str) -> bool:
    return kept.resource == resource and kept.template == template


def _row(session: Session, snapshot: Snapshot) -> Document:
    return {
        "Arn": _arn(session, snapshot),
        "Revision": snapshot.revision,
        "ResourceType": "Opportunity",
        "ResourceId": snapshot.resource,
        "ResourceSnapshotTemplateName": snapshot.template,
        "CreatedBy": snapshot.account_id,
    }


def _job_row(session: Session, job: Job) -> Document:
    status = "Running" if job.running else "Stopped"
    return {"Id": job.id, "Arn": _job_arn(session, job), "EngagementId": job.about, "Status": status}


def _arn(session: Session, snapshot: Snapshot) -> str:
    place = f"engagement/{snapshot.about}/Opportunity/{snapshot.resource}/{snapshot.template}"
    return session.arn(f"resource-snapshot/{place}/{snapshot.revision}")


def _job_arn(session: Session, job: Job) -> str:
    return session.arn(f"resource-snapshot-job/{job.id}")
