"""Operations on engagements and invitations."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import or_

from assistant.errors import Problem
from integrations.prm.aws_wire.engaged import (
    ENGAGEMENTS,
    INVITATIONS,
    PENDING,
    VENDOR,
    Engagement,
    Invitation,
    Seat,
    all_joined,
    amended,
    company,
    joined,
    started,
    status_of,
    summary,
)
from integrations.prm.aws_wire.listing import listed
from integrations.prm.aws_wire.refusal import STATE, Refusal, conflict, invalid, not_found
from integrations.prm.aws_wire.session import Document, Session, bare, chosen, moment, new_code, stamped
from integrations.prm.aws_wire.signature import partner_of
from integrations.prm.aws_wire.strict import MISSING, VALUE
from integrations.prm.aws_wire.tables import documents

MOST_CONTEXTS, MOST_MEMBERS = 5, 10


def create_engagement(session: Session, request: Document) -> Document:
    """A new engagement."""
    title, text = request.get("Title", ""), request.get("Description", "")
    made = started(session, title=title, description=text, contexts=request.get("Contexts", []))
    return {
        "Id": made.id,
        "Arn": session.arn(f"engagement/{made.id}"),
        "ModifiedAt": stamped(made.modified),
    }


def get_engagement(session: Session, request: Document) -> Document:
    """One engagement with its contexts."""
    found = joined(session, request["Identifier"])
    return {**summary(session, found), "Description": found.description, "Contexts": found.contexts}


def list_engagements(session: Session, request: Document) -> Document:
    """The caller's engagements."""
    wanted, by, not_by = (chosen(request, name) for name in ("EngagementIdentifier", "CreatedBy", "ExcludeCreatedBy"))
    kinds, other = chosen(request, "ContextTypes"), chosen(request, "ExcludeContextTypes")
    found = [
        each
        for each in all_joined(session)
        if (not wanted or each.id in wanted)
        and (not by or each.account_id in by)
        and each.account_id not in not_by
        and (not kinds or kinds & _types(each))
        and not other & _types(each)
    ]
    shown = [{**summary(session, each), "ContextTypes": sorted(_types(each))} for each in found]
    return listed(shown, request, name="EngagementSummaryList", by=lambda each: each["CreatedAt"])


def create_context(session: Session, request: Document) -> Document:
    """Another context of an engagement."""
    engagement = joined(session, request["EngagementIdentifier"])
    if len(engagement.contexts) >= MOST_CONTEXTS:
        raise Refusal("ServiceQuotaExceededException", f"An engagement has at most {MOST_CONTEXTS} contexts.")
    number = str(len(engagement.contexts) + 1)
    context = {"Id": number, "Type": request["Type"], "Payload": request["Payload"]}
    return _context(session, amended(session, engagement, contexts=[*engagement.contexts, context]), number)


def update_context(session: Session, request: Document) -> Document:
    """A context with other words; refused when the engagement changed since it was read."""
    engagement, number = joined(session, request["EngagementIdentifier"]), request["ContextIdentifier"]
    if moment(request["EngagementLastModifiedAt"]) != engagement.modified:
        raise conflict(f"Engagement {engagement.id} was modified at {stamped(engagement.modified)}; read it again.")
    known = next((each for each in engagement.contexts if each["Id"] == number), None)
    if known is None:
        raise not_found("context", number)
    if known["Type"] != request["Type"]:
        raise invalid(Problem("Type", VALUE, f"context {number} is a {known['Type']}"))
    payload = _merged(known["Payload"], request["Payload"])
    contexts = [{**each, "Payload": payload} if each is known else each for each in engagement.contexts]
    return _context(session, amended(session, engagement, contexts=contexts), number)


def list_members(session: Session, request: Document) -> Document:
    """Who is in an engagement."""
    found = joined(session, request["Identifier"])
    seats = [{"CompanyName": company(session, seat.partner_id), "AccountId": seat.account_id} for seat in found.members]
    return listed(seats, request, name="EngagementMemberList", by=lambda each: each["AccountId"])


