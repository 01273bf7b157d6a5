"""Invitations and engagements in Partner Central. Its invitations carry no version: their status is one."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import datetime

from assistant.domain.cosell import CoSellInvitation, CoSellRole, Engagement, InvitationDraft, InvitationState, Member
from assistant.errors import InvalidRecord, NotAllowedInState, Problem, RecordNotFound, StaleVersion
from assistant.ports.prm import Page, Window, Write
from integrations.prm.aws_wire.engaged import customer_of
from integrations.prm.aws_wire.translation import Document, read
from integrations.prm.partner_central.caller import Caller
from integrations.prm.partner_central.deal import failure_of
from integrations.prm.partner_central.intents import Intents
from integrations.prm.register.database import Database
from integrations.prm.register.shelf import checked_limit, not_found

LARGEST = 100
SIDES = ("SENDER", "RECEIVER")
RESPONSIBILITIES = {
    CoSellRole.DELIVERY: "Services Partner",
    CoSellRole.TECHNICAL: "Software Partner",
    CoSellRole.REFERRAL: "Facilitator",
    CoSellRole.LEAD: "Co-Sell Facilitator",
}


class CoSell:
    """Invitations sent and received by the partners whose credentials are at hand."""

    def __init__(self, caller: Caller, database: Database) -> None:
        self._caller = caller
        self._intents: Intents[CoSellInvitation] = Intents(database, CoSellInvitation)

    async def invitations(self, partner_id: str, window: Window) -> Page[CoSellInvitation]:
        """Sent ones, then received ones. The cursor names the side and Partner Central's own token."""
        size = min(checked_limit(window.limit), LARGEST)
        side, token = _read_cursor(window.cursor)
        asked: Document = {"ParticipantType": side, "MaxResults": size, **({"NextToken": token} if token else {})}
        page = await self._caller.read(partner_id, "ListEngagementInvitations", **asked)
        items = [await self._get(partner_id, each["Id"]) for each in page["EngagementInvitationSummaries"]]
        if page.get("NextToken"):
            return Page(tuple(items), _cursor(side, page["NextToken"]))
        if side == SIDES[0]:
            return Page(tuple(items), _cursor(SIDES[1], ""))
        return Page(tuple(items))

    async def invite(self, partner_id: str, draft: InvitationDraft, write: Write) -> CoSellInvitation:
        """Invite an AWS account into the engagement of a deal."""
        intent = await asyncio.to_thread(self._intents.begin, write, "invite", "", draft)
        if intent.outcome is not None:
            return intent.outcome
        deal = await self._deal(partner_id, draft.deal_id)
        engagement = await self._engagement_of(partner_id, draft.deal_id)
        made = await self._caller.write(
            partner_id,
            "CreateEngagementInvitation",
            ClientToken=intent.token,
            EngagementIdentifier=engagement,
            Invitation={
                "Message": draft.message,
                "Receiver": {"Account": {"AwsAccountId": draft.invitee}},
                "Payload": {"OpportunityInvitation": _payload(deal, draft.role)},
            },
        )
        return await self._ended(partner_id, made["Id"], write)

    async def accept(self, partner_id: str, invitation_id: str, write: Write) -> CoSellInvitation:
        """Accept an invitation; the opportunity it is about becomes the partner's."""
        intent = await asyncio.to_thread(self._intents.begin, write, "accept", invitation_id, "")
        if intent.outcome is not None:
            return intent.outcome
        if not await self._answered(partner_id, invitation_id, write, InvitationState.ACCEPTED, resumed=intent.resumed):
            task = await self._caller.write(
                partner_id,
                "StartEngagementByAcceptingInvitationTask",
                ClientToken=intent.token,
                Identifier=invitation_id,
            )
            if message := failure_of(task):
                raise _refused(message)
        return await self._ended(partner_id, invitation_id, write)

    async def decline(self, partner_id: str, invitation_id: str, reason: str, write: Write) -> CoSellInvitation:
        """Decline an invitation."""
        intent = await asyncio.to_thread(self._intents.begin, write, "decline", invitation_id, reason)
        if intent.outcome is not None:
            return intent.outcome
        if not await self._answered(partner_id, invitation_id, write, InvitationState.REJECTED, resumed=intent.resumed):
            await self._caller.write(
                partner_id, "RejectEngagementInvitation", Identifier=invitation_id, RejectionReason=reason
            )
        return await self._ended(partner_id, invitation_id, write)

    async def engagement(self, partner_id: str, deal_id: str) -> Engagement:
        """Who sells a deal together, by account number."""
        identifier = await self._engagement_of(partner_id, deal_id)
        seats: list[Document] = []
        token = ""
        while True:
            more = {"NextToken": token} if token else {}
            page = await self._caller.read(partner_id, "ListEngagementMembers", Identifier=identifier, **more)
            seats += page["EngagementMemberList"]
            token = page.get("NextToken", "")
            if not token:
                break
        owner = (await self._caller.read(partner_id, "GetEngagement", Identifier=identifier)).get("CreatedBy")
        members = (
            Member(each["AccountId"], CoSellRole.LEAD if each["AccountId"] == owner else CoSellRole.DELIVERY)
            for each in seats
        )
        return Engagement(deal_id=deal_id, members=tuple(members))

    async def _answered(
        self, partner_id: str, invitation_id: str, write: Write, state: InvitationState, *, resumed: bool
    ) -> bool:
        """Whether an earlier attempt gave this answer already. Raises StaleVersion, NotAllowedInState."""
        found = await self._get(partner_id, invitation_id)
        if resumed and found.state is state:
            return True
        if found.state is not InvitationState.PENDING:
            raise _refused(f"invitation {invitation_id} is {found.state} and cannot be answered")
        if found.version != write.expected_version:
            message = f"{invitation_id} is no longer at version {write.expected_version!r}."
            raise StaleVersion(message, problems=(Problem("version", "stale_version", message, retryable=True),))
        return False

    async def _get(self, partner_id: str, invitation_id: str) -> CoSellInvitation:
        try:
            found = await self._caller.read(partner_id, "GetEngagementInvitation", Identifier=invitation_id)
        except (RecordNotFound, InvalidRecord):
            raise not_found("CoSellInvitation", invitation_id) from None
        return invitation_of(found)

    async def _deal(self, partner_id: str, deal_id: str) -> Document:
        try:
            return await self._caller.read(partner_id, "GetOpportunity", Identifier=deal_id)
        except (RecordNotFound, InvalidRecord):
            raise not_found("DealRegistration", deal_id) from None

    async def _engagement_of(self, partner_id: str, deal_id: str) -> str:
        found = await self._caller.read(partner_id, "ListEngagementResourceAssociations", ResourceIdentifier=deal_id)
        rows = found["EngagementResourceAssociationSummaries"]
        if not rows:
            raise _refused(f"deal {deal_id} has no engagement; it has one once it is submitted")
        return str(rows[0]["EngagementId"])

    async def _ended(self, partner_id: str, invitation_id: str, write: Write) -> CoSellInvitation:
        outcome = await self._get(partner_id, invitation_id)
        return await asyncio.to_thread(self._intents.ended, write, outcome)


