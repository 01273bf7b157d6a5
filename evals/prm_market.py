"""A made-up market of any size: partners, customers and registrations, the same ones every time.

Customers are named from syllables, so that many share a word and few share a name.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice

from assistant.domain.accounts import Customer
from assistant.domain.cosell import CoSellInvitation, CoSellRole, InvitationDraft, InvitationState
from assistant.domain.deals import DealDraft, DealRegistration, DealState
from assistant.domain.money import Money
from assistant.domain.partners import MembershipStatus, Partner, PartnerKind, Program, Tier
from assistant.ports.prm_archive import Archive
from integrations.bootstrap import Liaison

PARTNERS, CHUNK, SEED = 1000, 10_000, 11
JOINED = 200  # another partner joined one deal in so many
NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
COUNTRIES = ("DE", "US", "FR", "GB", "IT", "ES", "NL", "PL", "SE", "JP")
STARTS = (
    *("nor", "sol", "mar", "vel", "tan", "kor", "lim", "bre"),
    *("fal", "hav", "ost", "pri", "qua", "ser", "tri", "wes"),
)
MIDDLES = ("a", "e", "i", "o", "u", "ei", "au", "ia", "ora", "ena", "ista", "ovan", "illo", "under", "antis", "embra")
ENDS = (
    *("dal", "tek", "ven", "mark", "berg", "lund", "ford", "nova"),
    *("stad", "wick", "mont", "rix", "sen", "tor", "gard"),
)
TRADES = ("logistics", "industries", "energy", "media", "bank", "pharma", "retail", "systems", "foods", "motors")
FORMS = ("GmbH", "Inc.", "SA", "Ltd", "SpA", "SL", "BV", "Sp. z o.o.", "AB", "KK")
PRODUCTS = ("keep", "lantern", "ledge")


class FixedClock:
    """Always the same moment."""

    def now(self) -> datetime:
        """See Clock."""
        return NOW


def customer(dice: random.Random) -> Customer:
    """A company with a made-up name and domain."""
    place = dice.randrange(len(COUNTRIES))
    word = dice.choice(STARTS) + dice.choice(MIDDLES) + dice.choice(ENDS)
    second = dice.choice(STARTS) + dice.choice(MIDDLES) + dice.choice(ENDS)
    trade = dice.choice(TRADES)
    name = f"{word.title()} {second.title()} {trade.title()} {FORMS[place]}"
    website = f"https://www.{word}-{second}-{trade}-{COUNTRIES[place].lower()}.com"
    state = "Ohio" if COUNTRIES[place] == "US" else ""
    return Customer(name=name, country=COUNTRIES[place], website=website, state=state, city=word.title())


def a_draft(number: int, who: Customer, dice: random.Random) -> DealDraft:
    """A complete draft for this customer."""
    return DealDraft(
        partner_ref=f"ref-{number}",
        title=f"Project {number} at {who.name}",
        problem="The customer needs immutable backup in two regions before its lease ends.",
        customer=who,
        product=dice.choice(PRODUCTS),
        value=Money(amount=Decimal(dice.randrange(20, 400) * 1000), currency="EUR"),
        target_close=date(2026, 12, 1),
    )


def partners() -> tuple[Partner, ...]:
    """Partners that sell everywhere."""
    return tuple(
        Partner(
            id=f"p{number:04}",
            legal_name=f"Partner {number}",
            display_name=f"Partner {number}",
            kind=PartnerKind.RESELLER,
            country="DE",
            countries=frozenset(COUNTRIES),
            program_id="programme",
            tier="gold",
            status=MembershipStatus.ACTIVE,
            since=date(2024, 1, 1),
        )
        for number in range(PARTNERS)
    )


def registrations(count: int, dice: random.Random) -> Iterator[DealRegistration]:
    """Open registrations: nine of ten protected, the rest waiting."""
    for number in range(count):
        made = NOW - timedelta(seconds=dice.randrange(60 * 86400))
        active = number % 10 > 0
        yield DealRegistration(
            id=f"deal-{number:07}",
            partner_id=f"p{dice.randrange(PARTNERS):04}",
            draft=a_draft(number, customer(dice), dice),
            state=DealState.ACTIVE if active else DealState.SUBMITTED,
            created_at=made,
            updated_at=made,
            submitted_at=made,
            protected_until=made + timedelta(days=90) if active else None,
            due_at=made + timedelta(days=90) if active else None,
            rules="standard@2026.2",
        )


def joined(deal: DealRegistration) -> CoSellInvitation:
    """An invitation that another partner accepted, so that it sees this deal beside its own."""
    number = int(deal.id.rpartition("-")[2]) // JOINED
    return CoSellInvitation(
        id=f"invitation-{number}",
        draft=InvitationDraft(deal.id, f"p{number % PARTNERS:04}", CoSellRole.TECHNICAL, "Join us."),
        inviter=deal.partner_id,
        state=InvitationState.ACCEPTED,
        created_at=deal.created_at,
        expires_at=deal.created_at + timedelta(days=14),
        country=deal.draft.customer.country,
        industry="",
        product=deal.draft.product,
        customer_name=deal.draft.customer.name,
    )


def fill(liaison: Liaison, count: int) -> None:
    """Load `count` registrations in one transaction."""
    if liaison.prm.empty(tenant="default"):
        liaison.prm.load_all(archives(count), tenant="default")


def archives(count: int) -> Iterator[Archive]:
    """The registrations chunk by chunk so that memory stays small, after those they rest on; tells how far it is."""
    program = Program(id="programme", name="Programme", tiers=(Tier(name="gold", rank=1),))
    yield Archive(programs=(program,), partners=partners())
    deals, start = registrations(count, random.Random(SEED)), time.perf_counter()  # noqa: S311 - repeatable
    for made in range(0, count, CHUNK):
        chunk = tuple(islice(deals, CHUNK))
        yield Archive(deals=chunk, invitations=tuple(joined(deal) for deal in chunk[::JOINED]))
        sys.stderr.write(f"\r{made + len(chunk):,} registrations in {time.perf_counter() - start:,.0f} s")
    sys.stderr.write("\n")
