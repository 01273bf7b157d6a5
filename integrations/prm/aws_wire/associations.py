"""What an opportunity is associated with: solutions, products, offers; and how the vendor sees it."""

from __future__ import annotations

from dataclasses import replace

from assistant.errors import Problem
from integrations.prm.aws_wire.editability import APPROVED, PENDING, editable_by
from integrations.prm.aws_wire.model import shape
from integrations.prm.aws_wire.opportunity import (
    Opportunity,
    kept,
    own_opportunity,
    related_entities,
    solutions_of,
    stage_of,
    status_of,
)
from integrations.prm.aws_wire.refusal import DUPLICATE, STATE, Refusal, invalid, not_found
from integrations.prm.aws_wire.review import followed
from integrations.prm.aws_wire.session import Document, Session, after
from integrations.prm.aws_wire.strict import FORMAT, VALUE, compiled
from integrations.prm.aws_wire.translation import read
from integrations.prm.register.kept import CERTIFICATIONS, OPPORTUNITIES
from integrations.prm.register.registration import RULES

MOST = {"Solutions": 10, "AwsProducts": 20, "AwsMarketplaceOffers": 1}
SHAPES = {
    "AwsMarketplaceOffers": "AwsMarketplaceOfferIdentifier",
    "AwsMarketplaceOfferSets": "AwsMarketplaceOfferSetIdentifier",
    "AwsMarketplaceSolutions": "AwsMarketplaceSolutionIdentifier",
    "AwsMarketplaceProducts": "AwsMarketplaceProductArn",
}
MARKET = "AwsMarketplaceOffers"


def associate(session: Session, request: Document) -> Document:
    """Associate an opportunity with a solution, a product or an offer."""
    opportunity = own_opportunity(session, request["OpportunityIdentifier"])
    kind, identifier = request["RelatedEntityType"], request["RelatedEntityIdentifier"]
    _require_open(session, opportunity, kind)
    _require_known(session, kind, identifier)
    known = opportunity.related.get(kind, [])
    if identifier in known:
        raise invalid(Problem("RelatedEntityIdentifier", DUPLICATE, f"{identifier} is associated already"))
    if len(known) >= MOST.get(kind, len(known) + 1):
        raise Refusal("ValidationException", f"An opportunity has at most {MOST[kind]} {kind}.",
                      reason="BUSINESS_VALIDATION_FAILED")  # fmt: skip
    return _kept(session, opportunity, kind, [*known, identifier])


def disassociate(session: Session, request: Document) -> Document:
    """Take an association back; a submitted opportunity keeps at least one solution or a described one."""
    opportunity = own_opportunity(session, request["OpportunityIdentifier"])
    kind, identifier = request["RelatedEntityType"], request["RelatedEntityIdentifier"]
    _require_open(session, opportunity, kind)
    known = opportunity.related.get(kind, [])
    if identifier not in known:
        raise not_found(f"association with {kind}", identifier)
    left = [each for each in known if each != identifier]
    described = read(opportunity.fields, "Project.OtherSolutionDescription")
    if kind == "Solutions" and not left and not described and status_of(opportunity) != PENDING:
        message = "is the last solution; associate another one first"
        raise invalid(Problem("RelatedEntityIdentifier", STATE, message))
    return _kept(session, opportunity, kind, left)


def aws_summary(session: Session, request: Document) -> Document:
    """How the vendor sees an opportunity. Who works on it there is told once it is approved."""
    opportunity = own_opportunity(session, request["RelatedOpportunityIdentifier"])
    cycle = {
        key: value
        for key, value in opportunity.fields.get("LifeCycle", {}).items()
        if key in {"TargetCloseDate", "NextSteps"}
    }
    shown = {
        "Catalog": session.catalog,
        "RelatedOpportunityId": opportunity.id,
        "Origin": opportunity.origin,
        "LifeCycle": {**cycle, "Stage": stage_of(opportunity)},
        "RelatedEntityIds": {
            key: value for key, value in related_entities(opportunity).items() if key in {"AwsProducts", "Solutions"}
        },
        "Project": {"ExpectedCustomerSpend": read(opportunity.fields, "Project.ExpectedCustomerSpend") or []},
    }
    if opportunity.involvement:
        shown |= {"InvolvementType": opportunity.involvement, "Visibility": opportunity.visibility}
    decided_by = opportunity.deal.decided_by if opportunity.deal is not None else ""
    if status_of(opportunity) == APPROVED and decided_by not in {"", RULES}:
        name = decided_by.rpartition(":")[2]
        shown["OpportunityTeam"] = [{"FirstName": name[:80], "BusinessTitle": "AWSSalesRep"}]
    return shown


def _require_open(session: Session, opportunity: Opportunity, kind: str) -> None:
    status, stage = status_of(opportunity), stage_of(opportunity)
    selling = status == APPROVED and "LifeCycle.Stage" in editable_by(session.partner, status, stage)
    if kind == MARKET and not selling:
        raise invalid(Problem("RelatedEntityType", STATE, "an offer is linked after the approval, before the launch"))
    if not selling and status != PENDING:
        raise invalid(Problem("OpportunityIdentifier", STATE, f"is {status} at {stage}; associations are locked"))


def _require_known(session: Session, kind: str, identifier: str) -> None:
    if kind == "Solutions" and identifier not in solutions_of(session):
        raise invalid(Problem("RelatedEntityIdentifier", VALUE, f"{identifier} is none of your solutions"))
    if kind == "AwsProducts" and identifier not in _products(session):
        raise invalid(Problem("RelatedEntityIdentifier", VALUE, f"{identifier} is no product code"))
    pattern = shape(SHAPES[kind]).metadata["pattern"] if kind in SHAPES else ""
    if pattern and not compiled(pattern).fullmatch(identifier):
        raise invalid(Problem("RelatedEntityIdentifier", FORMAT, f"must match {pattern}"))


def _products(session: Session) -> set[str]:
    """The vendor's products: those that certificates or past sales name."""
    held = {each.product for each in CERTIFICATIONS.all(session.unit)}
    return held | {each.product for each in OPPORTUNITIES.all(session.unit)}


def _kept(session: Session, opportunity: Opportunity, kind: str, values: list[str]) -> Document:
    related = {**opportunity.related, kind: values}
    changed = replace(opportunity, related=related, modified=after(opportunity.modified, session))
    kept(session, followed(session, changed) if status_of(opportunity) == APPROVED else changed)
    return {}
