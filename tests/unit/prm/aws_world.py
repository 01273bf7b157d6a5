"""The AWS wire with a few partners on it, and opportunities to send."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from assistant.domain.partners import PartnerKind
from integrations.prm import OpenPrm, open_embedded
from integrations.prm.aws_wire.in_process import client_of
from integrations.prm.aws_wire.opportunity import solution_id
from integrations.prm.aws_wire.server import AwsWire
from integrations.prm.aws_wire.signature import AccessKey, issue_key
from integrations.prm.aws_wire.translation import write
from tests.contract.prm_world import WORLD, TurnableClock, a_partner

Json = dict[str, Any]
SOLUTION = solution_id("keep")
SENT_BACK = ("Arn", "CreatedDate", "RelatedEntityIdentifiers", "OpportunityTeam", "ResponseMetadata")
OPPORTUNITY: Json = {
    "Origin": "Partner Referral",
    "OpportunityType": "Net New Business",
    "NationalSecurity": "No",
    "PrimaryNeedsFromAws": ["Co-Sell - Architectural Validation"],
    "Customer": {
        "Account": {
            "CompanyName": "Nordwind Logistics",
            "Industry": "Transportation and Logistics",
            "WebsiteUrl": "nordwind-logistics.com",
            "Address": {"CountryCode": "US", "StateOrRegion": "Alaska", "PostalCode": "99501", "City": "Anchorage"},
        },
        "Contacts": [{"Email": "kim@nordwind-logistics.com", "FirstName": "Kim", "LastName": "Berg"}],
    },
    "LifeCycle": {"TargetCloseDate": "2026-12-01", "NextSteps": "Call on Tuesday"},
    "Marketing": {"Source": "None"},
    "Project": {
        "Title": "Backup for two sites",
        "CustomerBusinessProblem": "The customer needs immutable backup in two regions before its lease ends.",
        "CustomerUseCase": "Storage & Backup",
        "DeliveryModels": ["SaaS or PaaS"],
        "SalesActivities": ["Initialized discussions with customer"],
        "ExpectedCustomerSpend": [
            {"Amount": "12000.00", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}
        ],
    },
}


@dataclass(frozen=True, slots=True)
class AwsWorld:
    """The wire, who signs with what, and the clock of the PRM."""

    opened: OpenPrm
    wire: AwsWire
    keys: dict[str, AccessKey]
    clock: TurnableClock

    def client(self, partner_id: str = "acme", *, checked: bool = True) -> Any:
        """An ordinary boto3 client of a partner; `checked=False` asks the wire also what botocore would refuse."""
        return client_of(self.wire, self.keys[partner_id], checked=checked)


PARTNERS = (
    replace(a_partner("isv"), kind=PartnerKind.SOFTWARE, specialisations=("ISV Accelerate",)),
    replace(
        a_partner("saas"), kind=PartnerKind.SOFTWARE, specialisations=("ISV Accelerate", "SaaS Revenue Recognition")
    ),
)


@contextmanager
def aws_world(folder: Path, *, url: str = "") -> Iterator[AwsWorld]:
    """The world of the contract with two software partners more, each with a certificate and an access key."""
    clock = TurnableClock()
    opened = open_embedded(url or f"sqlite:///{folder / 'prm.db'}", clock=clock)
    try:
        held = WORLD.certifications[0]
        more = tuple(replace(held, id=f"c-{name}", partner_id=name) for name in ("isv", "saas", "beta"))
        archive = replace(WORLD, partners=(*WORLD.partners, *PARTNERS), certifications=(*WORLD.certifications, *more))
        opened.load(archive, tenant="default")
        with opened.database.writing("default") as unit:
            keys = {name: issue_key(unit, name) for name in ("acme", "beta", "isv", "saas")}
        yield AwsWorld(opened, AwsWire(opened.database, books=opened.books), keys, clock)
    finally:
        opened.close()


def only(path: str, value: Any) -> dict[str, Any]:
    """One change, at a path with __ for dots."""
    return {path: value}


def a_request(token: str, *, catalog: str = "Sandbox", **changes: Any) -> Json:
    """A complete CreateOpportunity request; `changes` are values at paths with __ for dots, None to leave one out."""
    request = {"Catalog": catalog, "ClientToken": token, **deepcopy(OPPORTUNITY)}
    for path, value in changes.items():
        write(request, path.replace("__", "."), value)
    return request


def submitted(
    client: Any, token: str, *, catalog: str = "Sandbox", involvement: str = "Co-Sell", **changes: Any
) -> str:
    """The id of an opportunity that is created, associated and submitted."""
    made = str(client.create_opportunity(**a_request(token, catalog=catalog, **changes))["Id"])
    client.associate_opportunity(
        Catalog=catalog,
        OpportunityIdentifier=made,
        RelatedEntityType="Solutions",
        RelatedEntityIdentifier=SOLUTION,
    )
    task = client.start_engagement_from_opportunity_task(
        Catalog=catalog,
        ClientToken=f"task-{token}",
        Identifier=made,
        AwsSubmission={"InvolvementType": involvement, "Visibility": "Full"},
    )
    assert task["TaskStatus"] == "COMPLETE", task
    return made


def read_one(client: Any, identifier: str, *, catalog: str = "Sandbox") -> Json:
    """GetOpportunity."""
    answer: Json = client.get_opportunity(Catalog=catalog, Identifier=identifier)
    return answer


def update(client: Any, identifier: str, *, catalog: str = "Sandbox", **changes: Any) -> Json:
    """Read an opportunity, change it, send it whole; what it then is."""
    document = read_one(client, identifier, catalog=catalog)
    for name in SENT_BACK:
        document.pop(name, None)
    document["Identifier"] = document.pop("Id")
    for path, value in changes.items():
        write(document, path.replace("__", "."), value)
    client.update_opportunity(**document)
    return read_one(client, identifier, catalog=catalog)


def reviewed(client: Any, identifier: str, status: str, **changes: Any) -> Json:
    """Play the reviewer in the Sandbox."""
    return update(client, identifier, LifeCycle__ReviewStatus=status, **changes)


def approved(client: Any, token: str, **changes: Any) -> str:
    """The id of an opportunity that the Sandbox approved."""
    made = submitted(client, token, **changes)
    reviewed(client, made, "Approved")
    return made


def referred(client: Any, token: str, **changes: Any) -> str:
    """The id of an invitation to a referral of AWS, made in the Sandbox."""
    client.create_opportunity(**a_request(token, Origin="AWS Referral", **changes))
    waiting = client.list_engagement_invitations(Catalog="Sandbox", ParticipantType="RECEIVER", Status=["PENDING"])
    return str(waiting["EngagementInvitationSummaries"][-1]["Id"])


def accepted(client: Any, token: str, **changes: Any) -> str:
    """The id of a referral of AWS that the partner accepted."""
    task = client.start_engagement_by_accepting_invitation_task(
        Catalog="Sandbox", ClientToken=f"accept-{token}", Identifier=referred(client, token, **changes)
    )
    assert task["TaskStatus"] == "COMPLETE", task
    return str(task["OpportunityId"])


@contextmanager
def refuses(*fields: str, kind: str = "ValidationException") -> Iterator[None]:
    """Expect a refusal of this kind that names these fields."""
    with pytest.raises(ClientError) as caught:
        yield
    response = caught.value.response
    assert response["Error"]["Code"] == kind, response
    named = {each["FieldName"] for each in response.get("ErrorList", [])}
    assert set(fields) <= named, response
