"""The published test scenarios for opportunities, each one run on the wire through an unmodified boto3 client."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import shared_folder
from tests.unit.prm import aws_checks as create
from tests.unit.prm import aws_update_checks as change
from tests.unit.prm.aws_world import AwsWorld, accepted, approved, aws_world, submitted

BOOK = "data/aws-partner-central/opportunity-samples/Opportunity - Testing Scenarios.xlsx"
CONTACTS = [{"Email": "cust@cust.com", "FirstName": "Cat", "LastName": "Cust", "Phone": "+4599999999"}]
TEAM = [{"Email": "rep@partner.com", "FirstName": "Rep", "LastName": "Sales", "Phone": "+4555555555"}]
EVERYTHING = {
    "OpportunityTeam": TEAM,
    "Customer__Contacts": CONTACTS,
    "Customer__Account__Duns": "123456789",
    "Customer__Account__AwsAccountId": "123456789123",
    "Customer__Account__Address__StreetAddress": "123asasa",
    "Project__CompetitorName": "Oracle Cloud",
    "Project__ApnPrograms": ["APN Solution Space"],
    "Project__AdditionalComments": "Comments",
    "PartnerOpportunityIdentifier": "PR123456789",
}
REJECTED = {"Customer__Account__Duns": "12345"}
ACCOUNT = {"Customer__Account__AwsAccountId": "12345"}
PARENT = {"OpportunityType": "Expansion", "Project__RelatedOpportunityIdentifier": "O404"}
CREATE = (
    create.created_with(),
    create.created_with(OpportunityTeam=TEAM),
    create.created_with(OpportunityTeam=TEAM, Customer__Contacts=CONTACTS),
    create.products_are_known(create.create_only),
    create.created_with(**EVERYTHING),
    create.same_reference_twice,
    create.mandatory_on_create,
    create.refused_on_create(
        "PrimaryNeedsFromAws[1]",
        PrimaryNeedsFromAws=["Co-Sell - Deal Support", "Do not need support from AWS Sales Rep"],
    ),
    create.enums_on_create,
    create.refused_on_create(Customer__Account__Address__StateOrRegion="Bavaria"),
    create.rejection_needs_a_reason,
    create.refused_on_create("Project.RelatedOpportunityIdentifier", **PARENT),
    create.refused_on_create(**REJECTED),
    create.refused_on_create(**ACCOUNT),
    create.products_are_known(create.create_only),
    create.solution_is_required(approved),
    create.refused_on_create(
        "Project.ExpectedCustomerSpend[0].Amount",
        Project__ExpectedCustomerSpend=[
            {"Amount": "0", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}
        ],
    ),
    create.same_reference_twice,
    create.refused_on_create(Project__CustomerBusinessProblem="Too short"),
    create.refused_on_create("Marketing.AwsFundingUsed", Marketing__Source="Marketing Activity"),
    create.refused_on_create(**create.CAMPAIGN),
    create.parent_of_new_business_is_ignored,
    create.revenue_is_ignored_on_create,
    create.offer_is_not_linked_on_submission,
    create.next_step_is_dropped_for_visibility_only,
    create.other_protocol_versions_are_refused,
)
PARTNER_REFERRAL = (
    create.created_with(),
    create.review_is_told("Approved", people=True),
    create.review_is_told("Rejected", people=False),
    create.review_is_told("In review", people=False),
    create.review_is_told("Action Required", people=False, comments="Add the customer's website"),
    change.updates_what_is_open(approved),
    change.updates_need(approved),
    create.other_protocol_versions_are_refused,
    change.updates_refuse(approved, **REJECTED),
    change.updates_refuse(approved, "Project.RelatedOpportunityIdentifier", **PARENT),
    create.products_are_known(approved),
    create.solution_is_required(approved),
    change.services_partner_launches_with_an_account(approved),
    change.campaign_is_cleared_with_its_source(approved),
    change.enrolled_partner_launches_with_its_revenue(approved),
    change.updates_refuse(approved, "LifeCycle.ClosedLostReason", LifeCycle__Stage="Closed Lost"),
    change.after_launch(approved, partner="saas", revenue=True),
    change.after_launch(approved, partner="isv", revenue=False),
    change.updates_take_listed_values(approved),
    change.nothing_changes_during_the_review,
    change.pipeline_is_ignored_after_launch(approved),
    change.sellers_next_steps_are_seen(submitted),
    change.action_required_is_answered,
)
AWS_REFERRAL = (
    change.people_are_hidden_until_acceptance,
    change.people_are_seen_after_acceptance,
    change.people_stay_hidden_after_rejection,
    create.rejection_needs_a_reason,
    change.people_are_seen_after_acceptance,
    change.updates_what_is_open(accepted),
    create.other_protocol_versions_are_refused,
    change.updates_refuse(accepted, **REJECTED),
    change.updates_refuse(accepted, "Project.RelatedOpportunityIdentifier", **PARENT),
    create.products_are_known(accepted),
    create.solution_is_required(accepted),
    change.services_partner_launches_with_an_account(accepted),
    change.updates_need(accepted),
    change.services_partner_launches_with_an_account(accepted),
    change.enrolled_partner_launches_with_its_revenue(accepted),
    change.updates_refuse(accepted, "LifeCycle.ClosedLostReason", LifeCycle__Stage="Closed Lost"),
    change.after_launch(accepted, partner="saas", revenue=True),
    change.after_launch(accepted, partner="isv", revenue=False),
    change.updates_take_listed_values(accepted),
    change.nothing_changes_before_acceptance,
    change.pipeline_is_ignored_after_launch(accepted),
    change.sellers_next_steps_are_seen(accepted),
)
CHECKS = (*CREATE, *PARTNER_REFERRAL, *AWS_REFERRAL)


@cache
def scenarios() -> tuple[str, ...]:
    """The number and title of every scenario in the workbook, in order; empty where it is absent."""
    folder = shared_folder()
    if folder is None or not (folder / BOOK).is_file():
        return ()
    rows = (row for sheet in openpyxl.load_workbook(folder / BOOK) for row in sheet.iter_rows(values_only=True))
    return tuple(f"{row[0]} {row[1]}" for row in rows if isinstance(row[0], int | float))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[AwsWorld]:
    with aws_world(tmp_path) as opened:
        yield opened


@pytest.mark.shared
def test_every_scenario_of_the_workbook_has_its_check(shared: Path) -> None:
    assert len(scenarios()) == len(CHECKS) == 71


@pytest.mark.parametrize("number", range(len(CHECKS)), ids=lambda number: f"{number + 1}")
def test_a_published_scenario_passes(number: int, world: AwsWorld) -> None:
    CHECKS[number](world)
