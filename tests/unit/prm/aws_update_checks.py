"""What the published test scenarios ask of updates, as checks on the wire: approved deals and accepted referrals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.prm.aws_checks import CAMPAIGN, REVENUE, Made, dotted
from tests.unit.prm.aws_world import (
    AwsWorld,
    a_request,
    accepted,
    only,
    read_one,
    referred,
    refuses,
    reviewed,
    submitted,
    update,
)

Check = Callable[[AwsWorld], None]
UPDATABLE: dict[str, Any] = {
    "Project__CustomerUseCase": "AI Machine Learning and Analytics",
    "LifeCycle__TargetCloseDate": "2027-01-15",
    "LifeCycle__Stage": "Technical Validation",
    "LifeCycle__NextSteps": "02/08: contact Aldo",
    "Customer__Account__Address__StreetAddress": "1015E/A,SS~!@#$%^&&**",
    "Customer__Account__Address__City": "Bangalore",
    "Customer__Account__AwsAccountId": "123456789112",
    "Customer__Account__Duns": "123456789",
    "Customer__Contacts": [
        {"Email": "al@nordwind.com", "FirstName": "Al", "LastName": "Doss", "Phone": "+19258183434"}
    ],
    "Project__SalesActivities": ["Customer has shown interest in solution"],
    "Project__DeliveryModels": ["Managed Services"],
    "Project__CompetitorName": "*Other",
    "Project__OtherCompetitorNames": "Other",
    "Project__ApnPrograms": ["Windows"],
    "Project__AdditionalComments": "Check",
    "PartnerOpportunityIdentifier": "hc1234",
    "PrimaryNeedsFromAws": ["Co-Sell - Deal Support"],
    "OpportunityType": "Expansion",
}
WRONG_ENUMS = {
    "LifeCycle__Stage": "XYZ",
    "LifeCycle__ClosedLostReason": "Closed",
    "Project__DeliveryModels": ["By mail"],
    "Project__SalesActivities": ["Lunch"],
    "Project__CompetitorName": "Somebody",
    "PrimaryNeedsFromAws": ["Everything"],
    "Marketing__Source": "Maybe",
    "OpportunityType": "Old",
}
NEEDED = (
    "Project__CustomerUseCase",
    "LifeCycle__TargetCloseDate",
    "Project__ExpectedCustomerSpend",
    "Project__DeliveryModels",
    "Project__SalesActivities",
    "Marketing__Source",
)


def found(document: Any, path: str) -> Any:
    for step in path.split("__"):
        document = document.get(step) if document else None
    return document


def updates_what_is_open(made: Made) -> Check:
    def check(world: AwsWorld) -> None:
        client = world.client()
        identifier = made(client, "u")
        before = read_one(client, identifier)
        shown = update(client, identifier, **UPDATABLE, Project__Title="Another title")
        assert {path: found(shown, path) for path in UPDATABLE} == UPDATABLE
        assert shown["Project"]["Title"] == before["Project"]["Title"]

    return check


def updates_refuse(made: Made, *fields: str, partner: str = "acme", **changes: Any) -> Check:
    def check(world: AwsWorld) -> None:
        client = world.client(partner)
        identifier = made(client, "u")
        before = read_one(client, identifier)
        with refuses(*(fields or map(dotted, changes))):
            update(client, identifier, **changes)
        after = read_one(client, identifier)
        assert {**after, "ResponseMetadata": None} == {**before, "ResponseMetadata": None}

    return check


def updates_need(made: Made) -> Check:
    def check(world: AwsWorld) -> None:
        client = world.client()
        identifier = made(client, "u")
        for path in NEEDED:
            with refuses(dotted(path)):
                update(client, identifier, **only(path, None))

    return check


def updates_take_listed_values(made: Made) -> Check:
    def check(world: AwsWorld) -> None:
        client = world.client(checked=False)
        identifier = made(client, "u")
        for path, value in WRONG_ENUMS.items():
            with refuses():
                update(client, identifier, **only(path, value))

    return check


def campaign_is_cleared_with_its_source(made: Made) -> Check:
    def check(world: AwsWorld) -> None:
        client = world.client()
        identifier = made(client, "u")
        update(client, identifier, Marketing__Source="Marketing Activity", **CAMPAIGN)
        with refuses(*map(dotted, CAMPAIGN)):
            update(client, identifier, Marketing__Source="None")
        nothing: dict[str, Any] = dict.fromkeys(CAMPAIGN)
        shown = update(client, identifier, Marketing__Source="None", **nothing)
        assert shown["Marketing"] == {"Source": "None"}

    return check


def services_partner_launches_with_an_account(made: Made) -> Check:
    def check(world: AwsWorld) -> None:
        client = world.client()
        identifier = made(client, "u")
        with refuses("Customer.Account.AwsAccountId"):
            update(client, identifier, LifeCycle__Stage="Launched")
        launched = update(
            client, identifier, LifeCycle__Stage="Launched", Customer__Account__AwsAccountId="123456789012"
        )
        assert launched["LifeCycle"]["Stage"] == "Launched"

    return check


def enrolled_partner_launches_with_its_revenue(made: Made) -> Check:
    def check(world: AwsWorld) -> None:
        client = world.client("isv")
        identifier = made(client, "u")
        with refuses(*(f"SoftwareRevenue.{name}" for name in REVENUE)):
            update(client, identifier, LifeCycle__Stage="Launched")
        shown = update(client, identifier, LifeCycle__Stage="Launched", SoftwareRevenue=REVENUE)
        assert shown["SoftwareRevenue"] == REVENUE

    return check


def after_launch(made: Made, *, partner: str, revenue: bool) -> Check:
    def check(world: AwsWorld) -> None:
        client = world.client(partner)
        identifier = made(client, "u")
        before = update(client, identifier, LifeCycle__Stage="Launched", SoftwareRevenue=REVENUE)
        later = {**REVENUE, "ExpirationDate": "2028-09-30"}
        shown = update(
            client,
            identifier,
            Project__DeliveryModels=["Resell"],
            Project__AdditionalComments="Live",
            SoftwareRevenue=later,
            LifeCycle__NextSteps="ignored",
            LifeCycle__TargetCloseDate="2027-02-02",
        )
        assert shown["Project"]["DeliveryModels"] == ["Resell"]
        assert shown["Project"]["AdditionalComments"] == "Live"
        assert shown["SoftwareRevenue"] == (later if revenue else REVENUE)
        assert shown["LifeCycle"] == before["LifeCycle"]

    return check


def pipeline_is_ignored_after_launch(made: Made) -> Check:
    def check(world: AwsWorld) -> None:
        client = world.client()
        identifier = made(client, "u")
        before = update(client, identifier, LifeCycle__Stage="Launched", Customer__Account__AwsAccountId="123456789012")
        spend = [{**before["Project"]["ExpectedCustomerSpend"][0], "Amount": "1.00"}]
        shown = update(client, identifier, LifeCycle__Stage="Qualified", Project__ExpectedCustomerSpend=spend)
        assert shown["LifeCycle"] == before["LifeCycle"]
        assert shown["Project"] == before["Project"]

    return check


def nothing_changes_during_the_review(world: AwsWorld) -> None:
    client = world.client()
    identifier = submitted(client, "s")
    for status in ("Submitted", "In review", "Rejected"):
        if status != "Submitted":
            reviewed(client, identifier, status)
        with refuses("LifeCycle.ReviewStatus"):
            update(client, identifier, LifeCycle__TargetCloseDate="2027-01-15")


def nothing_changes_before_acceptance(world: AwsWorld) -> None:
    client = world.client()
    made = client.create_opportunity(**a_request("r", Origin="AWS Referral"))["Id"]
    request = {**a_request("x"), "Identifier": made, "LastModifiedDate": world.clock.now()}
    for name in ("ClientToken", "Origin"):
        request.pop(name)
    with refuses(kind="ResourceNotFoundException"):
        client.update_opportunity(**request)


def sellers_next_steps_are_seen(made: Made) -> Check:
    def check(world: AwsWorld) -> None:
        client = world.client()
        identifier = made(client, "n")
        told = {"LifeCycle__NextSteps": "We call on Monday", "LifeCycle__Stage": "Qualified",
                "LifeCycle__TargetCloseDate": "2027-03-01"}  # fmt: skip
        if read_one(client, identifier)["LifeCycle"]["ReviewStatus"] == "Submitted":
            reviewed(client, identifier, "Approved", **told)
        else:
            update(client, identifier, **told)
        seen = client.get_aws_opportunity_summary(Catalog="Sandbox", RelatedOpportunityIdentifier=identifier)
        assert seen["LifeCycle"]["NextSteps"] == "We call on Monday"
        assert (seen["LifeCycle"]["Stage"], seen["LifeCycle"]["TargetCloseDate"]) == ("Qualified", "2027-03-01")
        assert seen["Project"]["ExpectedCustomerSpend"][0]["Amount"] == "12000.00"

    return check


def action_required_is_answered(world: AwsWorld) -> None:
    client = world.client()
    identifier = submitted(client, "s")
    shown = reviewed(client, identifier, "Action Required", LifeCycle__ReviewComments="Say more about the problem")
    assert shown["LifeCycle"]["ReviewComments"] == "Say more about the problem"
    again = update(client, identifier, Project__CustomerBusinessProblem="Two sites lose their backup in March 2027.")
    assert again["LifeCycle"]["ReviewStatus"] == "Submitted"


def people_are_hidden_until_acceptance(world: AwsWorld) -> None:
    client = world.client()
    invitation = referred(client, "r")
    offered = client.get_engagement_invitation(Catalog="Sandbox", Identifier=invitation)
    project = offered["Payload"]["OpportunityInvitation"]
    assert project["Customer"]["CompanyName"] == "Nordwind Logistics"
    assert project["Project"]["Title"] == "Backup for two sites"
    assert not any(secret in repr(offered) for secret in ("kim@nordwind-logistics.com", "Berg", "Kim"))
    assert client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []


def people_are_seen_after_acceptance(world: AwsWorld) -> None:
    client = world.client()
    shown = read_one(client, accepted(client, "r"))
    assert shown["Customer"]["Contacts"][0]["Email"] == "kim@nordwind-logistics.com"
    assert shown["LifeCycle"]["ReviewStatus"] == "Approved"


def people_stay_hidden_after_rejection(world: AwsWorld) -> None:
    client = world.client()
    invitation = referred(client, "r")
    client.reject_engagement_invitation(
        Catalog="Sandbox", Identifier=invitation, RejectionReason="Customer problem unclear"
    )
    seen = client.get_engagement_invitation(Catalog="Sandbox", Identifier=invitation)
    assert (seen["Status"], seen["RejectionReason"]) == ("REJECTED", "Customer problem unclear")
    assert "kim@nordwind-logistics.com" not in repr(seen)
    assert client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []
