"""Whether a write that breaks a rule of the vendor's ever leaves.

Generated deals, half of them wrong, go through the adapter for Partner Central to a wire that checks every enum,
pattern, maximum and conditional rule of Amazon's model.

python -m evals.prm_wire [--deals 100000] [--seed 7]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from assistant.domain.accounts import Contact, Customer
from assistant.domain.deals import (
    DealChange,
    DealDraft,
    DealKind,
    DealRegistration,
    DealSource,
    LostReason,
    Period,
    SalesStage,
)
from assistant.domain.money import Money
from assistant.domain.partners import Certification, MembershipStatus, Partner, PartnerKind, Program, Tier
from assistant.domain.people import Requester, Role
from assistant.errors import InvalidRecord, LiaisonError, NotAllowedInState, NotOffered, PrmError
from assistant.ports.prm import Prm, Write
from assistant.ports.prm_archive import Archive
from integrations.bootstrap import build
from integrations.settings import Settings

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
TENANT, PARTNER = "default", "acme"
WHO = Requester(user="sales", role=Role.PARTNER, partner_id=PARTNER)
BEFORE_SENDING = (InvalidRecord, NotAllowedInState, NotOffered)
LONG = "x" * 3000
COUNTRIES = {"DE": "20095", "US": "99501", "GB": "EC1A 1BB", "NL": "1012 AB", "AE": "", "PL": "00-950", "FR": "75001"}
NEEDS = ("Co-Sell - Deal Support", "Co-Sell - Pricing Assistance", "Co-Sell - Technical Consultation")
MODELS = ("SaaS or PaaS", "Managed Services", "Professional Services; Resell")
ACTIVITIES = ("SOW Signed", "Conducted POC / Demo", "Completed Action Plan")
Wrong = Callable[[DealDraft], DealDraft]


class FixedClock:
    """Always the same moment."""

    def now(self) -> datetime:
        """See Clock."""
        return NOW


@dataclass(slots=True)
class Count:
    """What happened: calls by operation and status, and ends of writes by kind."""

    calls: Counter[tuple[str, int]] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)

    def watch(self, operation: str, status: int) -> None:
        """Count a call."""
        self.calls[operation, status] += 1

    @property
    def invalid(self) -> int:
        """Writes that reached the wire and were refused there for a rule that the adapter should have known."""
        return sum(times for (_, status), times in self.calls.items() if status != 200)


def sound(number: int, dice: random.Random) -> DealDraft:
    """A deal that breaks nothing, with a customer of its own."""
    country = dice.choice(sorted(COUNTRIES))
    marketed = dice.random() < 0.3
    word = "".join(dice.choices("abdefgiklmnoprstuvz", k=12)).title()
    customer = Customer(
        name=f"{word} {dice.choice(['GmbH', 'Ltd', 'SA', 'Inc'])}",
        country=country,
        website=f"{word.lower()}{number}.com",
        duns=f"{dice.randrange(10**9):09}" if dice.random() < 0.5 else "",
        vendor_account_id=f"{dice.randrange(10**12):012}" if dice.random() < 0.5 else "",
        industry=dice.choice(["Retail", "Healthcare", "Gaming", "Shipbuilding"]),
        state="Alaska" if country == "US" else "",
        city=dice.choice(["", "Hafenstadt"]),
        postal_code=COUNTRIES[country],
    )
    return DealDraft(
        partner_ref=f"ref-{number}",
        title=f"Project {number}",
        problem="The customer needs immutable backup in two regions.",
        customer=customer,
        product=dice.choice(["Backup", "Our archive"]),
        value=Money.read(f"{dice.randrange(5000, 900000)}.{dice.randrange(100):02}", dice.choice(["USD", "EUR"])),
        target_close=NOW.date() + timedelta(days=dice.randrange(500)),
        period=Period.MONTHLY,
        source=DealSource.MARKETING if marketed else DealSource.PARTNER,
        mdf_used=dice.random() < 0.5 if marketed else None,
        campaign="Spring" if marketed and dice.random() < 0.5 else "",
        contact=Contact(email=f"kim{number}@example.com", first_name="Kim", phone="+4930123456"),
        team=tuple(Contact(email=f"p{each}@acme.example") for each in range(dice.randrange(4))),
        needs=tuple(dice.sample(NEEDS, dice.randrange(3))),
        next_steps=dice.choice(["", "Call on Tuesday"]),
        comments=dice.choice(["", "Two sites"]),
        delivery=dice.choice(MODELS),
        use_case="Archiving",
        activities=(dice.choice(ACTIVITIES),),
    )


def _customer(**changes: str) -> Wrong:
    return lambda draft: replace(draft, customer=replace(draft.customer, **changes))


def _with(**changes: object) -> Wrong:
    return lambda draft: replace(draft, **changes)  # type: ignore[arg-type]


WRONGS: tuple[Wrong, ...] = (
    _customer(duns="abc"),
    _customer(duns="12345"),
    _customer(vendor_account_id="12345"),
    _customer(country="XX"),
    _customer(country="US", state="Bavaria", postal_code="99501"),
    _customer(country="US", state="", postal_code="99501"),
    _customer(country="DE", postal_code="ABC"),
    _customer(country="AE", postal_code="12345"),
    _customer(country="DE", postal_code=""),
    _customer(website=""),
    _customer(website="a.b"),
    _customer(industry=""),
    _customer(name="x" * 121),
    _customer(city=LONG),
    _customer(street=LONG),
    _with(title=""),
    _with(title=LONG),
    _with(problem="Too short"),
    _with(problem=LONG),
    _with(partner_ref="r" * 65),
    _with(value=Money.read("0", "USD")),
    _with(value=Money.read("-5", "USD")),
    _with(value=Money.read("10000", "JPY")),
    _with(value=Money.read("10000", "CHF")),
    _with(target_close=date(2020, 1, 1)),
    _with(period=Period.ANNUAL),
    _with(source=DealSource.TENDER),
    _with(source=DealSource.MARKETING, mdf_used=None),
    _with(source=DealSource.PARTNER, mdf_used=True),
    _with(kind=DealKind.RENEWAL),
    _with(needs=("Everything",)),
    _with(delivery="By mail"),
    _with(delivery=""),
    _with(activities=("Lunch",)),
    _with(activities=()),
    _with(use_case=""),
    _with(use_case=LONG),
    _with(next_steps=LONG),
    _with(comments=LONG),
    _with(consumption=True),
    _with(partner_count=3),
    _with(stage=SalesStage.CLOSED_LOST),
    _with(lost_reason=LostReason.PRICE),
    _with(team=tuple(Contact(email=f"p{each}@acme.example") for each in range(20))),
    _with(team=(Contact(email="NOT AN ADDRESS"),)),
    _with(contact=Contact(email="Kim@Example.com")),
    _with(contact=Contact(phone="030 123")),
    _with(contact=Contact(email="a@b.co", title=LONG)),
    _with(product=""),
)
EDITS: tuple[DealChange, ...] = (
    DealChange(next_steps="Demo"),
    DealChange(stage=SalesStage.QUALIFIED, comments="Soon"),
    DealChange(value=Money.read("7000", "USD")),
    DealChange(value=Money.read("7000", "JPY")),
    DealChange(value=Money.read("-1", "USD")),
    DealChange(next_steps=LONG),
    DealChange(title="Another"),
    DealChange(target_close=date(2020, 1, 1)),
    DealChange(delivery="By mail"),
    DealChange(activities=()),
    DealChange(needs=("Everything",)),
    DealChange(source=DealSource.MARKETING),
    DealChange(source=DealSource.PARTNER),
    DealChange(stage=SalesStage.CLOSED_LOST),
    DealChange(stage=SalesStage.CLOSED_LOST, lost_reason=LostReason.PRICE),
    DealChange(contact=Contact(phone="030 123")),
)


def archive() -> Archive:
    """One partner that may hold any number of open deals."""
    partner = Partner(
        id=PARTNER,
        legal_name="Acme GmbH",
        display_name="Acme",
        kind=PartnerKind.SOFTWARE,
        country="DE",
        countries=frozenset(COUNTRIES) | {"JP"},
        program_id="programme",
        tier="gold",
        status=MembershipStatus.ACTIVE,
        since=date(2024, 1, 1),
    )
    tier = Tier(name="gold", rank=3, open_deals=10**9)
    held = Certification("c1", PARTNER, "Technical", "keep", "A", date(2025, 1, 1), date(2027, 1, 1))
    program = Program(id="programme", name="Programme", tiers=(Tier(name="registered", rank=1), tier))
    return Archive(programs=(program,), partners=(partner,), certifications=(held,))


async def one(prm: Prm, number: int, dice: random.Random, count: Count) -> None:
    """A deal, wrong in one place every other time, and for what was registered an edit that may be wrong too."""
    draft = sound(number, dice)
    wrong = number % 2 == 1
    tried = dice.choice(WRONGS)(draft) if wrong else draft
    deal = await _end(count, "sound deal" if not wrong else "wrong deal", prm.register_deal(tried, write=_by(number)))
    if deal is not None:
        edit = dice.choice(EDITS)
        await _end(count, "edit", prm.update_deal(deal.id, edit, write=_by(number, deal.version)))


async def _end(count: Count, kind: str, work: object) -> DealRegistration | None:
    try:
        deal: DealRegistration = await work  # type: ignore[misc]
    except BEFORE_SENDING:
        count.ends[f"{kind}: refused before it was sent"] += 1
        return None
    except PrmError as error:
        count.ends[f"{kind}: refused by the vendor's rules ({error.code})"] += 1
        return None
    except LiaisonError as error:
        count.ends[f"{kind}: failed ({error.code})"] += 1
        return None
    count.ends[f"{kind}: written"] += 1
    return deal


def _by(number: int, version: str = "") -> Write:
    return Write(requester=WHO, key=f"{'edit' if version else 'deal'}-{number}", expected_version=version)


async def measured(deals: int, *, seed: int, folder: Path) -> Count:
    """The count after so many generated deals."""
    liaison = build(Settings(data=folder), clock=FixedClock())
    count, dice = Count(), random.Random(seed)  # noqa: S311 - test data
    try:
        opened = liaison.prm
        opened.load(archive(), tenant=TENANT)
        prm = opened.aws_in_process(PARTNER, tenant=TENANT, watch=count.watch)
        for number in range(deals):
            await one(prm, number, dice, count)
    finally:
        liaison.close()
    return count


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what happened; 1 when a write that breaks a rule reached the wire."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deals", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="liaison-wire-") as folder:
        count = asyncio.run(measured(options.deals, seed=options.seed, folder=Path(folder)))
    for name, times in sorted(count.ends.items()):
        print(f"{times:>9,}  {name}")  # noqa: T201 - the report
    for (operation, status), times in sorted(count.calls.items()):
        print(f"{times:>9,}  {operation} answered {status}")  # noqa: T201
    took = time.monotonic() - began
    print(f"{count.invalid} invalid writes of {options.deals:,} deals in {took:.0f} s")  # noqa: T201
    return 1 if count.invalid else 0


if __name__ == "__main__":
    sys.exit(main())
