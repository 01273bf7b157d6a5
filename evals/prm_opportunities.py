"""Every registration of a made-up market as an opportunity of the AWS wire.

One is registered through the wire; the database itself makes the others after it, a million in a minute or two.
"""

from __future__ import annotations

import asyncio
from datetime import date

from assistant.domain.accounts import Customer
from assistant.domain.deals import DealDraft, Period
from assistant.domain.money import Money
from assistant.domain.people import Requester, Role
from assistant.ports.prm import Write
from integrations.bootstrap import Liaison

TENANT, PARTNER, REFERENCE = "default", "p0000", "sample-reference"
SAMPLE = DealDraft(
    partner_ref=REFERENCE,
    title=f"Project {REFERENCE}",
    problem="The customer needs immutable backup in two regions before its lease ends.",
    customer=Customer(
        name=f"Customer {REFERENCE}",
        country="DE",
        website=f"{REFERENCE}.example.com",
        city="Hamburg",
        postal_code="20095",
        industry="Retail",
    ),
    product="keep",
    value=Money.read("30000.00", "EUR"),
    target_close=date(2026, 12, 1),
    period=Period.MONTHLY,
    needs=("Co-Sell - Deal Support",),
    next_steps="Call on Tuesday",
    delivery="SaaS or PaaS",
    use_case="Storage & Backup",
    activities=("Conducted POC / Demo",),
)
NUMBER = "'O' || (1000000 + d.no)"


def publish(liaison: Liaison) -> None:
    """Make an opportunity of each registration, unless that was done before."""
    with liaison.prm.database.reading(TENANT) as unit:
        if unit.connection.exec_driver_sql("SELECT 1 FROM prm_aws_opportunities LIMIT 1").first():
            return
    office = liaison.prm.aws_in_process(PARTNER, tenant=TENANT, watch=lambda _operation, _status: None)
    requester = Requester(user="x", role=Role.PARTNER, partner_id=PARTNER)
    asyncio.run(office.register_deal(SAMPLE, write=Write(requester=requester, key=REFERENCE)))
    with liaison.prm.database.writing(TENANT) as unit:
        run = unit.connection.exec_driver_sql
        told = run("SELECT id, deal_id FROM prm_aws_opportunities").one()
        marks = {told.id: NUMBER, told.deal_id: "d.id", REFERENCE: "partner_ref", PARTNER: "partner_id"}

        def copied(column: str) -> str:
            for mark, value in marks.items():
                column = f"replace({column}, '{mark}', {value})"
            return column

        others = f"prm_deals d WHERE d.id <> '{told.deal_id}'"
        run(
            "INSERT INTO prm_aws_documents (tenant, catalog, kind, id, owner, about, modified, body) "  # noqa: S608 - ours
            f"SELECT d.tenant, s.catalog, s.kind, {NUMBER}, partner_id, {copied('s.about')}, "
            f"updated, {copied('s.body')} FROM prm_aws_documents s, {others} AND s.id = '{told.id}'"
        )
        run(
            "INSERT INTO prm_aws_opportunities "  # noqa: S608 - ours
            "(tenant, catalog, id, owner, deal_id, modified, created, company, close, stage, status) "
            f"SELECT d.tenant, s.catalog, {NUMBER}, partner_id, d.id, updated / 1000, updated / 1000, "
            f"{copied('s.company')}, s.close, s.stage, s.status FROM prm_aws_opportunities s, {others}"
            f" AND s.id = '{told.id}'"
        )