def invitation_of(document: Document) -> CoSellInvitation:
    """The invitation that an answer of GetEngagementInvitation describes; what it hides is empty."""
    payload = document.get("Payload") or {}
    told = payload.get("OpportunityInvitation") or payload.get("LeadInvitation") or {}
    customer, project = told.get("Customer") or {}, told.get("Project") or {}
    roles = {text: role for role, text in RESPONSIBILITIES.items()}
    named = next(iter(told.get("ReceiverResponsibilities") or ()), "")
    sent = datetime.fromisoformat(document.get("InvitationDate") or "1970-01-01T00:00:00Z")
    return CoSellInvitation(
        id=document["Id"],
        draft=InvitationDraft(
            deal_id="",
            invitee=read(document, "Receiver.Account.AwsAccountId") or "",
            role=roles.get(named, CoSellRole.DELIVERY),
            message=document.get("InvitationMessage") or "",
        ),
        inviter=document.get("SenderAwsAccountId") or "",
        state=InvitationState(str(document.get("Status") or "PENDING").lower()),
        created_at=sent,
        expires_at=datetime.fromisoformat(document.get("ExpirationDate") or sent.isoformat()),
        country=customer.get("CountryCode") or "",
        industry=customer.get("Industry") or "",
        product=project.get("Title") or "",
        customer_name=customer.get("CompanyName") or "",
        reason=document.get("RejectionReason") or "",
        version=str(document.get("Status") or ""),
    )


def _payload(deal: Document, role: CoSellRole) -> Document:
    project = {
        "Title": read(deal, "Project.Title"),
        "BusinessProblem": read(deal, "Project.CustomerBusinessProblem"),
        "TargetCompletionDate": read(deal, "LifeCycle.TargetCloseDate"),
        "ExpectedCustomerSpend": read(deal, "Project.ExpectedCustomerSpend") or [],
    }
    return {"ReceiverResponsibilities": [RESPONSIBILITIES[role]], "Customer": customer_of(deal), "Project": project}


def _refused(message: str) -> NotAllowedInState:
    return NotAllowedInState(message, problems=(Problem(field="state", code="illegal_event", message=message),))


def _cursor(side: str, token: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([side, token]).encode()).decode()


def _read_cursor(cursor: str) -> tuple[str, str]:
    if not cursor:
        return SIDES[0], ""
    try:
        side, token = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
    except ValueError:
        side, token = "", ""
    if side not in SIDES or not isinstance(token, str):
        raise InvalidRecord.of(Problem(field="cursor", code="malformed", message="is not a cursor of an earlier page"))
    return side, token
