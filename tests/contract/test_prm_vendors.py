"""What every PRM promises through the port, a vendor's as well as ours: the fake, our own, Partner Central's wire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.domain.deals import DealChange, DealDraft, DealState, LostReason, Period, SalesStage
from assistant.domain.money import Money
from assistant.domain.people import ANONYMOUS, Requester, Role
from assistant.errors import (
    Forbidden,
    InvalidRecord,
    KeyReused,
    NotAllowedInState,
    RecordNotFound,
    StaleVersion,
)
from assistant.ports.prm import DealQuery, Window
from integrations.clock import SystemClock
from integrations.prm.aws import AwsPrm
from integrations.prm.aws_wire.throttle import UNLIMITED, Throttle
from integrations.prm.partner_central.caller import Caller
from tests.contract.prm_world import ACME, BETA, DRAFT, OFFLINE, World, by, embedded
from tests.servers import fresh_database
from tests.unit.prm.aws_world import AwsWorld, aws_world

MONTHLY = replace(
    DRAFT,
    customer=replace(DRAFT.customer, postal_code="20095", industry="Retail", street="Am Kai 1"),
    value=Money.read("12000.00", "USD"),
    period=Period.MONTHLY,
    needs=("Co-Sell - Deal Support",),
    delivery="SaaS or PaaS",
    use_case="Storage & Backup",
    activities=("Conducted POC / Demo",),
    next_steps="Call on Tuesday",
    comments="Two sites",
)


def draft(reference: str, **changes: object) -> DealDraft:
    """A deal with a customer of its own that every one of them takes."""
    customer = replace(MONTHLY.customer, name=f"Customer {reference} GmbH", website=f"{reference}.de")
    return replace(MONTHLY, **({"partner_ref": reference, "customer": customer} | changes))  # type: ignore[arg-type]


def partner_central(world: AwsWorld) -> AwsPrm:
    """The adapter with the credentials of every partner of the world."""

    def client(partner_id: str) -> object:
        if partner_id not in world.keys:
            raise Forbidden(f"There are no AWS credentials for partner {partner_id!r}.")
        return world.client(partner_id)

    throttle = Throttle(UNLIMITED, clock=SystemClock())
    return AwsPrm(Caller(client, catalog="AWS", throttle=throttle), world.opened.database, clock=world.clock)


@contextmanager
def on_partner_central(folder: Path) -> Iterator[World]:
    with aws_world(folder) as opened:
        yield World(prm=partner_central(opened), clock=opened.clock)


@pytest.fixture(params=[*OFFLINE, "postgres", "aws"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "aws":
        with on_partner_central(tmp_path) as opened:
            yield opened
    elif request.param == "postgres":
        with fresh_database(request.getfixturevalue("postgres")) as url, embedded(url) as opened:
            yield opened
    else:
        yield from OFFLINE[request.param](tmp_path)


async def test_what_is_registered_is_what_is_read(world: World) -> None:
    deal = await world.prm.register_deal(MONTHLY, write=by(ACME, "k1"))
    assert deal.state is DealState.ACTIVE
    assert deal.draft == MONTHLY
    assert deal.partner_id == "acme"
    assert await world.prm.get_deal(deal.id, requester=ACME) == deal


async def test_the_same_key_and_body_registers_once_and_returns_the_first_outcome(world: World) -> None:
    first = await world.prm.register_deal(MONTHLY, write=by(ACME, "k1"))
    world.clock.turn(hours=1)
    assert await world.prm.register_deal(MONTHLY, write=by(ACME, "k1")) == first
    assert len((await world.prm.find_deals(DealQuery(), requester=ACME)).items) == 1


async def test_the_same_key_with_another_body_is_refused_and_writes_nothing(world: World) -> None:
    await world.prm.register_deal(MONTHLY, write=by(ACME, "k1"))
    with pytest.raises(KeyReused) as caught:
        await world.prm.register_deal(draft("crm-2"), write=by(ACME, "k1"))
    assert caught.value.problems[0].code == "key_reused"
    assert len((await world.prm.find_deals(DealQuery(), requester=ACME)).items) == 1


async def test_two_partners_may_use_the_same_key(world: World) -> None:
    mine = await world.prm.register_deal(draft("a"), write=by(ACME, "k1"))
    theirs = await world.prm.register_deal(draft("b"), write=by(BETA, "k1"))
    assert mine.id != theirs.id


async def test_a_refused_draft_names_every_problem_writes_nothing_and_leaves_its_key_free(world: World) -> None:
    customer = replace(MONTHLY.customer, duns="abc", country="XX")
    wrong = replace(MONTHLY, customer=customer, title="", target_close=date(2020, 1, 1))
    with pytest.raises(InvalidRecord) as caught:
        await world.prm.register_deal(wrong, write=by(ACME, "k1"))
    named = {problem.field for problem in caught.value.problems}
    assert {"title", "customer.country", "customer.duns", "target_close"} <= named
    assert (await world.prm.find_deals(DealQuery(), requester=ACME)).items == ()
    assert (await world.prm.register_deal(MONTHLY, write=by(ACME, "k1"))).state is DealState.ACTIVE


async def test_ones_own_reference_is_used_once(world: World) -> None:
    await world.prm.register_deal(draft("crm-1"), write=by(ACME, "k1"))
    with pytest.raises(InvalidRecord) as caught:
        await world.prm.register_deal(replace(draft("crm-2"), partner_ref="crm-1"), write=by(ACME, "k2"))
    assert caught.value.problems[0].field == "partner_ref"


async def test_an_update_changes_only_what_it_names(world: World) -> None:
    deal = await world.prm.register_deal(MONTHLY, write=by(ACME, "k1"))
    edit = DealChange(next_steps="Demo on Tuesday", stage=SalesStage.QUALIFIED)
    changed = await world.prm.update_deal(deal.id, edit, write=by(ACME, "k2", deal.version))
    assert changed.draft == replace(deal.draft, next_steps="Demo on Tuesday", stage=SalesStage.QUALIFIED)
    assert changed.version != deal.version
    again = await world.prm.update_deal(deal.id, edit, write=by(ACME, "k2", deal.version))
    assert again == changed


async def test_a_stale_version_is_refused_and_nothing_is_lost(world: World) -> None:
    deal = await world.prm.register_deal(MONTHLY, write=by(ACME, "k1"))
    first = await world.prm.update_deal(deal.id, DealChange(next_steps="one"), write=by(ACME, "k2", deal.version))
    for version in (deal.version, "", "999", "x", "²"):
        with pytest.raises(StaleVersion) as caught:
            await world.prm.update_deal(deal.id, DealChange(comments="two"), write=by(ACME, f"s{version}", version))
        assert caught.value.problems[0].retryable
    assert await world.prm.get_deal(deal.id, requester=ACME) == first


async def test_a_locked_field_is_refused_by_name(world: World) -> None:
    deal = await world.prm.register_deal(MONTHLY, write=by(ACME, "k1"))
    with pytest.raises(NotAllowedInState) as caught:
        await world.prm.update_deal(deal.id, DealChange(title="Other"), write=by(ACME, "k2", deal.version))
    assert caught.value.problems[0].field == "title"


async def test_a_deal_is_lost_with_its_reason_only(world: World) -> None:
    deal = await world.prm.register_deal(MONTHLY, write=by(ACME, "k1"))
    with pytest.raises(InvalidRecord) as caught:
        await world.prm.update_deal(
            deal.id, DealChange(stage=SalesStage.CLOSED_LOST), write=by(ACME, "k2", deal.version)
        )
    assert caught.value.problems[0].field == "lost_reason"
    edit = DealChange(stage=SalesStage.CLOSED_LOST, lost_reason=LostReason.PRICE)
    lost = await world.prm.update_deal(deal.id, edit, write=by(ACME, "k3", deal.version))
    assert (lost.state, lost.draft.lost_reason) == (DealState.LOST, LostReason.PRICE)


async def test_another_partners_deal_looks_as_if_it_did_not_exist(world: World) -> None:
    deal = await world.prm.register_deal(MONTHLY, write=by(ACME, "k1"))
    with pytest.raises(RecordNotFound) as hidden:
        await world.prm.get_deal(deal.id, requester=BETA)
    with pytest.raises(RecordNotFound) as absent:
        await world.prm.get_deal("deal-0", requester=BETA)
    assert str(hidden.value).replace(deal.id, "deal-0") == str(absent.value)
    assert (await world.prm.find_deals(DealQuery(partner_id="acme"), requester=BETA)).items == ()
    with pytest.raises(RecordNotFound):
        await world.prm.update_deal(deal.id, DealChange(comments="Mine"), write=by(BETA, "k1", deal.version))


async def test_people_nobody_knows_get_nothing(world: World) -> None:
    for requester in (ANONYMOUS, Requester(user="x", role=Role.PARTNER)):
        with pytest.raises(Forbidden):
            await world.prm.find_deals(DealQuery(), requester=requester)
        with pytest.raises(Forbidden):
            await world.prm.register_deal(MONTHLY, write=by(requester, "k"))
    stranger = Requester(user="x", role=Role.PARTNER, partner_id="nobody")
    with pytest.raises(Forbidden):
        await world.prm.register_deal(MONTHLY, write=by(stranger, "k"))


async def test_pages_join_to_the_whole_list_in_order(world: World) -> None:
    made = []
    for number in range(5):
        world.clock.turn(minutes=1)
        made.append((await world.prm.register_deal(draft(f"crm-{number}"), write=by(ACME, f"k{number}"))).id)
    seen: list[str] = []
    cursor = ""
    while True:
        page = await world.prm.find_deals(DealQuery(), requester=ACME, window=Window(limit=2, cursor=cursor))
        seen += [deal.id for deal in page.items]
        cursor = page.cursor
        if not cursor:
            break
    assert seen == made[::-1]


@pytest.mark.parametrize("window", [Window(limit=0), Window(limit=201), Window(cursor="%%"), Window(cursor="é")])
async def test_a_window_that_cannot_be_is_refused(world: World, window: Window) -> None:
    with pytest.raises(InvalidRecord):
        await world.prm.find_deals(DealQuery(), requester=ACME, window=window)


async def test_deals_are_found_by_state_and_text(world: World) -> None:
    await world.prm.register_deal(MONTHLY, write=by(ACME, "k1"))
    large = draft("crm-2", title="Überlandwerk archive", value=Money.read("2000000.00", "USD"))
    waiting = await world.prm.register_deal(large, write=by(ACME, "k2"))
    submitted = await world.prm.find_deals(DealQuery(state=DealState.SUBMITTED), requester=ACME)
    assert [deal.id for deal in submitted.items] == [waiting.id]
    found = await world.prm.find_deals(DealQuery(text="überlandwerk"), requester=ACME)
    assert [deal.id for deal in found.items] == [waiting.id]
    assert (await world.prm.find_deals(DealQuery(text="100%_"), requester=ACME)).items == ()
