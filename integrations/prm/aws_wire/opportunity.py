"""An opportunity as the wire keeps it: Partner Central's document, and beside it the canonical deal."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import delete, insert

from assistant.domain.deals import DealDraft, DealRegistration, DealState
from integrations.prm.aws_wire.editability import ACTION_REQUIRED, APPROVED, IN_REVIEW, PENDING, REJECTED, SUBMITTED
from integrations.prm.aws_wire.refusal import not_found
from integrations.prm.aws_wire.session import Document, Drawer, Session, stamped
from integrations.prm.aws_wire.tables import opportunities
from integrations.prm.aws_wire.translation import draft_of, read
from integrations.prm.register import schema
from integrations.prm.register.database import micros
from integrations.prm.register.kept import CERTIFICATIONS, DEALS

S = DealState
STATUS = {
    S.DRAFT: PENDING,
    S.SUBMITTED: SUBMITTED,
    S.IN_REVIEW: IN_REVIEW,
    S.ACTION_REQUIRED: ACTION_REQUIRED,
    S.REJECTED: REJECTED,
    S.DUPLICATE: REJECTED,
    S.WITHDRAWN: REJECTED,
    S.VOID: REJECTED,
}
SEPARATOR = "\x1f"  # between a partner's id and its reference; PostgreSQL keeps no zero in a text
REASONS = {S.DUPLICATE: "Duplicate", S.WITHDRAWN: "Withdrawn", S.VOID: "Void", S.REJECTED: "Rejected"}


@dataclass(frozen=True, slots=True)
class Step:
    """A next step and when it was written."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Opportunity:
    """Partner Central's record of an opportunity; `fields` is the partner's part of the document.

    `deal` is the deal itself in the Sandbox, where the register has none; else `deal_id` names it in the register.
    `offered` tells a referral that the partner did not accept yet.
    """

    id: str
    owner: str
    created: datetime
    modified: datetime
    fields: Document
    origin: str = "Partner Referral"
    team: list[Document] = field(default_factory=list)
    related: dict[str, list[str]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    involvement: str = ""
    visibility: str = ""
    engagement_id: str = ""
    deal_id: str = ""
    deal: DealRegistration | None = None
    offered: bool = False

    @property
    def about(self) -> str:
        """The partner's own reference, unique among its opportunities."""
        ref = self.fields.get("PartnerOpportunityIdentifier")
        return f"{self.owner}{SEPARATOR}{ref}" if ref else ""

    @property
    def solutions(self) -> list[str]:
        """The ids of the associated solutions."""
        return self.related.get("Solutions", [])


class OpportunityDrawer(Drawer[Opportunity]):
    """All opportunities, and beside each document what it is listed by."""

    NAME = "opportunity"

    def __init__(self) -> None:
        super().__init__(Opportunity, self.NAME)

    def add(self, session: Session, record: Opportunity) -> Opportunity:
        """See Drawer."""
        self._enter(session, record)
        return super().add(session, record)

    def put(self, session: Session, record: Opportunity) -> Opportunity:
        """See Drawer."""
        here = (opportunities.c.tenant == session.caller.tenant, opportunities.c.catalog == session.catalog)
        session.unit.connection.execute(delete(opportunities).where(*here, opportunities.c.id == record.id))
        self._enter(session, record)
        return super().put(session, record)

    @staticmethod
    def columns(record: Opportunity) -> dict[str, str | int]:
        """What it is listed by."""
        return {
            "id": record.id,
            "owner": record.owner,
            "deal_id": record.deal_id,
            "modified": micros(record.modified) // 1000,
            "created": micros(record.created) // 1000,
            "company": str(read(record.fields, "Customer.Account.CompanyName") or "").casefold(),
            "close": str(read(record.fields, "LifeCycle.TargetCloseDate") or ""),
            "stage": stage_of(record),
            "status": status_of(record),
        }

    def _enter(self, session: Session, record: Opportunity) -> None:
        if not record.offered:
            values = {"tenant": session.caller.tenant, "catalog": session.catalog, **self.columns(record)}
            session.unit.connection.execute(insert(opportunities).values(**values))


OPPORTUNITIES = OpportunityDrawer()


def own_opportunity(session: Session, opportunity_id: str) -> Opportunity:
    """The caller's opportunity as it stands; ResourceNotFoundException for others' and for referrals not accepted."""
    found = OPPORTUNITIES.own(session, opportunity_id)
    if found.offered:
        raise not_found("opportunity", opportunity_id)
    return current(session, found)


def current(session: Session, opportunity: Opportunity) -> Opportunity:
    """The opportunity together with its deal, whose later changes by the vendor's people count as its own."""
    deal = DEALS.find(session.unit, opportunity.deal_id) if opportunity.deal_id else opportunity.deal
    if deal is None:
        return opportunity
    floor = deal.updated_at.replace(microsecond=deal.updated_at.microsecond // 1000 * 1000)
    return replace(opportunity, deal=deal, modified=max(opportunity.modified, floor))


def kept(session: Session, opportunity: Opportunity) -> Opportunity:
    """Keep an opportunity in its place; the deal stays in the register where there is one."""
    OPPORTUNITIES.put(session, replace(opportunity, deal=None) if opportunity.deal_id else opportunity)
    return opportunity


def status_of(opportunity: Opportunity) -> str:
    """Where its review stands."""
    if opportunity.deal is None:
        return PENDING if opportunity.origin == "Partner Referral" else APPROVED
    return review_of(opportunity.deal.state)


def review_of(state: DealState) -> str:
    """The review status of a deal in this state."""
    return STATUS.get(state, APPROVED)


def stage_of(opportunity: Opportunity) -> str:
    """Its sales stage."""
    return str(read(opportunity.fields, "LifeCycle.Stage") or "Prospect")


def draft_from(session: Session, opportunity: Opportunity) -> DealDraft:
    """The deal it describes. An opportunity without a reference of the partner's own is known by its id."""
    document = {**opportunity.fields, "OpportunityTeam": opportunity.team}
    document.setdefault("PartnerOpportunityIdentifier", opportunity.id)
    names = solutions_of(session)
    product = names.get(opportunity.solutions[0], opportunity.solutions[0]) if opportunity.solutions else ""
    return draft_of(document, product=product, origin=opportunity.origin)


def solutions_of(session: Session) -> dict[str, str]:
    """The caller's solutions, id to product: one for each product that it holds a certificate for."""
    held = CERTIFICATIONS.all(session.unit, schema.certifications.c.partner_id == session.caller.partner_id)
    return {solution_id(each.product): each.product for each in held}


def solution_id(product: str) -> str:
    """The id of the solution that a product is: the same for every partner that sells it."""
    return f"S-{int.from_bytes(hashlib.sha256(product.encode()).digest()[:6]):07d}"


def related_entities(opportunity: Opportunity) -> Document:
    """The associated solutions, products and offers."""
    return {name: list(values) for name, values in opportunity.related.items() if values}


def lifecycle(opportunity: Opportunity) -> Document:
    """The life cycle with the review's outcome."""
    shown = {**opportunity.fields.get("LifeCycle", {}), "Stage": stage_of(opportunity)}
    shown["ReviewStatus"] = status_of(opportunity)
    deal = opportunity.deal
    if deal is not None and shown["ReviewStatus"] in {ACTION_REQUIRED, REJECTED}:
        shown["ReviewComments"] = deal.comment
        shown["ReviewStatusReason"] = REASONS.get(deal.state, "Information needed")
    if opportunity.steps:
        shown["NextStepsHistory"] = [{"Value": each.text, "Time": stamped(each.at)} for each in opportunity.steps[-50:]]
    return shown


def whole(session: Session, opportunity: Opportunity) -> Document:
    """The answer of GetOpportunity."""
    shown = {**opportunity.fields, "LifeCycle": lifecycle(opportunity)}
    shown |= {
        "Catalog": session.catalog,
        "Id": opportunity.id,
        "Arn": session.arn(f"opportunity/{opportunity.id}"),
        "CreatedDate": stamped(opportunity.created),
        "LastModifiedDate": stamped(opportunity.modified),
        "RelatedEntityIdentifiers": related_entities(opportunity),
    }
    if opportunity.team:
        shown["OpportunityTeam"] = opportunity.team
    return shown
