"""Whether every write to the embedded PRM happens exactly once, whatever fails on the way.

python -m evals.prm_exactly_once [--runs 10000] [--every-line 1]

Faults: the answer is lost before or after the commit, throttling, a stale version, the same request twice at once,
events read twice and out of order, and the process killed (SIGKILL) before a line of the write path, line by line.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from pydantic import SecretStr

from assistant.domain.accounts import Customer
from assistant.domain.deals import DealChange, DealDraft, DealRegistration
from assistant.domain.partners import Program, Tier
from assistant.domain.people import Requester, Role
from assistant.errors import OutcomeUnknown, StaleVersion, Throttled
from assistant.ports.prm import Change, DealQuery, Prm, Write
from assistant.ports.prm_archive import Archive
from evals.prm_speed import FixedClock, a_draft, partners
from integrations.bootstrap import Liaison, build
from integrations.settings import Settings

SEED = 31
ACTOR = Requester(user="x", role=Role.PARTNER, partner_id="p0001")
WRITE_PATH = ("integrations/prm/", "sqlalchemy/engine/base.py")
FAULTS = ("none", "lost before", "lost after", "throttled", "stale", "twice at once")


class Failing:
    """A PRM whose next write fails in one way; what happened inside stays."""

    def __init__(self, prm: Prm, fault: str) -> None:
        self._prm = prm
        self.fault = fault

    async def register_deal(self, draft: DealDraft, *, write: Write) -> DealRegistration:
        """See Prm."""
        return await self._run(lambda: self._prm.register_deal(draft, write=write))

    async def update_deal(self, deal_id: str, edit: DealChange, *, write: Write) -> DealRegistration:
        """See Prm."""
        if self.fault == "stale":
            self.fault = "none"
            between = Write(ACTOR, f"between-{write.key}", write.expected_version)
            await self._prm.update_deal(deal_id, DealChange(comments="between"), write=between)
        return await self._run(lambda: self._prm.update_deal(deal_id, edit, write=write))

    async def _run(self, call: Any) -> DealRegistration:  # noqa: ANN401 - any write
        fault, self.fault = self.fault, "none"
        if fault == "lost before":
            raise OutcomeUnknown("The request was lost.")
        if fault == "throttled":
            raise Throttled("Too many calls.", retry_after=0)
        if fault == "twice at once":
            first, second = await asyncio.gather(call(), call())
            if first != second:
                raise AssertionError("the same request had two outcomes")
            return first  # type: ignore[no-any-return]
        outcome: DealRegistration = await call()
        if fault == "lost after":
            raise OutcomeUnknown("The answer was lost.")
        return outcome


async def persistently(prm: Failing | Prm, draft: DealDraft, key: str) -> DealRegistration:
    """Register, whatever fails: the same key again until there is an outcome."""
    for _ in range(10):
        try:
            return await prm.register_deal(draft, write=Write(ACTOR, key))
        except (OutcomeUnknown, Throttled):
            continue
    raise AssertionError("no outcome after ten tries")


async def updated(prm: Failing | Prm, reader: Prm, deal: DealRegistration, edit: DealChange, key: str) -> None:
    """Update, whatever fails: the same key again; after a stale version, the same change on the present one."""
    version, attempt = deal.version, 0
    for _ in range(10):
        try:
            await prm.update_deal(deal.id, edit, write=Write(ACTOR, f"{key}-{attempt}", version))
        except (OutcomeUnknown, Throttled):
            continue
        except StaleVersion:
            version, attempt = (await reader.get_deal(deal.id, requester=ACTOR)).version, attempt + 1
            continue
        return
    raise AssertionError("no outcome after ten tries")


def example(number: int, dice: random.Random) -> DealDraft:
    """A draft with a customer of its own."""
    name = f"Run {number:06} Werft GmbH"
    customer = Customer(name=name, country="DE", website=f"run{number:06}.de", city=f"Ort{number:06}")
    return replace(a_draft(number, customer, dice), comments="first")


async def faults(prm: Prm, runs: int) -> Counter[str]:
    """Register and update under random faults; duplicates, lost updates and wiped fields by kind."""
    dice, wrong = random.Random(SEED), Counter[str]()  # noqa: S311 - repeatable
    for number in range(runs):
        draft, kinds = example(number, dice), (dice.choice(FAULTS), dice.choice(FAULTS))
        deal = await persistently(Failing(prm, kinds[0] if kinds[0] != "stale" else "none"), draft, f"r{number}")
        edit = DealChange(next_steps=f"step {number}")
        await updated(Failing(prm, kinds[1]), prm, deal, edit, f"u{number}")
        wrong += await found_wrong(prm, draft, edit, between=kinds[1] == "stale")
        wrong["runs"] += 1
    wrong += await replayed(prm, runs, dice)
    return wrong


async def found_wrong(prm: Prm, draft: DealDraft, edit: DealChange | None, *, between: bool = False) -> Counter[str]:
    """What is off with the deal of this draft: not exactly one, an update lost, another field changed."""
    found = await prm.find_deals(DealQuery(text=draft.customer.name), requester=ACTOR)
    if len(found.items) != 1:
        return Counter({"duplicates" if found.items else "lost writes": 1})
    expected = edit.applied_to(draft) if edit else draft
    expected = replace(expected, comments="between") if between else expected
    kept = found.items[0].draft
    if kept == expected:
        return Counter()
    lost = edit is not None and kept.next_steps != expected.next_steps
    return Counter({"lost updates" if lost or kept.comments != expected.comments else "wiped fields": 1})


async def replayed(prm: Prm, runs: int, dice: random.Random) -> Counter[str]:
    """Read the events twice and out of order; a reader that re-reads records ends with the same state."""
    events: list[Change] = []
    since = 0
    while len(batch := await prm.changes(since=since, requester=ACTOR, limit=200)):
        events += batch
        since = batch[-1].seq
    shuffled = [*events, *dice.sample(events, len(events) // 2)]
    dice.shuffle(shuffled)
    seen = {event.record_id for event in shuffled}
    repeated = len({event.seq for event in events}) != len(events)
    return Counter({"lost events": int(len(seen) != runs), "repeated events": int(repeated)})


def killed(folder: Path, number: int, line: int) -> bool:
    """Register and update in a child that is killed before the n-th line of the write path; whether it was."""
    child = os.fork()
    if child == 0:
        count = 0

        def trace(frame: FrameType, event: str, _argument: object) -> Any:  # noqa: ANN401 - what settrace wants
            nonlocal count
            if not any(part in frame.f_code.co_filename for part in WRITE_PATH):
                return None
            if event == "line":
                count += 1
                if count == line:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        liaison = opened(folder)
        prm = liaison.prm.prm
        sys.settrace(trace)
        asyncio.to_thread = in_place  # type: ignore[assignment]
        asyncio.run(written(prm, number))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


async def in_place(work: Any, *arguments: Any) -> Any:  # noqa: ANN401 - stands in for asyncio.to_thread
    """Run on this thread, so that the trace sees the write path."""
    return work(*arguments)


async def written(prm: Prm, number: int) -> None:
    """The two writes of a run, each under its key."""
    deal = await persistently(prm, example(number, random.Random(number)), f"k{number}")  # noqa: S311 - repeatable
    await updated(prm, prm, deal, DealChange(next_steps=f"step {number}"), f"u{number}")


def kills(folder: Path, every: int) -> Counter[str]:
    """Kill before each n-th line, do the same again to the end, and look whether it happened exactly once."""
    wrong, line, number = Counter[str](), 1, 0
    while killed(folder, number, line):
        liaison = opened(folder)
        asyncio.run(written(liaison.prm.prm, number))
        draft = example(number, random.Random(number))  # noqa: S311 - repeatable
        wrong += asyncio.run(found_wrong(liaison.prm.prm, draft, DealChange(next_steps=f"step {number}")))
        liaison.close()
        wrong["runs"] += 1
        line, number = line + every, number + 1
    return wrong


def opened(folder: Path) -> Liaison:
    """The PRM of a folder."""
    return build(Settings(data=folder, prm_url=SecretStr("")), clock=FixedClock())


def main() -> None:
    """Run both, print; ends with code 1 when anything happened twice or not at all."""
    parser = argparse.ArgumentParser(prog="python -m evals.prm_exactly_once", description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--every-line", type=int, default=1)
    arguments = parser.parse_args()
    results = {}
    for name in ("faults", "kills"):
        with tempfile.TemporaryDirectory() as folder:
            fill(Path(folder))
            if name == "faults":
                liaison = opened(Path(folder))
                results[name] = asyncio.run(faults(liaison.prm.prm, arguments.runs))
                liaison.close()
            else:
                results[name] = kills(Path(folder), arguments.every_line)
    for name, wrong in results.items():
        runs = wrong.pop("runs", 0)
        sys.stdout.write(f"{name}: {runs:,} runs, wrong: {dict(+wrong) or 'nothing'}\n")
    sys.exit(1 if any(+wrong for wrong in results.values()) else 0)


def fill(folder: Path) -> None:
    """A PRM with one programme whose partners may register."""
    liaison = opened(folder)
    program = Program(id="programme", name="Programme", tiers=(Tier(name="gold", rank=1),))
    liaison.prm.load(Archive(programs=(program,), partners=partners()[:2]), tenant="default")
    liaison.close()


if __name__ == "__main__":
    main()
