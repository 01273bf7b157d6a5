"""Whether a write that breaks a rule of a vendor's ever leaves.

python -m evals.prm_wire [--vendor amazon|microsoft|both] [--deals 100000] [--seed 7] [--end-to-end 200]

Generated deals, half of them wrong in one place, go through each adapter. Each request that leaves is judged at the
HTTP boundary by JSON Schemas that the adapters do not use. --end-to-end sends so many deals through the AWS wire too.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from assistant.domain.partners import Certification, MembershipStatus, Partner, PartnerKind, Program, Tier
from assistant.ports.prm_archive import Archive
from evals.prm_wire import amazon_deals, microsoft_deals
from evals.prm_wire.partner_center import PartnerCenter
from evals.prm_wire.partner_central import PartnerCentral
from evals.prm_wire.trial import PARTNER, Count, FixedClock, run
from integrations.bootstrap import Liaison, build
from integrations.settings import Settings

TENANT = "default"
FAST = Path("/dev/shm")  # noqa: S108 - a memory disk, so that the ledger of what was sent costs no disk writes


def archive() -> Archive:
    """One partner that may hold any number of open deals."""
    partner = Partner(
        id=PARTNER,
        legal_name="Acme GmbH",
        display_name="Acme",
        kind=PartnerKind.SOFTWARE,
        country="DE",
        countries=frozenset(amazon_deals.COUNTRIES) | {"JP"},
        program_id="programme",
        tier="gold",
        status=MembershipStatus.ACTIVE,
        since=date(2024, 1, 1),
    )
    tier = Tier(name="gold", rank=3, open_deals=10**9)
    held = Certification("c1", PARTNER, "Technical", "keep", "A", date(2025, 1, 1), date(2027, 1, 1))
    program = Program(id="programme", name="Programme", tiers=(Tier(name="registered", rank=1), tier))
    return Archive(programs=(program,), partners=(partner,), certifications=(held,))


def amazon(liaison: Liaison, deals: int, *, seed: int) -> Count:
    """The count at Partner Central's boundary; fields that an update wiped count as faults."""
    count = Count()
    vendor = PartnerCentral(count)
    prm = liaison.prm.aws_answered_by(vendor.answer, partner_id=PARTNER)
    asyncio.run(run(prm, amazon_deals.DEALS, range(deals), seed=seed, count=count))
    return _with_wiped(count, vendor.wiped)


def microsoft(liaison: Liaison, deals: int, *, seed: int) -> Count:
    """The count at the boundary of Microsoft's Partner Center."""
    count = Count()
    vendor = PartnerCenter(count)
    prm = liaison.prm.microsoft_answered_by(vendor.transport(), partner_id=PARTNER)
    asyncio.run(run(prm, microsoft_deals.DEALS, range(deals), seed=seed, count=count))
    return _with_wiped(count, vendor.wiped)


def end_to_end(liaison: Liaison, deals: int, *, seed: int) -> Count:
    """The count on the whole AWS wire of the embedded PRM."""
    count = Count()
    liaison.prm.load(archive(), tenant=TENANT)
    prm = liaison.prm.aws_in_process(PARTNER, tenant=TENANT, watch=count.watch)
    asyncio.run(run(prm, amazon_deals.DEALS, range(deals), seed=seed, count=count))
    return count


def _with_wiped(count: Count, wiped: int) -> Count:
    count.faults.update({"a change wiped what only the vendor knows": wiped} if wiped else {})
    return count


TRIALS = {"amazon": amazon, "microsoft": microsoft, "amazon, end to end": end_to_end}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what happened; 1 when a write that breaks a rule left, or when a sound deal could not be written."""
    options = _options(arguments)
    failed = 0
    for name, deals in _chosen(options):
        began, cpu = time.monotonic(), time.process_time()
        place = FAST if FAST.is_dir() else None
        with tempfile.TemporaryDirectory(prefix="liaison-wire-", dir=place) as folder:
            liaison = build(Settings(data=Path(folder)), clock=FixedClock())
            try:
                count = TRIALS[name](liaison, deals, seed=options.seed)
            finally:
                liaison.close()
        report(count, title=f"{name}: {deals:,} deals")
        each = (time.process_time() - cpu) * 1000 / max(1, deals)
        print(f"{time.monotonic() - began:.0f} s, {each:.1f} ms of processor time a deal\n", flush=True)  # noqa: T201
        failed += count.invalid + count.barred + sum(count.faults.values())
    return 1 if failed else 0


def report(count: Count, *, title: str) -> None:
    """Print a count."""
    print(title)  # noqa: T201 - the report
    for name, times in sorted(count.ends.items()):
        print(f"{times:>9,}  {name}")  # noqa: T201
    for (operation, status), times in sorted(count.calls.items()):
        print(f"{times:>9,}  {operation} answered {status}")  # noqa: T201
    for fault, times in count.faults.most_common(20):
        print(f"{times:>9,}  FAULT {fault}")  # noqa: T201
    print(f"{count.invalid} invalid writes, {count.barred} sound deals barred")  # noqa: T201


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vendor", choices=["amazon", "microsoft", "both"], default="both")
    parser.add_argument("--deals", type=int, default=2000)
    parser.add_argument("--end-to-end", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args(arguments)


def _chosen(options: argparse.Namespace) -> list[tuple[str, int]]:
    chosen = [(name, options.deals) for name in ("amazon", "microsoft") if options.vendor in {name, "both"}]
    return chosen + ([("amazon, end to end", options.end_to_end)] if options.end_to_end else [])


if __name__ == "__main__":
    sys.exit(main())
