"""Amazon's table of which field may be written when, row by row against the wire through an unmodified boto3 client."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from integrations.prm.aws_wire.model import operation
from tests.conftest import shared_folder
from tests.unit.prm.aws_checks import CAMPAIGN, REVENUE
from tests.unit.prm.aws_update_checks import found
from tests.unit.prm.aws_world import (
    AwsWorld,
    a_request,
    approved,
    aws_world,
    read_one,
    refuses,
    reviewed,
    submitted,
    update,
)

TABLE = "data/aws-partner-central/opportunity-samples/Opportunity-Fields.csv"
WHEN = {"create": "Create", "open": "Updates up until Launched/Lost", "action": "Update - Action Required",
        "launched": "Update - After Launched (Closed Won)"}  # fmt: skip
ACCOUNT, ADDRESS, PERSON = "Customer__Account__", "Customer__Account__Address__", "Customer__Contacts"
KIM = {"Email": "kim@nordwind-logistics.com", "FirstName": "Kim", "LastName": "Berg"}
MARKETED = {"Marketing__Source": "Marketing Activity", "Marketing__AwsFundingUsed": "Yes"}
OTHER_RIVAL = {"Project__CompetitorName": "*Other", "Project__OtherCompetitorNames": "Somebody"}
LOST = {"LifeCycle__Stage": "Closed Lost", "LifeCycle__ClosedLostReason": "Price"}
SPEND = [{"Amount": "777.00", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}]
# The row's name to the field on the wire and its new value, with what the value needs beside it.
FIELDS: dict[str, tuple[str, Any] | tuple[str, Any, dict[str, Any]]] = {
    "doesOppBelongToNatSec": ("NationalSecurity", "Yes", {f"{ACCOUNT}Industry": "Government"}),
    "city": (f"{ADDRESS}City", "Juneau"),
    "country": (f"{ADDRESS}CountryCode", "DE"),
    "customerWebsite": (f"{ACCOUNT}WebsiteUrl", "nordwind.com"),
    "customerDuns": (f"{ACCOUNT}Duns", "123456789"),
    "industry": (f"{ACCOUNT}Industry", "Retail"),
    "industryOther": (f"{ACCOUNT}OtherIndustry", "Ferries"),
    "customerCompanyName": (f"{ACCOUNT}CompanyName", "Südwind"),
    "postalCode": (f"{ADDRESS}PostalCode", "99502"),
    "state": (f"{ADDRESS}StateOrRegion", "Texas"),
    "streetAddress": (f"{ADDRESS}StreetAddress", "Main Street 1"),
    "awsSFCampaignName": ("Marketing__CampaignName", "Spring", MARKETED),
    "targetCloseDate": ("LifeCycle__TargetCloseDate", "2027-01-15"),
    "deliveryModel": ("Project__DeliveryModels", ["Resell"]),
    "IsOppFromMarketingActivity": ("Marketing__Source", "Marketing Activity", MARKETED),
    "marketingActivityChannel": ("Marketing__Channels", CAMPAIGN["Marketing__Channels"], MARKETED),
    "marketingActivityUsecase": ("Marketing__UseCases", CAMPAIGN["Marketing__UseCases"], MARKETED),
    "isMarketingDevelopmentFunded": ("Marketing__AwsFundingUsed", "Yes", MARKETED),
    "nextStep": ("LifeCycle__NextSteps", "Visit on Friday"),
    "opportunityType": ("OpportunityType", "Expansion"),
    "otherSolutionOffered": ("Project__OtherSolutionDescription", "Our own"),
    "parentOppId": ("Project__RelatedOpportunityIdentifier", "parent", {"OpportunityType": "Expansion"}),
    "partnerPrimaryNeedFromAws": ("PrimaryNeedsFromAws", ["Co-Sell - Deal Support"]),
    "partnerProjectTitle": ("Project__Title", "Another title"),
    "salesActivities": ("Project__SalesActivities", ["SOW Signed"]),
    "expectedMonthlyAwsRevenue": ("Project__ExpectedCustomerSpend", SPEND),
    "projectDescription": ("Project__CustomerBusinessProblem", "Two sites lose their backup in March 2027."),
    "useCase": ("Project__CustomerUseCase", "Archiving"),
    "additionalComments": ("Project__AdditionalComments", "Soon"),
    "awsAccountId": (f"{ACCOUNT}AwsAccountId", "123456789012"),
    "campaignName": ("Project__ApnPrograms", ["Windows"]),
    "competitiveTracking": ("Project__CompetitorName", "On-Prem"),
    "competitiveTrackingOther": ("Project__OtherCompetitorNames", "Somebody", OTHER_RIVAL),
    "partnerCrmUniqueIdentifier": ("PartnerOpportunityIdentifier", "crm-77"),
    "customerEmail": (PERSON, [{**KIM, "Email": "kb@nordwind.com"}]),
    "customerFirstName": (PERSON, [{**KIM, "FirstName": "Kay"}]),
    "customerLastName": (PERSON, [{**KIM, "LastName": "Bergson"}]),
    "customerPhone": (PERSON, [{**KIM, "Phone": "+4930123456"}]),
    "customerTitle": (PERSON, [{**KIM, "BusinessTitle": "CIO"}]),
    "stage": ("LifeCycle__Stage", "Qualified"),
    "closedLostReason": ("LifeCycle__ClosedLostReason", "Price", LOST),
    "contractEndDate": ("SoftwareRevenue__ExpirationDate", "2027-09-30", {"SoftwareRevenue": REVENUE}),
    "customerSoftwareValueCurrency": ("SoftwareRevenue__Value__CurrencyCode", "USD", {"SoftwareRevenue": REVENUE}),
    "customerSoftwareValue": ("SoftwareRevenue__Value__Amount", "5000.00", {"SoftwareRevenue": REVENUE}),
    "contractStartDate": ("SoftwareRevenue__EffectiveDate", "2026-10-01", {"SoftwareRevenue": REVENUE}),
    "procurementType": ("SoftwareRevenue__DeliveryModel", "Contract", {"SoftwareRevenue": REVENUE}),
}
# Written by an operation of their own rather than as a field.
BY_ASSOCIATION = {"awsProducts": ("AwsProducts", "keep"), "solutionOffered": ("Solutions", ""), "offers": (
    "AwsMarketplaceOffers", "arn:aws:aws-marketplace:us-east-1:123456789012:AWSMarketplace/Offer/offer-1")}  # fmt: skip
BY_ASSIGNMENT = {"opportunityOwnerEmail", "opportunityOwnerName"} | {
    f"primaryContact{part}" for part in ("Email", "FirstName", "LastName", "Phone", "Title")
}
BY_INVITATION = {"partnerAcceptanceStatus", "rejectionReason"}
# Files of an older interface carried these; the interface of today has no field for them.
GONE = {"apnCrmLeadUniqueIdentifier"}
READ_ONLY = {"apnCrmUniqueIdentifier"}


@cache
def rows() -> tuple[dict[str, str], ...]:
    """The rows of the table; empty where it is absent."""
    folder = shared_folder()
    if folder is None or not (folder / TABLE).is_file():
        return ()
    with (folder / TABLE).open(encoding="utf-8-sig", errors="replace") as lines:
        return tuple(csv.DictReader(lines))


def name_of(row: dict[str, str]) -> str:
    return row["Field Name - APN CRM JSON Name"].strip()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[AwsWorld]:
    with aws_world(tmp_path) as opened:
        yield opened


@pytest.mark.shared
def test_the_table_has_its_88_rows(shared: Path) -> None:
    assert len(rows()) == 88


@pytest.mark.shared
@pytest.mark.parametrize("row", rows(), ids=name_of)
def test_a_field_is_written_exactly_when_the_table_says_so(row: dict[str, str], world: AwsWorld) -> None:
    name = name_of(row)
    if name in FIELDS:
        assert written(world, *FIELDS[name]) == told(row)
    elif name in BY_ASSOCIATION:
        assert associated(world, *BY_ASSOCIATION[name]) == told(row)
    elif name in BY_ASSIGNMENT:
        assert assigned(world) == told(row)
    elif name in BY_INVITATION:
        answered_only_by_invitation(world)
    else:
        assert name in GONE | READ_ONLY or row[WHEN["create"]] == "#N/A"
        no_input_carries(row["Field Name - AWS Partner Selling APIs"])


def told(row: dict[str, str]) -> dict[str, bool]:
    return {when: row[column].startswith("Yes") for when, column in WHEN.items()}


def written(world: AwsWorld, path: str, value: Any, beside: dict[str, Any] | None = None) -> dict[str, bool]:
    """Whether the field takes the value when it is created, approved, sent back, launched."""
    client = world.client("saas")
    if value == "parent":
        value = client.create_opportunity(**a_request("parent"))["Id"]
    own_reference = path == "PartnerOpportunityIdentifier"
    changes = {**(beside or {}), **({path: value} if "SoftwareRevenue" not in path else {})}
    base = {f"{ACCOUNT}Industry": "Government"} if path == "NationalSecurity" else {}

    def takes(make: Any, token: str) -> bool:
        identifier = make(client, token)
        wanted = f"{value}-{token}" if own_reference else value
        try:
            shown = update(client, identifier, **{**changes, **({path: wanted} if own_reference else {})})
        except ClientError:
            shown = read_one(client, identifier)
        return bool(found(shown, path) == wanted)

    def sent_back(client: Any, token: str) -> str:
        made = submitted(client, token, **base)
        reviewed(client, made, "Action Required", LifeCycle__ReviewComments="Say more")
        return made

    def launched(client: Any, token: str) -> str:
        made = approved(client, token, **base)
        revenue = {**REVENUE, "DeliveryModel": "Subscription", "EffectiveDate": "2026-09-01",
                   "Value": {"Amount": "1.00", "CurrencyCode": "EUR"}, "ExpirationDate": "2026-12-31"}  # fmt: skip
        update(client, made, LifeCycle__Stage="Launched", SoftwareRevenue=revenue)
        return made

    country = {f"{ADDRESS}StateOrRegion": None} if path.endswith("CountryCode") and "Address" in path else {}
    created = client.create_opportunity(**a_request("new", **{**base, **changes, **country}))["Id"]
    return {
        "create": bool(found(read_one(client, created), path) == value),
        "open": takes(lambda client, token: approved(client, token, **base), "open"),
        "action": takes(sent_back, "action"),
        "launched": takes(launched, "launched"),
    }


def associated(world: AwsWorld, kind: str, entity: str) -> dict[str, bool]:
    """Whether an association can be made while it is not submitted, approved, sent back, launched."""
    client = world.client("saas")
    solutions = client.list_solutions(Catalog="Sandbox")["SolutionSummaries"]
    entity = entity or solutions[0]["Id"]

    def takes(identifier: str) -> bool:
        where = {"Catalog": "Sandbox", "OpportunityIdentifier": identifier, "RelatedEntityType": kind}
        try:
            if entity in read_one(client, identifier)["RelatedEntityIdentifiers"].get(kind, []):
                client.disassociate_opportunity(**where, RelatedEntityIdentifier=entity)
            client.associate_opportunity(**where, RelatedEntityIdentifier=entity)
        except ClientError:
            return False
        return entity in read_one(client, identifier)["RelatedEntityIdentifiers"].get(kind, [])

    other = {"Project__OtherSolutionDescription": "Our own"}
    sent_back = submitted(client, "action", **other)
    reviewed(client, sent_back, "Action Required", LifeCycle__ReviewComments="Say more")
    launched = approved(client, "launched", **other)
    update(client, launched, LifeCycle__Stage="Launched", SoftwareRevenue=REVENUE)
    return {
        "create": takes(client.create_opportunity(**a_request("new"))["Id"]),
        "open": takes(approved(client, "open", **other)),
        "action": takes(sent_back),
        "launched": takes(launched),
    }


def assigned(world: AwsWorld) -> dict[str, bool]:
    """Whether the partner's own contact can be set."""
    client = world.client("saas")
    person = {"Email": "rep@saas.example.com", "FirstName": "Rep", "LastName": "Sales", "BusinessTitle": "Seller"}

    def takes(identifier: str) -> bool:
        try:
            client.assign_opportunity(Catalog="Sandbox", Identifier=identifier, Assignee=person)
        except ClientError:
            return False
        return bool(read_one(client, identifier)["OpportunityTeam"][0] == person)

    sent_back, launched = submitted(client, "action"), approved(client, "launched")
    reviewed(client, sent_back, "Action Required", LifeCycle__ReviewComments="Say more")
    update(client, launched, LifeCycle__Stage="Launched", SoftwareRevenue=REVENUE)
    created = client.create_opportunity(**a_request("new", OpportunityTeam=[person]))["Id"]
    return {
        "create": bool(read_one(client, created)["OpportunityTeam"] == [person]),
        "open": takes(approved(client, "open")),
        "action": takes(sent_back),
        "launched": takes(launched),
    }


def answered_only_by_invitation(world: AwsWorld) -> None:
    client = world.client()
    made = submitted(client, "s")
    with refuses(kind="ResourceNotFoundException"):
        client.reject_engagement_invitation(Catalog="Sandbox", Identifier="engi-0000000000000", RejectionReason="No")
    assert read_one(client, made)["LifeCycle"]["ReviewStatus"] == "Submitted"


def no_input_carries(field: str) -> None:
    """No create or update request has a member of that name, save what is read only and ignored."""
    ignored = {"ReviewComments", "NextStepsHistory", "Identifier", "LastModifiedDate", "Origin", ""}
    last = field.strip().split("\n")[0].split(".")[-1]
    members = {name for each in ("CreateOpportunity", "UpdateOpportunity")
               for name in operation(each).input_shape.members} | set(operation("UpdateOpportunity")
               .input_shape.members["LifeCycle"].members)  # fmt: skip
    owned_by_vendor = field.strip().startswith(("AWSOpportunityTeam", "AWSSalesLifeCycle"))
    assert owned_by_vendor or last in ignored or last not in members - ignored
