"""Working together on the AWS wire: invitations, engagements, snapshots, tags, settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.prm.aws_world import AwsWorld, a_request, aws_world, read_one, refuses, submitted

S = {"Catalog": "Sandbox"}
LEAD = {
    "Customer": {"CompanyName": "Nordwind", "Address": {"CountryCode": "US", "City": "Anchorage"}},
    "Interactions": [
        {
            "Contact": {"BusinessTitle": "CIO", "Email": "kim@nordwind.com", "FirstName": "Kim", "LastName": "Berg"},
            "BusinessProblem": "Backup for two sites is missing.",
        }
    ],
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[AwsWorld]:
    with aws_world(tmp_path) as opened:
        yield opened


def engagement_of(client: Any, opportunity: str) -> str:
    found = client.list_engagement_resource_associations(**S, ResourceIdentifier=opportunity)
    return str(found["EngagementResourceAssociationSummaries"][0]["EngagementId"])


def invited(world: AwsWorld, sender: Any, engagement: str, token: str = "i") -> str:
    invitation = {
        "Message": "Join us",
        "Receiver": {"Account": {"AwsAccountId": world.keys["beta"].account_id}},
        "Payload": {
            "OpportunityInvitation": {
                "SenderContacts": [{"Email": "rep@acme.example.com"}],
                "ReceiverResponsibilities": ["Services Partner"],
                "Customer": {
                    "Industry": "Retail",
                    "CompanyName": "Nordwind",
                    "WebsiteUrl": "nordwind.com",
                    "CountryCode": "US",
                },
                "Project": {
                    "Title": "Backup",
                    "BusinessProblem": "Two sites lose their backup soon.",
                    "TargetCompletionDate": "2026-12-01",
                    "ExpectedCustomerSpend": [],
                },
            }
        },
    }
    made = sender.create_engagement_invitation(
        **S, ClientToken=token, EngagementIdentifier=engagement, Invitation=invitation
    )
    return str(made["Id"])


def test_an_invited_partner_learns_who_invites_after_it_accepts(world: AwsWorld) -> None:
    acme, beta = world.client(), world.client("beta")
    made = submitted(acme, "s")
    engagement = engagement_of(acme, made)
    invitation = invited(world, acme, engagement)
    before = beta.get_engagement_invitation(**S, Identifier=invitation)
    secrets = ("Acme", world.keys["acme"].account_id, "rep@acme.example.com")
    assert not any(secret in repr({**before, "Arn": ""}) for secret in secrets)
    with refuses(kind="ResourceNotFoundException"):
        beta.get_engagement(**S, Identifier=engagement)
    task = beta.start_engagement_by_accepting_invitation_task(**S, ClientToken="a", Identifier=invitation)
    assert task["TaskStatus"] == "COMPLETE"
    after = beta.get_engagement_invitation(**S, Identifier=invitation)
    assert (after["Status"], after["SenderCompanyName"]) == ("ACCEPTED", "Acme")
    members = beta.list_engagement_members(**S, Identifier=engagement)["EngagementMemberList"]
    assert {each["CompanyName"] for each in members} == {"Acme", "Beta"}
    copy = read_one(beta, task["OpportunityId"])
    assert copy["Id"] != made
    assert "Contacts" not in copy["Customer"]
    snapshot = beta.get_resource_snapshot(
        **S,
        EngagementIdentifier=engagement,
        ResourceType="Opportunity",
        ResourceIdentifier=made,
        ResourceSnapshotTemplateIdentifier="OpportunitySummary",
    )
    assert snapshot["Payload"]["OpportunitySummary"]["Customer"]["Account"]["CompanyName"] == "Nordwind Logistics"
    assert "kim@nordwind-logistics.com" not in repr(snapshot)
    with refuses(kind="ConflictException"):
        beta.accept_engagement_invitation(**S, Identifier=invitation)


def test_an_invitation_runs_out_after_fifteen_days(world: AwsWorld) -> None:
    acme, beta = world.client(), world.client("beta")
    invitation = invited(world, acme, engagement_of(acme, submitted(acme, "s")))
    world.clock.turn(days=15)
    assert beta.get_engagement_invitation(**S, Identifier=invitation)["Status"] == "EXPIRED"
    with refuses(kind="ConflictException"):
        beta.accept_engagement_invitation(**S, Identifier=invitation)


def test_nobody_is_invited_twice_at_a_time_and_nobody_else_answers(world: AwsWorld) -> None:
    acme = world.client()
    engagement = engagement_of(acme, submitted(acme, "s"))
    invitation = invited(world, acme, engagement)
    with refuses(kind="ConflictException"):
        invited(world, acme, engagement, token="again")
    with refuses("Identifier"):
        acme.accept_engagement_invitation(**S, Identifier=invitation)
    with refuses(kind="ResourceNotFoundException"):
        world.client("isv").accept_engagement_invitation(**S, Identifier=invitation)


def test_a_lead_becomes_an_opportunity_to_complete(world: AwsWorld) -> None:
    client = world.client()
    made = client.create_engagement(
        **S, ClientToken="e", Title="Lead", Description="A lead", Contexts=[{"Type": "Lead", "Payload": {"Lead": LEAD}}]
    )
    found = client.get_engagement(**S, Identifier=made["Id"])
    update = {"Lead": {"Customer": LEAD["Customer"], "QualificationStatus": "Qualified"}}
    client.update_engagement_context(
        **S,
        EngagementIdentifier=made["Id"],
        ContextIdentifier="1",
        EngagementLastModifiedAt=found["ModifiedAt"],
        Type="Lead",
        Payload=update,
    )
    with refuses(kind="ConflictException"):
        client.update_engagement_context(
            **S,
            EngagementIdentifier=made["Id"],
            ContextIdentifier="1",
            EngagementLastModifiedAt=found["ModifiedAt"],
            Type="Lead",
            Payload=update,
        )
    lead = client.get_engagement(**S, Identifier=made["Id"])["Contexts"][0]["Payload"]["Lead"]
    assert (lead["QualificationStatus"], len(lead["Interactions"])) == ("Qualified", 1)
    task = client.start_opportunity_from_engagement_task(
        **S, ClientToken="o", Identifier=made["Id"], ContextIdentifier="1"
    )
    draft = read_one(client, task["OpportunityId"])
    assert draft["Customer"]["Account"]["CompanyName"] == "Nordwind"
    with refuses("LifeCycle.TargetCloseDate"):
        client.submit_opportunity(**S, Identifier=draft["Id"], InvolvementType="Co-Sell")


def test_a_job_runs_stops_and_is_deleted_when_stopped(world: AwsWorld) -> None:
    client = world.client()
    made = submitted(client, "s")
    (job,) = client.list_resource_snapshot_jobs(**S)["ResourceSnapshotJobSummaries"]
    assert job["Status"] == "Running"
    with refuses(kind="ConflictException"):
        client.delete_resource_snapshot_job(**S, ResourceSnapshotJobIdentifier=job["Id"])
    client.stop_resource_snapshot_job(**S, ResourceSnapshotJobIdentifier=job["Id"])
    assert client.get_resource_snapshot_job(**S, ResourceSnapshotJobIdentifier=job["Id"])["ResourceId"] == made
    client.delete_resource_snapshot_job(**S, ResourceSnapshotJobIdentifier=job["Id"])
    assert client.list_resource_snapshot_jobs(**S)["ResourceSnapshotJobSummaries"] == []


def test_tags_and_settings_are_kept_for_their_owner(world: AwsWorld) -> None:
    client = world.client()
    tags = [{"Key": "Environment", "Value": "Production"}]
    made = client.create_opportunity(**a_request("t", Tags=tags))["Id"]
    arn = read_one(client, made)["Arn"]
    assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == tags
    client.untag_resource(ResourceArn=arn, TagKeys=["Environment"])
    with refuses(kind="ResourceNotFoundException"):
        client.list_tags_for_resource(ResourceArn=arn)
    with refuses(kind="ResourceNotFoundException"):
        world.client("beta").tag_resource(ResourceArn=arn, Tags=tags)
    client.put_selling_system_settings(**S, ResourceSnapshotJobRoleIdentifier="Jobs")
    role = client.get_selling_system_settings(**S)["ResourceSnapshotJobRoleArn"]
    assert role == f"arn:aws:iam::{world.keys['acme'].account_id}:role/Jobs"
    assert "ResourceSnapshotJobRoleArn" not in world.client("beta").get_selling_system_settings(**S)


def test_prospecting_is_refused_by_name(world: AwsWorld) -> None:
    with refuses(kind="AccessDeniedException"):
        world.client().list_prospecting_from_engagement_tasks(**S)
