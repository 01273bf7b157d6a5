"""Every registration of a made-up market as an opportunity of the AWS wire, and boto3 clients that list them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from evals.prm_market import NOW
from integrations.bootstrap import Liaison
from integrations.prm.aws_wire.in_process import client_of
from integrations.prm.aws_wire.opportunity import SEPARATOR, Opportunity, OpportunityDrawer
from integrations.prm.aws_wire.server import AwsWire
from integrations.prm.aws_wire.signature import issue_key

TENANT = "default"
FIELDS: dict[str, Any] = {
    "PrimaryNeedsFromAws": ["Co-Sell - Deal Support"],
    "PartnerOpportunityIdentifier": "@REF@",
    "OpportunityType": "Net New Business",
    "Customer": {
        "Account": {
            "CompanyName": "Customer @REF@",
            "Industry": "Retail",
            "WebsiteUrl": "customer.example.com",
            "Address": {"CountryCode": "DE", "City": "Hamburg", "PostalCode": "20095"},
        }
    },
    "LifeCycle": {"Stage": "Qualified", "TargetCloseDate": "2026-12-01", "NextSteps": "Call on Tuesday"},
    "Project": {
        "Title": "Project @REF@",
        "CustomerBusinessProblem": "The customer needs immutable backup in two regions before its lease ends.",
        "DeliveryModels": ["SaaS or PaaS"],
        "ExpectedCustomerSpend": [
            {"Amount": "12000.00", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}
        ],
    },
}
SAMPLE = Opportunity(
    id="@ID@", owner="@OWNER@", created=NOW, modified=NOW, fields=FIELDS, deal_id="@DEAL@", involvement="Co-Sell"
)
NUMBER = "'O' || (1000000 + no)"


def publish(liaison: Liaison) -> None:
    """Make an opportunity of each registration, in the database itself: a million take a minute or two."""
    body = TypeAdapter(Opportunity).dump_json(SAMPLE).decode().replace("'", "''")
    values = {"@ID@": NUMBER, "@OWNER@": "partner_id", "@DEAL@": "id", "@REF@": "partner_ref"}
    document = f"'{body}'"
    for mark, column in values.items():
        document = f"replace({document}, '{mark}', {column})"
    kind, about = OpportunityDrawer.NAME, f"partner_id || '{SEPARATOR}' || partner_ref"
    with liaison.prm.database.writing(TENANT) as unit:
        run = unit.connection.exec_driver_sql
        if run("SELECT 1 FROM prm_aws_opportunities LIMIT 1").first():
            return
        run(
            "INSERT INTO prm_aws_documents (tenant, catalog, kind, id, owner, about, modified, body) "  # noqa: S608 - ours
            f"SELECT tenant, 'AWS', '{kind}', {NUMBER}, partner_id, {about}, updated, {document} FROM prm_deals"
        )
        run(
            "INSERT INTO prm_aws_opportunities "  # noqa: S608 - ours
            "(tenant, catalog, id, owner, deal_id, modified, created, company, close, stage, status) "
            f"SELECT tenant, 'AWS', {NUMBER}, partner_id, id, updated / 1000, updated / 1000, "
            "'customer ' || partner_ref, '2026-12-01', 'Qualified', 'Approved' FROM prm_deals"
        )


def clients(liaison: Liaison, partners: Iterable[str]) -> dict[str, Any]:
    """A boto3 client of each partner, on the wire in this process."""
    wire = AwsWire(liaison.prm.database, books=liaison.prm.books)
    with liaison.prm.database.writing(TENANT) as unit:
        keys = {name: issue_key(unit, name) for name in partners}
    return {name: client_of(wire, key) for name, key in keys.items()}