def list_associations(session: Session, request: Document) -> Document:
    """Which opportunities belong to which engagement."""
    rows = [
        {
            "Catalog": session.catalog,
            "EngagementId": each.id,
            "ResourceType": "Opportunity",
            "ResourceId": resource,
            "CreatedBy": account,
        }
        for each in all_joined(session)
        for resource, account in each.resources.items()
    ]
    filters = {"EngagementIdentifier": "EngagementId", "ResourceIdentifier": "ResourceId", "CreatedBy": "CreatedBy"}
    for name, key in filters.items():
        rows = [row for row in rows if request.get(name) in {None, row[key]}]
    return listed(rows, request, name="EngagementResourceAssociationSummaries", by=lambda row: row["ResourceId"])


def create_invitation(session: Session, request: Document) -> Document:
    """Invite another partner into an engagement of one's own."""
    engagement = joined(session, request["EngagementIdentifier"])
    sent, account = request["Invitation"], request["Invitation"]["Receiver"]["Account"]["AwsAccountId"]
    invitee = VENDOR if account.casefold() == VENDOR else partner_of(session.unit, account)
    if not invitee or invitee in {seat.partner_id for seat in engagement.members}:
        message = "is no account that can be invited" if not invitee else "is a member already"
        raise invalid(Problem("Invitation.Receiver.Account.AwsAccountId", VALUE, message))
    if any(
        each.owner == invitee and status_of(session, each) == PENDING for each in INVITATIONS.on(session, engagement.id)
    ):
        raise conflict("That account was invited to this engagement already.")
    made = Invitation(
        id=new_code("engi-", 13),
        owner=invitee,
        about=engagement.id,
        modified=session.now,
        sender=session.caller.partner_id,
        sender_account=session.caller.account_id,
        receiver=sent["Receiver"],
        message=sent["Message"],
        payload=sent["Payload"],
        created=session.now,
        opportunity_id=next((key for key, by in engagement.resources.items() if by == session.caller.account_id), ""),
    )
    INVITATIONS.add(session, made)
    return {"Id": made.id, "Arn": invitation_arn(session, made)}


def get_invitation(session: Session, request: Document) -> Document:
    """One invitation. Until it is accepted, who is invited sees neither the other partners nor anybody's contacts."""
    found = _mine(session, request["Identifier"])
    engagement = _engagement(session, found)
    shown = {
        **_row(session, found),
        "InvitationMessage": found.message,
        "EngagementDescription": engagement.description,
        "Payload": found.payload,
    }
    if found.reason:
        shown["RejectionReason"] = found.reason
    if _open_to(session, found):
        shown["ExistingMembers"] = [{"CompanyName": company(session, seat.partner_id)} for seat in engagement.members]
    elif "OpportunityInvitation" in found.payload:
        told = {key: value for key, value in found.payload["OpportunityInvitation"].items() if key != "SenderContacts"}
        shown["Payload"] = {"OpportunityInvitation": told}
    return shown


def list_invitations(session: Session, request: Document) -> Document:
    """Invitations sent or received."""
    side, me = request["ParticipantType"], session.caller.partner_id
    mine = [each for each in _all_mine(session) if me == (each.sender if side == "SENDER" else each.owner)]
    rows = [{**_row(session, each), "ParticipantType": side} for each in mine]
    filters = {
        "Status": "Status",
        "PayloadType": "PayloadType",
        "EngagementIdentifier": "EngagementId",
        "SenderAwsAccountId": "SenderAwsAccountId",
    }
    for name, key in filters.items():
        rows = [row for row in rows if not chosen(request, name) or row.get(key) in chosen(request, name)]
    return listed(rows, request, name="EngagementInvitationSummaries", by=lambda row: row["InvitationDate"])


def accept_invitation(session: Session, request: Document) -> Document:
    """Join an engagement."""
    accepted(session, request["Identifier"])
    return {}


