"""Engagements and the invitations into them, as they are kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from integrations.prm.aws_wire.opportunity import Opportunity
from integrations.prm.aws_wire.refusal import not_found
from integrations.prm.aws_wire.session import Document, Drawer, Session, after, bare, new_code, stamped
from integrations.prm.aws_wire.translation import ACCOUNT, ADDRESS, read
from integrations.prm.register.kept import PARTNERS

VENDOR = "aws"  # the account that referrals of the vendor come from
OPEN_FOR = timedelta(days=15)
PENDING, EXPIRED = "PENDING", "EXPIRED"


@dataclass(frozen=True, slots=True)
class Seat:
    """A member of an engagement."""

    partner_id: str
    account_id: str


@dataclass(frozen=True, slots=True)
class Engagement:
    """Partners who work together; `resources` are opportunity ids with the account that brought each."""

    id: str
    owner: str
    created: datetime
    modified: datetime
    title: str
    description: str
    account_id: str
    members: list[Seat]
    contexts: list[Document] = field(default_factory=list)
    resources: dict[str, str] = field(default_factory=dict)
    modified_by: str = ""

    @property
    def about(self) -> str:
        """Nothing."""
        return ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation into an engagement. `owner` is who is invited, `about` the engagement."""

    id: str
    owner: str
    about: str
    modified: datetime
    sender: str
    sender_account: str
    receiver: Document
    message: str
    payload: Document
    created: datetime
    status: str = PENDING
    reason: str = ""
    opportunity_id: str = ""

    @property
    def expires(self) -> datetime:
        """When it can no longer be answered."""
        return self.created + OPEN_FOR


ENGAGEMENTS = Drawer(Engagement, "engagement")
INVITATIONS = Drawer(Invitation, "invitation")


def joined(session: Session, identifier: str) -> Engagement:
    """The engagement, if the caller is a member; ResourceNotFoundException else."""
    found = ENGAGEMENTS.find(session, bare(identifier))
    if found is None or session.caller.partner_id not in {seat.partner_id for seat in found.members}:
        raise not_found("engagement", identifier)
    return found


def all_joined(session: Session) -> list[Engagement]:
    """Every engagement the caller is a member of."""
    mine = session.caller.partner_id
    return [each for each in ENGAGEMENTS.all(session) if mine in {seat.partner_id for seat in each.members}]


def started(session: Session, *, title: str, description: str, contexts: list[Document]) -> Engagement:
    """A new engagement of the caller's."""
    numbered = [{**each, "Id": str(number)} for number, each in enumerate(contexts, start=1)]
    seat = Seat(session.caller.partner_id, session.caller.account_id)
    engagement = Engagement(
        id=new_code("eng-", 14),
        owner=session.caller.partner_id,
        created=session.now,
        modified=session.now,
        title=title[:40],
        description=description[:255],
        account_id=session.caller.account_id,
        members=[seat],
        contexts=numbered,
        modified_by=session.caller.account_id,
    )
    return ENGAGEMENTS.add(session, engagement)


def amended(session: Session, engagement: Engagement, **changes: object) -> Engagement:
    """Keep an engagement with these changes and a later time."""
    stamp = {"modified": after(engagement.modified, session), "modified_by": session.caller.account_id}
    return ENGAGEMENTS.put(session, replace(engagement, **{**changes, **stamp}))  # type: ignore[arg-type]


def offer(session: Session, opportunity: Opportunity) -> Invitation:
    """The invitation by which a referral of the vendor reaches the partner, in an engagement of the vendor's."""
    title = read(opportunity.fields, "Project.Title")
    seat = Seat(VENDOR, VENDOR)
    engagement = Engagement(
        id=new_code("eng-", 14),
        owner=VENDOR,
        created=session.now,
        modified=session.now,
        title=title[:40],
        description="Referral",
        account_id=VENDOR,
        members=[seat],
        contexts=[customer_project(opportunity)],
        resources={opportunity.id: VENDOR},
        modified_by=VENDOR,
    )
    ENGAGEMENTS.add(session, engagement)
    receiver = {"Account": {"AwsAccountId": session.caller.account_id}}
    invitation = Invitation(
        id=new_code("engi-", 13),
        owner=session.caller.partner_id,
        about=engagement.id,
        modified=session.now,
        sender=VENDOR,
        sender_account=VENDOR,
        receiver=receiver,
        message=f"AWS shares {title} with you"[:255],
        payload={"OpportunityInvitation": invitation_payload(opportunity)},
        created=session.now,
        opportunity_id=opportunity.id,
    )
    return INVITATIONS.add(session, invitation)


def status_of(session: Session, invitation: Invitation) -> str:
    """Its status today."""
    ran_out = invitation.status == PENDING and session.now >= invitation.expires
    return EXPIRED if ran_out else invitation.status


def customer_of(fields: Document) -> Document:
    """What an engagement tells about the customer: the company, nobody's name."""
    return {
        "Industry": read(fields, f"{ACCOUNT}Industry"),
        "CompanyName": read(fields, f"{ACCOUNT}CompanyName"),
        "WebsiteUrl": read(fields, f"{ACCOUNT}WebsiteUrl"),
        "CountryCode": read(fields, f"{ADDRESS}CountryCode"),
    }


def customer_project(opportunity: Opportunity) -> Document:
    """The context of an engagement about an opportunity."""
    project = {
        "Title": read(opportunity.fields, "Project.Title"),
        "BusinessProblem": read(opportunity.fields, "Project.CustomerBusinessProblem"),
        "TargetCompletionDate": read(opportunity.fields, "LifeCycle.TargetCloseDate"),
    }
    payload = {"Customer": customer_of(opportunity.fields), "Project": project}
    return {"Id": "1", "Type": "CustomerProject", "Payload": {"CustomerProject": payload}}


def invitation_payload(opportunity: Opportunity) -> Document:
    """What an invitation tells about an opportunity."""
    project = customer_project(opportunity)["Payload"]["CustomerProject"]["Project"]
    spend = read(opportunity.fields, "Project.ExpectedCustomerSpend") or []
    return {
        "ReceiverResponsibilities": ["Co-Sell Facilitator"],
        "Customer": customer_of(opportunity.fields),
        "Project": {**project, "ExpectedCustomerSpend": spend},
    }


def company(session: Session, partner_id: str) -> str:
    """The name others see."""
    partner = PARTNERS.find(session.unit, partner_id)
    return "AWS" if partner_id == VENDOR else (partner.display_name if partner else partner_id)


def summary(session: Session, engagement: Engagement) -> Document:
    """An engagement in a list."""
    return {
        "Arn": session.arn(f"engagement/{engagement.id}"),
        "Id": engagement.id,
        "Title": engagement.title,
        "CreatedAt": stamped(engagement.created),
        "CreatedBy": engagement.account_id,
        "MemberCount": len(engagement.members),
        "ModifiedAt": stamped(engagement.modified),
        "ModifiedBy": engagement.modified_by,
    }
