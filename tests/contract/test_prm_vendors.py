"""What every PRM promises through the port: the fake, our own, Amazon's Partner Central, Microsoft's Partner Center.

What a system has no word for, test_prm_capabilities.py names; here each is asked in the words it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
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
from assistant.ports.prm import DealQuery, Prm, Window
from integrations.clock import SystemClock
from integrations.prm.aws import AwsPrm
from integrations.prm.aws_wire.throttle import UNLIMITED, Throttle
from integrations.prm.partner_central.caller import Caller
from tests.contract.prm_world import ACME, BETA, DRAFT, OFFLINE, World, by, embedded
from tests.servers import fresh_database
from tests.unit.prm.aws_world import AwsWorld, aws_world
from tests.unit.prm.microsoft_bench import on_sockets

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


PROGRESS = DealChange(next_steps="Demo on Tuesday", stage=SalesStage.QUALIFIED)
AZURE = replace(
    DRAFT,
    customer=replace(MONTHLY.customer, website="", industry="Retail & Consumer Goods"),
    product="Azure",
    value=Money.read("12000.00", "USD"),
)


def draft(reference: str, *, like: DealDraft = MONTHLY, **changes: object) -> DealDraft:
    """Such a deal with a customer of its own."""
    website = f"{reference}.de" if like.customer.website else ""
    customer = replace(like.customer, name=f"Customer {reference} GmbH", website=website)
    return replace(like, **({"partner_ref": reference, "customer": customer} | changes))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class System:
    """A PRM in its world, and what it is asked for in its own words.

    `of` is the PRM as another partner has it; `locked` a field that may not be changed once `lock`, where there is one,
    was done; `answer` lets the vendor accept what was registered.
    """

    world: World
    draft: DealDraft = MONTHLY
    registered: DealState = DealState.ACTIVE
    edit: DealChange = PROGRESS
    lock: DealChange | None = None
    theirs: Prm | None = None
    accept: Callable[[str], object] = str

    @property
    def prm(self) -> Prm:
        """The PRM as acme has it."""
        return self.world.prm

    @property
    def beta(self) -> Prm:
        """The PRM as beta has it: mostly the same."""
        return self.theirs or self.world.prm

    def another(self, reference: str, **changes: object) -> DealDraft:
        """A deal with a customer of its own."""
        return draft(reference, like=self.draft, **changes)


def partner_central(world: AwsWorld) -> AwsPrm:
    """The adapter with the credentials of every partner of the world."""

    def client(partner_id: str) -> object:
        if partner_id not in world.keys:
            raise Forbidden(f"There are no AWS credentials for partner {partner_id!r}.")
        return world.client(partner_id)

    throttle = Throttle(UNLIMITED, clock=SystemClock())
    return AwsPrm(Caller(client, catalog="AWS", throttle=throttle), world.opened.database, clock=world.clock)


def on_partner_central(folder: Path) -> Iterator[System]:
    with aws_world(folder) as opened:
        yield System(World(prm=partner_central(opened), clock=opened.clock))


def on_partner_center(folder: Path) -> Iterator[System]:
    """Two partners' accounts on one server, which accepts nothing by itself."""
    with on_sockets(folder) as (bench, beta):
        yield System(
            World(prm=bench.prm, clock=bench.clock),
            draft=AZURE,
            registered=DealState.SUBMITTED,
            edit=DealChange(problem="They need backup in three regions by now.", value=Money.read("9", "EUR")),
            lock=DealChange(stage=SalesStage.LAUNCHED),
            theirs=beta,
            accept=lambda deal_id: bench.server.decide(deal_id, "Active", "Accepted"),
        )


VENDORS = {"aws": on_partner_central, "microsoft": on_partner_center}


