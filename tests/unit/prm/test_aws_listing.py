"""Lists of opportunities on the AWS wire: filtered, ordered and cut by the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine, delete, event, func, select

from assistant.domain.deals import DealState
from assistant.domain.money import Money
from integrations.prm.aws_wire import tables
from integrations.prm.revisions import r0003_opportunities
from tests.contract.prm_world import ACME, MANAGER, by
from tests.contract.test_prm_vendors import draft, partner_central
from tests.servers import fresh_database
from tests.unit.prm.aws_world import AwsWorld, aws_world

LARGE = Money.read("2000000.00", "USD")
SORTED = ["LastModifiedDate", "Identifier", "CustomerCompanyName", "TargetCloseDate", "CreatedDate"]


@pytest.fixture(params=["sqlite", "postgres"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AwsWorld]:
    if request.param == "postgres":
        with fresh_database(request.getfixturevalue("postgres")) as url, aws_world(tmp_path, url=url) as opened:
            yield opened
    else:
        with aws_world(tmp_path) as opened:
            yield opened


async def registered(world: AwsWorld, count: int) -> list[str]:
    """The references of deals that wait for a decision, the first one the oldest."""
    prm = partner_central(world)
    for number in range(count):
        world.clock.turn(minutes=1)
        await prm.register_deal(draft(f"ref-{number}", value=LARGE), write=by(ACME, f"k{number}"))
    return [f"ref-{number}" for number in range(count)]


def listed(world: AwsWorld, **asked: object) -> list[str]:
    """The references in every page of a list."""
    pages = (
        world.client()
        .get_paginator("list_opportunities")
        .paginate(Catalog="AWS", PaginationConfig={"PageSize": 2}, **asked)
    )
    return [row["PartnerOpportunityIdentifier"] for page in pages for row in page["OpportunitySummaries"]]


async def test_what_the_vendor_decides_moves_an_opportunity_and_changes_its_review(world: AwsWorld) -> None:
    references = await registered(world, 5)
    assert listed(world) == references[::-1]
    desk = world.opened.desk
    waiting = (await desk.queue(requester=MANAGER)).items
    oldest = next(deal for deal in waiting if deal.draft.partner_ref == references[0])
    world.clock.turn(minutes=1)
    approved = await desk.approve(oldest.id, write=by(MANAGER, "a", oldest.version))
    assert approved.state is DealState.ACTIVE
    assert listed(world)[0] == references[0]
    assert listed(world, LifeCycleReviewStatus=["Approved"]) == [references[0]]
    assert listed(world, LifeCycleReviewStatus=["Submitted", "In review"]) == references[:0:-1]


@pytest.mark.parametrize("by_what", SORTED)
@pytest.mark.parametrize("order", ["ASCENDING", "DESCENDING"])
async def test_pages_in_every_order_hold_each_opportunity_once(world: AwsWorld, by_what: str, order: str) -> None:
    references = await registered(world, 5)
    found = listed(world, Sort={"SortBy": by_what, "SortOrder": order})
    assert sorted(found) == references
    if by_what in {"CustomerCompanyName", "CreatedDate", "LastModifiedDate"}:
        assert found == (references if order == "ASCENDING" else references[::-1])


async def test_a_page_reads_only_its_own_documents(world: AwsWorld) -> None:
    await registered(world, 5)
    statements: list[str] = []
    client = world.client()

    def heard(*seen: object) -> None:
        statements.append(str(seen[2]))

    event.listen(Engine, "before_cursor_execute", heard)
    client.list_opportunities(Catalog="AWS", MaxResults=2)
    event.remove(Engine, "before_cursor_execute", heard)
    bodies = [each for each in statements if "prm_aws_documents.body" in each]
    assert len(bodies) == 1
    assert " IN (" in bodies[0]
    assert any("prm_aws_opportunities" in each and "LIMIT" in each for each in statements)


async def test_opportunities_of_an_older_database_are_entered_into_the_list(world: AwsWorld) -> None:
    references = await registered(world, 3)
    with world.opened.database.writing("default") as unit:
        unit.connection.execute(delete(tables.opportunities))
    assert listed(world) == []
    for _ in range(2):  # the second time there is nothing to do
        with (
            world.opened.database.writing("default") as unit,
            Operations.context(MigrationContext.configure(unit.connection)),
        ):
            r0003_opportunities.upgrade()
    assert listed(world) == references[::-1]
    with world.opened.database.reading("default") as unit:
        assert unit.connection.scalar(select(func.count()).select_from(tables.opportunities)) == 3
