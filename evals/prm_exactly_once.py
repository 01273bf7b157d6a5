"""Whether every write to a PRM happens exactly once, whatever fails on the way.

python -m evals.prm_exactly_once [--runs 10000] [--every-line 1] [--aws 500]

A run registers a deal and changes it. Faults: the answer is lost before or after the commit, storms of refusals for
haste, somebody else's change in between, the same request twice at once, the process killed (SIGKILL) before a line of
the write path, line by line. Then every deal is read and compared, and every event counted. The same with --aws runs
through the adapter for Partner Central, whose calls also lose their answers on the wire.

A killed process loses nothing that the operating system holds, so TMPDIR=/dev/shm changes only how long it takes.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from botocore.exceptions import ReadTimeoutError
from pydantic import SecretStr

from assistant.domain.accounts import Customer
from assistant.domain.deals import DealDraft, Period
from assistant.domain.partners import Program, Tier
from assistant.domain.people import Requester, Role
from assistant.ports.prm_archive import Archive
from evals.prm_kills import WRITE_PATH, kills
from evals.prm_market import FixedClock, a_draft, partners
from evals.prm_writes import SEED, Done, Side, faults, found_wrong
from integrations.bootstrap import Liaison, build
from integrations.settings import Settings

ACTOR = Requester(user="x", role=Role.PARTNER, partner_id="p0001")
ADAPTER_PATH = ("integrations/prm/aws.py", "integrations/prm/partner_central/")
LOST = 0.1  # share of the answers that are lost on the wire
CHANGES = frozenset({"CreateOpportunity", "UpdateOpportunity", "AssociateOpportunity"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many runs there were under faults and under kills, what was off, and what it took in seconds."""

    name: str
    faulty: int
    killed: int
    wrong: Counter[str]
    seconds: float
    processor: float

    def __str__(self) -> str:
        off = ", ".join(f"{times} {kind}" for kind, times in sorted(self.wrong.items())) or "nothing"
        took = f"{self.seconds:,.0f} s, {self.processor:,.0f} s of one processor without the killed"
        return f"{self.name}: {self.faulty:,} runs under faults, {self.killed:,} killed; wrong: {off}; {took}"


def example(number: int) -> DealDraft:
    """A draft with a customer of its own, the same one each time."""
    name = f"run{number:06}"
    customer = Customer(name=f"{name} Werft GmbH", country="DE", website=f"{name}.de", city=f"Ort{number:06}")
    draft = a_draft(number, customer, random.Random(number))  # noqa: S311 - repeatable
    return replace(draft, comments="first")


@contextmanager
def embedded(folder: Path) -> Iterator[tuple[Liaison, Side]]:
    """The embedded PRM in a folder."""
    with opened(folder) as liaison:
        fill(liaison)
        yield liaison, Side(liaison.prm.prm, ACTOR, example)


@contextmanager
def partner_central(folder: Path) -> Iterator[tuple[Liaison, Side]]:
    """The adapter for Partner Central on our own wire; one answer to a write in ten is lost after the work."""
    dice = random.Random(SEED)  # noqa: S311 - repeatable

    def losing(operation: str, _status: int) -> None:
        if operation in CHANGES and dice.random() < LOST:
            raise ReadTimeoutError(endpoint_url=operation)

    with opened(folder) as liaison:
        fill(liaison)
        prm = liaison.prm.aws_in_process(ACTOR.partner_id, tenant="default", watch=losing)
        yield liaison, Side(prm, ACTOR, aws_example, events=False)


def aws_example(number: int) -> DealDraft:
    """The draft with what Partner Central asks for besides."""
    draft = example(number)
    customer = replace(draft.customer, industry="Retail", postal_code="20095")
    return replace(
        draft,
        customer=customer,
        product="Backup",
        period=Period.MONTHLY,
        delivery="SaaS or PaaS",
        use_case="Archiving",
        activities=("SOW Signed",),
    )


def fill(liaison: Liaison) -> None:
    """One programme whose partners may register."""
    program = Program(id="programme", name="Programme", tiers=(Tier(name="gold", rank=1),))
    liaison.prm.load(Archive(programs=(program,), partners=partners()[:2]), tenant="default")


@contextmanager
def opened(folder: Path) -> Iterator[Liaison]:
    """The PRM of a folder."""
    liaison = build(Settings(data=folder, prm_url=SecretStr("")), clock=FixedClock())
    try:
        yield liaison
    finally:
        liaison.close()


def measured(liaison: Liaison, side: Side, *, runs: int, every: int, name: str = "embedded") -> Outcome:
    """What was off after so many runs under faults, and one killed before each n-th line."""
    path = ADAPTER_PATH if name == "aws" else WRITE_PATH
    done, start, processor = Done(), time.monotonic(), time.process_time()
    asyncio.run(faults(side, runs, done))
    killed = kills(liaison.prm.database.close, side, done, every=every, path=path) if every else 0
    wrong = asyncio.run(found_wrong(side, done))
    return Outcome(name, runs, killed, wrong, time.monotonic() - start, time.process_time() - processor)


def main() -> None:
    """Run both, print; ends with code 1 when anything happened twice or not at all."""
    parser = argparse.ArgumentParser(prog="python -m evals.prm_exactly_once", description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--every-line", type=int, default=1, help="0 kills nothing")
    parser.add_argument("--aws", type=int, default=500, help="runs through the adapter for Partner Central")
    arguments = parser.parse_args()
    outcomes = []
    sides = {"embedded": (embedded, arguments.runs), "aws": (partner_central, arguments.aws)}
    for name, (world, runs) in sides.items():
        with tempfile.TemporaryDirectory() as folder, world(Path(folder)) as (liaison, side):
            outcomes.append(measured(liaison, side, runs=runs, every=arguments.every_line if runs else 0, name=name))
        sys.stdout.write(f"{outcomes[-1]}\n")
        sys.stdout.flush()
    sys.exit(1 if any(outcome.wrong for outcome in outcomes) else 0)


if __name__ == "__main__":
    main()