@pytest.fixture(params=[*OFFLINE, "postgres", *VENDORS])
def system(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[System]:
    if request.param in VENDORS:
        yield from VENDORS[request.param](tmp_path)
    elif request.param == "postgres":
        with fresh_database(request.getfixturevalue("postgres")) as url, embedded(url) as world:
            yield System(world)
    else:
        for world in OFFLINE[request.param](tmp_path):
            yield System(world)


async def test_what_is_registered_is_what_is_read(system: System) -> None:
    deal = await system.prm.register_deal(system.draft, write=by(ACME, "k1"))
    assert deal.state is system.registered
    assert deal.draft == system.draft
    assert deal.partner_id == "acme"
    assert await system.prm.get_deal(deal.id, requester=ACME) == deal


async def test_the_same_key_and_body_registers_once_and_returns_the_first_outcome(system: System) -> None:
    first = await system.prm.register_deal(system.draft, write=by(ACME, "k1"))
    system.world.clock.turn(hours=1)
    assert await system.prm.register_deal(system.draft, write=by(ACME, "k1")) == first
    assert len((await system.prm.find_deals(DealQuery(), requester=ACME)).items) == 1


async def test_the_same_key_with_another_body_is_refused_and_writes_nothing(system: System) -> None:
    await system.prm.register_deal(system.draft, write=by(ACME, "k1"))
    with pytest.raises(KeyReused) as caught:
        await system.prm.register_deal(system.another("crm-2"), write=by(ACME, "k1"))
    assert caught.value.problems[0].code == "key_reused"
    assert len((await system.prm.find_deals(DealQuery(), requester=ACME)).items) == 1


async def test_two_partners_may_use_the_same_key(system: System) -> None:
    mine = await system.prm.register_deal(system.another("a"), write=by(ACME, "k1"))
    theirs = await system.beta.register_deal(system.another("b"), write=by(BETA, "k1"))
    assert mine.id != theirs.id


async def test_a_refused_draft_names_every_problem_writes_nothing_and_leaves_its_key_free(system: System) -> None:
    customer = replace(system.draft.customer, duns="abc", country="XX")
    wrong = replace(system.draft, customer=customer, title="", target_close=date(2020, 1, 1))
    with pytest.raises(InvalidRecord) as caught:
        await system.prm.register_deal(wrong, write=by(ACME, "k1"))
    named = {problem.field for problem in caught.value.problems}
    assert {"title", "customer.country", "customer.duns", "target_close"} <= named
    assert (await system.prm.find_deals(DealQuery(), requester=ACME)).items == ()
    assert (await system.prm.register_deal(system.draft, write=by(ACME, "k1"))).state is system.registered


async def test_ones_own_reference_is_used_once(system: System) -> None:
    await system.prm.register_deal(system.another("crm-1"), write=by(ACME, "k1"))
    with pytest.raises(InvalidRecord) as caught:
        await system.prm.register_deal(replace(system.another("crm-2"), partner_ref="crm-1"), write=by(ACME, "k2"))
    assert caught.value.problems[0].field == "partner_ref"


async def test_an_update_changes_only_what_it_names(system: System) -> None:
    deal = await system.prm.register_deal(system.draft, write=by(ACME, "k1"))
    changed = await system.prm.update_deal(deal.id, system.edit, write=by(ACME, "k2", deal.version))
    assert changed.draft == system.edit.applied_to(deal.draft)
    assert changed.draft != deal.draft
    assert changed.version != deal.version
    again = await system.prm.update_deal(deal.id, system.edit, write=by(ACME, "k2", deal.version))
    assert again == changed


async def test_a_stale_version_is_refused_and_nothing_is_lost(system: System) -> None:
    deal = await system.prm.register_deal(system.draft, write=by(ACME, "k1"))
    first = await system.prm.update_deal(deal.id, system.edit, write=by(ACME, "k2", deal.version))
    for version in (deal.version, "", "999", "x", "²"):
        with pytest.raises(StaleVersion) as caught:
            await system.prm.update_deal(deal.id, system.edit, write=by(ACME, f"s{version}", version))
        assert caught.value.problems[0].retryable
    assert await system.prm.get_deal(deal.id, requester=ACME) == first


async def test_a_locked_field_is_refused_by_name(system: System) -> None:
    deal = await system.prm.register_deal(system.draft, write=by(ACME, "k1"))
    if system.lock is not None:
        deal = await system.prm.update_deal(deal.id, system.lock, write=by(ACME, "lock", deal.version))
    with pytest.raises(NotAllowedInState) as caught:
        await system.prm.update_deal(deal.id, DealChange(title="Other"), write=by(ACME, "k2", deal.version))
    assert caught.value.problems[0].field == "title"


async def test_a_deal_is_lost_with_its_reason_only(system: System) -> None:
    deal = await system.prm.register_deal(system.draft, write=by(ACME, "k1"))
    with pytest.raises(InvalidRecord) as caught:
        await system.prm.update_deal(
            deal.id, DealChange(stage=SalesStage.CLOSED_LOST), write=by(ACME, "k2", deal.version)
        )
    assert caught.value.problems[0].field == "lost_reason"
    edit = DealChange(stage=SalesStage.CLOSED_LOST, lost_reason=LostReason.PRICE)
    lost = await system.prm.update_deal(deal.id, edit, write=by(ACME, "k3", deal.version))
    assert (lost.state, lost.draft.lost_reason) == (DealState.LOST, LostReason.PRICE)


async def test_another_partners_deal_looks_as_if_it_did_not_exist(system: System) -> None:
    deal = await system.prm.register_deal(system.draft, write=by(ACME, "k1"))
    for prm in (system.prm, system.beta):  # through acme's own account too, where accounts are a partner's
        with pytest.raises(RecordNotFound) as hidden:
            await prm.get_deal(deal.id, requester=BETA)
        with pytest.raises(RecordNotFound) as absent:
            await prm.get_deal("deal-0", requester=BETA)
        assert str(hidden.value).replace(deal.id, "deal-0") == str(absent.value)
        assert (await prm.find_deals(DealQuery(partner_id="acme"), requester=BETA)).items == ()
        with pytest.raises(RecordNotFound):
            await prm.update_deal(deal.id, system.edit, write=by(BETA, "k1", deal.version))


async def test_people_nobody_knows_get_nothing(system: System) -> None:
    for requester in (ANONYMOUS, Requester(user="x", role=Role.PARTNER)):
        with pytest.raises(Forbidden):
            await system.prm.find_deals(DealQuery(), requester=requester)
        with pytest.raises(Forbidden):
            await system.prm.register_deal(system.draft, write=by(requester, "k"))
    stranger = Requester(user="x", role=Role.PARTNER, partner_id="nobody")
    with pytest.raises(Forbidden):
        await system.prm.register_deal(system.draft, write=by(stranger, "k"))


async def test_pages_join_to_the_whole_list_in_order(system: System) -> None:
    made = []
    for number in range(5):
        system.world.clock.turn(minutes=1)
        made.append((await system.prm.register_deal(system.another(f"crm-{number}"), write=by(ACME, f"k{number}"))).id)
    seen: list[str] = []
    cursor = ""
    while True:
        page = await system.prm.find_deals(DealQuery(), requester=ACME, window=Window(limit=2, cursor=cursor))
        seen += [deal.id for deal in page.items]
        cursor = page.cursor
        if not cursor:
            break
    assert seen == made[::-1]


@pytest.mark.parametrize("window", [Window(limit=0), Window(limit=201), Window(cursor="%%"), Window(cursor="é")])
async def test_a_window_that_cannot_be_is_refused(system: System, window: Window) -> None:
    with pytest.raises(InvalidRecord):
        await system.prm.find_deals(DealQuery(), requester=ACME, window=window)


async def test_deals_are_found_by_state_and_text(system: System) -> None:
    first = await system.prm.register_deal(system.draft, write=by(ACME, "k1"))
    system.accept(first.id)
    large = system.another("crm-2", title="Überlandwerk archive", value=Money.read("2000000.00", "USD"))
    waiting = await system.prm.register_deal(large, write=by(ACME, "k2"))
    submitted = await system.prm.find_deals(DealQuery(state=DealState.SUBMITTED), requester=ACME)
    assert [deal.id for deal in submitted.items] == [waiting.id]
    active = await system.prm.find_deals(DealQuery(state=DealState.ACTIVE), requester=ACME)
    assert [deal.id for deal in active.items] == [first.id]
    found = await system.prm.find_deals(DealQuery(text="überlandwerk"), requester=ACME)
    assert [deal.id for deal in found.items] == [waiting.id]
    assert (await system.prm.find_deals(DealQuery(text="100%_"), requester=ACME)).items == ()
