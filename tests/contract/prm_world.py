"""A small world of partners for the PRM contract: who is in it, a clock to turn, and a PRM of each kind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx

from assistant.domain.accounts import Account, Contact, Customer
from assistant.domain.cosell import CoSellRole, Member, Opportunity, Outcome
from assistant.domain.deals import DealDraft
from assistant.domain.funds import FundAllocation
from assistant.domain.money import Money
from assistant.domain.partners import (
    Certification,
    MembershipStatus,
    Partner,
    PartnerKind,
    Program,
    Requirement,
    Tier,
)
from assistant.domain.people import Requester, Role
from assistant.ports.deal_desk import DealDesk
from assistant.ports.prm import Prm, Write
from assistant.ports.prm_archive import Archive
from assistant.testing.prm import MemoryPrm
from integrations.bootstrap import build
from integrations.prm import open_embedded
from integrations.prm.remote import RemotePrm
from integrations.prm.remote_desk import RemoteDesk
from integrations.settings import Settings
from integrations.surfaces.prm_http.app import open_service, prm_app

START = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
NAMED = Customer(name="Kronos Automotive AG", country="DE", website="kronos-automotive.example.com")
DRAFT = DealDraft(
    partner_ref="crm-1",
    title="Backup for two sites",
    problem="The customer needs immutable backup in two regions before its lease ends.",
    customer=Customer(name="Nordwind Logistik GmbH", country="DE", website="nordwind-logistik.de", city="Hamburg"),
    product="keep",
    value=Money.read("40000", "EUR"),
    target_close=date(2026, 12, 1),
)


class TurnableClock:
    """A clock that stands still until it is turned."""

    def __init__(self, moment: datetime = START) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment it was turned to."""
        return self.moment

    def turn(self, **time: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**time)


def who(partner_id: str) -> Requester:
    """Somebody at a partner."""
    return Requester(user=f"someone@{partner_id}", role=Role.PARTNER, partner_id=partner_id)


MANAGER = Requester(user="cora", role=Role.CHANNEL_MANAGER)
ACME, BETA, GAMMA = who("acme"), who("beta"), who("gamma")


def by(requester: Requester, key: str, version: str = "") -> Write:
    """A write by somebody under a key."""
    return Write(requester=requester, key=key, expected_version=version)


def a_partner(partner_id: str, *, tier: str = "silver", listed: bool = True) -> Partner:
    """A partner that sells in Germany, Austria and the United States."""
    return Partner(
        id=partner_id,
        legal_name=f"{partner_id.title()} GmbH",
        display_name=partner_id.title(),
        kind=PartnerKind.RESELLER,
        country="DE",
        countries=frozenset({"DE", "AT", "US"}),
        program_id="programme",
        tier=tier,
        status=MembershipStatus.ACTIVE,
        since=date(2024, 1, 1),
        contacts=(Contact(email=f"sales@{partner_id}.example"),),
        listed=listed,
    )


def a_draft(reference: str, **changes: object) -> DealDraft:
    """A deal with a customer of its own, so that it conflicts with no other."""
    customer = replace(DRAFT.customer, name=f"Customer {reference} GmbH", website=f"{reference}.de")
    return replace(DRAFT, **({"partner_ref": reference, "customer": customer} | changes))  # type: ignore[arg-type]


WORLD = Archive(
    programs=(
        Program(
            id="programme",
            name="Partner Programme",
            tiers=(
                Tier(name="registered", rank=1, open_deals=5),
                Tier(name="silver", rank=2, open_deals=40),
                Tier(
                    name="gold",
                    rank=3,
                    open_deals=120,
                    requirements=(
                        Requirement("certified:technical", 2, "technical professionals"),
                        Requirement("won_deals", 1, "won deals"),
                    ),
                ),
            ),
        ),
    ),
    partners=(a_partner("acme"), a_partner("beta"), a_partner("gamma"), a_partner("hidden", listed=False)),
    certifications=(
        Certification("c1", "acme", "Technical", "keep", "A", date(2025, 1, 1), date(2027, 1, 1), "technical"),
        Certification("c2", "acme", "Technical", "keep", "B", date(2024, 1, 1), date(2026, 1, 1), "technical"),
    ),
    accounts=(Account(id="account-named", customer=NAMED, named=True),),
    allocations=(
        FundAllocation("mdf-acme", "acme", "2026", Money.read("10000", "EUR"), date(2026, 1, 1), date(2026, 12, 31)),
        FundAllocation("mdf-beta", "beta", "2026", Money.read("5000", "EUR"), date(2026, 1, 1), date(2026, 12, 31)),
    ),
    opportunities=(
        Opportunity(
            id="opp-1",
            account_id="account-named",
            product="keep",
            value=Money.read("9000", "EUR"),
            stage="launched",
            outcome=Outcome.WON,
            opened=date(2026, 1, 1),
            closed=date(2026, 3, 1),
            team=(Member("acme", CoSellRole.LEAD), Member("beta", CoSellRole.DELIVERY)),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class World:
    """A PRM with the world in it; `desk` where the adapter has one."""

    prm: Prm
    clock: TurnableClock
    desk: DealDesk | None = None


def in_memory(_folder: Path) -> Iterator[World]:
    """The fake."""
    clock = TurnableClock()
    yield World(prm=MemoryPrm(WORLD, clock=clock), clock=clock)


def on_sqlite(folder: Path) -> Iterator[World]:
    """The embedded PRM on a SQLite file."""
    with embedded(f"sqlite:///{folder / 'prm.db'}") as world:
        yield world


@contextmanager
def embedded(url: str) -> Iterator[World]:
    """The embedded PRM on a database."""
    clock = TurnableClock()
    opened = open_embedded(url, clock=clock)
    try:
        opened.load(WORLD, tenant="default")
        yield World(prm=opened.prm, desk=opened.desk, clock=clock)
    finally:
        opened.close()


def over_http(folder: Path) -> Iterator[World]:
    """The embedded PRM behind its HTTP server, as another Liaison sees it."""
    with embedded(f"sqlite:///{folder / 'prm.db'}") as world, served(world, folder) as remote:
        yield remote


@contextmanager
def served(world: World, folder: Path) -> Iterator[World]:
    """A world seen through the HTTP server in front of it, with a key that may speak for everybody."""
    if world.desk is None:
        raise ValueError("a PRM server needs a desk")
    installation = build(Settings(data=folder), clock=world.clock)
    service = open_service(world.prm, world.desk, keys=installation.api_keys, clock=world.clock, rate=0)
    scopes = ["prm:read", "prm:write", "prm:decide", "prm:act_for"]
    made = asyncio.run(service.doorkeeper.keys.create(name="peer", principal="administrator:peer", scopes=scopes))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(prm_app(service)), base_url="http://prm")
    try:
        yield World(
            prm=RemotePrm(client, token=made.token), desk=RemoteDesk(client, token=made.token), clock=world.clock
        )
    finally:
        installation.close()


OFFLINE: dict[str, Callable[[Path], Iterator[World]]] = {
    "memory": in_memory,
    "sqlite": on_sqlite,
    "http": over_http,
}
