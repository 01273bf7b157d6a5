"""What the published test scenarios ask, as checks on the wire: one function per kind of scenario."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.prm.aws_world import (
    SOLUTION,
    AwsWorld,
    a_request,
    only,
    read_one,
    referred,
    refuses,
    reviewed,
    submitted,
    update,
)

Check = Callable[[AwsWorld], None]
Made = Callable[[Any, str], str]
MANDATORY = (
    "Customer__Account__Industry",
    "Customer__Account__CompanyName",
    "Customer__Account__WebsiteUrl",
    "Customer__Account__Address__CountryCode",
    "Customer__Account__Address__PostalCode",
    "LifeCycle__TargetCloseDate",
    "Marketing__Source",
    "Project__Title",
    "Project__CustomerBusinessProblem",
    "Project__CustomerUseCase",
    "Project__DeliveryModels",
    "Project__SalesActivities",
    "Project__ExpectedCustomerSpend",
)
ENUMS = {
    "Customer__Account__Industry": "Shipping",
    "Customer__Account__Address__CountryCode": "XX",
    "Project__CompetitorName": "Somebody",
    "Project__DeliveryModels": ["By mail"],
    "Project__SalesActivities": ["Lunch"],
    "PrimaryNeedsFromAws": ["Do not need support from AWS Sales Rep"],
    "Marketing__Source": "Maybe",
    "Marketing__AwsFundingUsed": "Perhaps",
    "Marketing__Channels": ["Pigeon"],
    "OpportunityType": "Old",
    "NationalSecurity": "Unsure",
    "LifeCycle__Stage": "XYZ",
    "LifeCycle__ClosedLostReason": "Closed",
    "LifeCycle__ReviewStatus": "Maybe",
}
CAMPAIGN: dict[str, Any] = {
    "Marketing__AwsFundingUsed": "Yes",
    "Marketing__CampaignName": "APN Solution Space",
    "Marketing__Channels": ["Email"],
    "Marketing__UseCases": ["Analytics"],
}
REVENUE = {
    "DeliveryModel": "Contract",
    "Value": {"Amount": "5000.00", "CurrencyCode": "USD"},
    "EffectiveDate": "2026-10-01",
    "ExpirationDate": "2027-09-30",
}


def dotted(path: str) -> str:
    return path.replace("__", ".")


def created_with(**changes: Any) -> Check:
    def check(world: AwsWorld) -> None:
        client = world.client()
        made = submitted(client, "s", **changes)
        shown = read_one(client, made)
        assert shown["LifeCycle"]["ReviewStatus"] == "Submitted"
        for path, value in changes.items():
            found: Any = shown
            for step in path.split("__"):
                found = found[step]
            assert found == value

    return check


def refused_on_create(*fields: str, **changes: Any) -> Check:
    def check(world: AwsWorld) -> None:
        with refuses(*(fields or map(dotted, changes))):
            world.client().create_opportunity(**a_request("s", **changes))
        assert world.client().list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []

    return check


def same_reference_twice(world: AwsWorld) -> None:
    client = world.client()
    submitted(client, "one", PartnerOpportunityIdentifier="PR1234567")
    with refuses("PartnerOpportunityIdentifier"):
        client.create_opportunity(**a_request("two", PartnerOpportunityIdentifier="PR1234567"))
    assert len(client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]) == 1


def mandatory_on_create(world: AwsWorld) -> None:
    client = world.client(checked=False)
    for path in MANDATORY:
        with refuses(dotted(path)):
            client.create_opportunity(**a_request(path, **only(path, None)))
    made = client.create_opportunity(**a_request("needs", PrimaryNeedsFromAws=None))["Id"]
    with refuses("PrimaryNeedsFromAws"):
        client.submit_opportunity(Catalog="Sandbox", Identifier=made, InvolvementType="Co-Sell")


def enums_on_create(world: AwsWorld) -> None:
    for path, value in ENUMS.items():
        with refuses():
            world.client().create_opportunity(**a_request(path, **only(path, value)))


def rejection_needs_a_reason(world: AwsWorld) -> None:
    client = world.client()
    invitation = referred(client, "r")
    with refuses("RejectionReason"):
        client.reject_engagement_invitation(Catalog="Sandbox", Identifier=invitation)


def solution_is_required(made: Made) -> Check:
    def check(world: AwsWorld) -> None:
        client = world.client()
        draft = client.create_opportunity(**a_request("s"))["Id"]
        with refuses("Project.OtherSolutionDescription"):
            client.submit_opportunity(Catalog="Sandbox", Identifier=draft, InvolvementType="Co-Sell")
        with refuses("RelatedEntityIdentifier"):
            associate(client, draft, "Solutions", "S-0000001")
        other = made(client, "other")
        associate_if_missing(client, other)
        with refuses("RelatedEntityIdentifier"):
            disassociate(client, other, "Solutions", SOLUTION)
        update(client, other, Project__OtherSolutionDescription="Our own")
        disassociate(client, other, "Solutions", SOLUTION)
        assert read_one(client, other)["RelatedEntityIdentifiers"].get("Solutions", []) == []

    return check


def associate(client: Any, identifier: str, kind: str, entity: str) -> None:
    client.associate_opportunity(
        Catalog="Sandbox", OpportunityIdentifier=identifier, RelatedEntityType=kind, RelatedEntityIdentifier=entity
    )


def associate_if_missing(client: Any, identifier: str) -> None:
    if SOLUTION not in read_one(client, identifier)["RelatedEntityIdentifiers"].get("Solutions", []):
        associate(client, identifier, "Solutions", SOLUTION)


def disassociate(client: Any, identifier: str, kind: str, entity: str) -> None:
    client.disassociate_opportunity(
        Catalog="Sandbox", OpportunityIdentifier=identifier, RelatedEntityType=kind, RelatedEntityIdentifier=entity
    )


def products_are_known(made: Made) -> Check:
    def check(world: AwsWorld) -> None:
        client = world.client()
        identifier = made(client, "p")
        with refuses("RelatedEntityIdentifier"):
            associate(client, identifier, "AwsProducts", "product1")
        associate(client, identifier, "AwsProducts", "keep")
        assert read_one(client, identifier)["RelatedEntityIdentifiers"]["AwsProducts"] == ["keep"]
        disassociate(client, identifier, "AwsProducts", "keep")
        assert "AwsProducts" not in read_one(client, identifier)["RelatedEntityIdentifiers"]

    return check


def create_only(client: Any, token: str) -> str:
    return str(client.create_opportunity(**a_request(token))["Id"])


def parent_of_new_business_is_ignored(world: AwsWorld) -> None:
    client = world.client()
    parent = create_only(client, "parent")
    made = client.create_opportunity(**a_request("s", Project__RelatedOpportunityIdentifier=parent))["Id"]
    assert "RelatedOpportunityIdentifier" not in read_one(client, made)["Project"]


def revenue_is_ignored_on_create(world: AwsWorld) -> None:
    client = world.client()
    made = submitted(client, "s", SoftwareRevenue=REVENUE)
    assert "SoftwareRevenue" not in read_one(client, made)


def offer_is_not_linked_on_submission(world: AwsWorld) -> None:
    client = world.client()
    offer = "arn:aws:aws-marketplace:us-east-1:123456789012:AWSMarketplace/Offer/offer-1"
    made = create_only(client, "s")
    with refuses("RelatedEntityType"):
        associate(client, made, "AwsMarketplaceOffers", offer)


def next_step_is_dropped_for_visibility_only(world: AwsWorld) -> None:
    client = world.client()
    made = submitted(client, "s", involvement="For Visibility Only")
    assert "NextSteps" not in read_one(client, made)["LifeCycle"]


def other_protocol_versions_are_refused(world: AwsWorld) -> None:
    client = world.client()

    def older(request: Any, **_context: Any) -> None:
        request.headers["X-Amz-Target"] = "AWSPartnerCentralSelling_V0.ListOpportunities"

    client.meta.events.register("before-sign", older)
    with refuses(kind="UnknownOperationException"):
        client.list_opportunities(Catalog="Sandbox")


def review_is_told(status: str, *, people: bool, comments: str = "") -> Check:
    def check(world: AwsWorld) -> None:
        client = world.client()
        made = submitted(client, "s")
        shown = reviewed(client, made, status, LifeCycle__ReviewComments=comments)
        assert shown["LifeCycle"]["ReviewStatus"] == status
        assert shown["LifeCycle"].get("ReviewComments", "") == comments
        seen = client.get_aws_opportunity_summary(Catalog="Sandbox", RelatedOpportunityIdentifier=made)
        assert bool(seen.get("OpportunityTeam")) is people

    return check