def reject_invitation(session: Session, request: Document) -> Document:
    """Decline an invitation; the vendor's referrals ask for the reason."""
    found = _received(session, request["Identifier"])
    reason = request.get("RejectionReason", "")
    if found.sender == VENDOR and not reason:
        raise invalid(Problem("RejectionReason", MISSING, "say why you decline the referral"))
    INVITATIONS.put(session, replace(found, status="REJECTED", reason=reason, modified=session.now))
    return {}


def accepted(session: Session, identifier: str) -> Invitation:
    """The invitation accepted, and the caller a member."""
    found = _received(session, identifier)
    engagement = _engagement(session, found)
    if len(engagement.members) >= MOST_MEMBERS:
        raise Refusal("ServiceQuotaExceededException", f"An engagement has at most {MOST_MEMBERS} members.")
    seat = Seat(session.caller.partner_id, session.caller.account_id)
    amended(session, engagement, members=[*engagement.members, seat])
    return INVITATIONS.put(session, replace(found, status="ACCEPTED", modified=session.now))


def invitation_arn(session: Session, invitation: Invitation) -> str:
    """The name of an invitation."""
    account = session.caller.account_id
    return f"arn:aws:partnercentral::{account}:{session.catalog}/engagement-invitation/{invitation.id}"


def _received(session: Session, identifier: str) -> Invitation:
    found = _mine(session, identifier)
    if found.owner != session.caller.partner_id:
        raise invalid(Problem("Identifier", STATE, "only who is invited answers an invitation"))
    if status_of(session, found) != PENDING:
        raise conflict(f"Invitation {found.id} is {status_of(session, found)} and cannot be answered.")
    return found


def _mine(session: Session, identifier: str) -> Invitation:
    found = INVITATIONS.find(session, bare(identifier))
    if found is None or session.caller.partner_id not in {found.owner, found.sender}:
        raise not_found("invitation", bare(identifier))
    return found


def _all_mine(session: Session) -> list[Invitation]:
    me = session.caller.partner_id
    sent = documents.c.body.contains(f'"sender":"{me}"', autoescape=True)
    return [
        each for each in INVITATIONS.all(session, or_(documents.c.owner == me, sent)) if me in {each.owner, each.sender}
    ]


def _open_to(session: Session, invitation: Invitation) -> bool:
    return invitation.sender == session.caller.partner_id or invitation.status == "ACCEPTED"


def _row(session: Session, invitation: Invitation) -> Document:
    row = {
        "Arn": invitation_arn(session, invitation),
        "PayloadType": next(iter(invitation.payload)),
        "Id": invitation.id,
        "EngagementId": invitation.about,
        "Status": status_of(session, invitation),
        "InvitationDate": stamped(invitation.created),
        "ExpirationDate": stamped(invitation.expires),
        "Receiver": invitation.receiver,
        "Catalog": session.catalog,
    }
    if _open_to(session, invitation) or invitation.sender == VENDOR:
        row["SenderAwsAccountId"] = invitation.sender_account
        row["SenderCompanyName"] = company(session, invitation.sender)
        row["EngagementTitle"] = _engagement(session, invitation).title
    return row


def _engagement(session: Session, invitation: Invitation) -> Engagement:
    return ENGAGEMENTS.find(session, invitation.about) or joined(session, invitation.about)


def _types(engagement: Engagement) -> set[str]:
    return {each["Type"] for each in engagement.contexts}


def _context(session: Session, engagement: Engagement, number: str) -> Document:
    return {
        "EngagementId": engagement.id,
        "EngagementArn": session.arn(f"engagement/{engagement.id}"),
        "EngagementLastModifiedAt": stamped(engagement.modified),
        "ContextId": number,
    }


def _merged(known: Document, update: Document) -> Document:
    """A lead's update names one interaction, which is added to those known; everything else is replaced."""
    if "Lead" not in update:
        return update
    lead = {key: value for key, value in update["Lead"].items() if key != "Interaction"}
    met = known["Lead"]["Interactions"]
    added = [update["Lead"]["Interaction"]] if "Interaction" in update["Lead"] else []
    return {"Lead": {**known["Lead"], **lead, "Interactions": [*met, *added][-10:]}}
