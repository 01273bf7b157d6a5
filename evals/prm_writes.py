"""Writes to a PRM under faults, and what is off afterwards: duplicates, lost updates, wiped fields, wrong events."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from assistant.domain.deals import DealChange, DealDraft, DealRegistration
from assistant.domain.people import Requester
from assistant.errors import OutcomeUnknown, StaleVersion, Throttled
from assistant.ports.prm import Change, DealQuery, Prm, Window, Write

SEED, STORM, TRIES = 31, 6, 10
FAULTS = ("none", "lost before", "lost after", "throttled", "stale", "twice at once")
BETWEEN = DealChange(comments="between")
Registered = Callable[[], Awaitable[DealRegistration]]


@dataclass(frozen=True, slots=True)
class Side:
    """A PRM, who writes to it, what that one registers, and whether every write makes an event in it."""

    prm: Prm
    actor: Requester
    example: Callable[[int], DealDraft]
    events: bool = True


@dataclass(slots=True)
class Done:
    """What was asked for: by reference the deal as it must be now, and how often it was changed."""

    deals: dict[str, DealDraft] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)

    def note(self, draft: DealDraft, edit: DealChange, *, between: bool = False) -> None:
        """A deal that was registered and changed, perhaps by somebody else in between."""
        expected = edit.applied_to(draft)
        self.deals[draft.partner_ref] = BETWEEN.applied_to(expected) if between else expected
        self.changes[draft.partner_ref] = 1 + between


class Failing:
    """A PRM whose next write fails in one way; what happened inside stays. A storm refuses for haste so many times."""

    def __init__(self, side: Side, fault: str, *, storm: int = 1) -> None:
        self._side = side
        self._faults = [fault] * (storm if fault == "throttled" else 1)

    async def register_deal(self, draft: DealDraft, *, write: Write) -> DealRegistration:
        """See Prm."""
        return await self._run(lambda: self._side.prm.register_deal(draft, write=write))

    async def update_deal(self, deal_id: str, edit: DealChange, *, write: Write) -> DealRegistration:
        """See Prm."""
        if self._faults == ["stale"]:
            self._faults = []
            between = Write(self._side.actor, f"between-{write.key}", write.expected_version)
            await self._side.prm.update_deal(deal_id, BETWEEN, write=between)
        return await self._run(lambda: self._side.prm.update_deal(deal_id, edit, write=write))

    async def _run(self, call: Registered) -> DealRegistration:
        fault = self._faults.pop() if self._faults else "none"
        if fault == "lost before":
            raise OutcomeUnknown("The request was lost.")
        if fault == "throttled":
            raise Throttled("Too many calls.", retry_after=0)
        if fault == "twice at once":
            first, second = await asyncio.gather(call(), call())
            if first != second:
                raise AssertionError("the same request had two outcomes")
            return first
        outcome = await call()
        if fault == "lost after":
            raise OutcomeUnknown("The answer was lost.")
        return outcome


async def persistently(prm: Failing | Prm, draft: DealDraft, write: Write) -> DealRegistration:
    """Register, whatever fails: the same key again until there is an outcome."""
    for _ in range(TRIES):
        try:
            return await prm.register_deal(draft, write=write)
        except (OutcomeUnknown, Throttled):
            continue
    raise AssertionError(f"no outcome after {TRIES} tries")


async def updated(prm: Failing | Prm, side: Side, deal: DealRegistration, edit: DealChange, key: str) -> None:
    """Update, whatever fails: the same key again; after a stale version, the same change on the present one."""
    version, attempt = deal.version, 0
    for _ in range(TRIES):
        try:
            await prm.update_deal(deal.id, edit, write=Write(side.actor, f"{key}-{attempt}", version))
        except (OutcomeUnknown, Throttled):
            continue
        except StaleVersion:
            present = await side.prm.get_deal(deal.id, requester=side.actor)
            version, attempt = present.version, attempt + 1
            continue
        return
    raise AssertionError(f"no outcome after {TRIES} tries")


async def written(side: Side, number: int, done: Done | None = None) -> None:
    """The two writes of a run, each under its key."""
    draft, edit = side.example(number), DealChange(next_steps=f"step {number}")
    deal = await persistently(side.prm, draft, Write(side.actor, f"k{number}"))
    await updated(side.prm, side, deal, edit, f"u{number}")
    if done is not None:
        done.note(draft, edit)


async def faults(side: Side, runs: int, done: Done) -> None:
    """Register and update under random faults."""
    dice = random.Random(SEED)  # noqa: S311 - repeatable
    for number in range(runs):
        draft, edit = side.example(number), DealChange(next_steps=f"step {number}")
        first, second = dice.choice([each for each in FAULTS if each != "stale"]), dice.choice(FAULTS)
        failing = Failing(side, first, storm=dice.randint(1, STORM))
        deal = await persistently(failing, draft, Write(side.actor, f"r{number}"))
        await updated(Failing(side, second, storm=dice.randint(1, STORM)), side, deal, edit, f"u{number}")
        done.note(draft, edit, between=second == "stale")


async def found_wrong(side: Side, done: Done) -> Counter[str]:
    """What is off: a deal that is not there exactly once, an update lost, another field changed, events that differ."""
    found, references = defaultdict[str, list[DealDraft]](list), dict[str, str]()
    window: Window | None = Window(limit=200)
    while window is not None:
        page = await side.prm.find_deals(DealQuery(), requester=side.actor, window=window)
        for deal in page.items:
            found[deal.draft.partner_ref].append(deal.draft)
            references[deal.id] = deal.draft.partner_ref
        window = replace(window, cursor=page.cursor) if page.cursor else None
    wrong = Counter(compared(found.get(reference, []), expected) for reference, expected in done.deals.items())
    wrong["deals that nobody asked for"] = len(set(found) - set(done.deals))
    if side.events:
        wrong += await told_wrong(side, done, references)
    del wrong[""]
    return +wrong


def compared(kept: list[DealDraft], expected: DealDraft) -> str:
    """What is off with the deals of one reference; empty when nothing is."""
    if len(kept) != 1:
        return "duplicates" if kept else "lost writes"
    if kept[0] == expected:
        return ""
    lost = (kept[0].next_steps, kept[0].comments) != (expected.next_steps, expected.comments)
    return "lost updates" if lost else "wiped fields"


async def told_wrong(side: Side, done: Done, references: dict[str, str]) -> Counter[str]:
    """Read the events twice and out of order: each number once, one registration and as many changes as were made."""
    events: list[Change] = []
    while batch := await side.prm.changes(since=events[-1].seq if events else 0, requester=side.actor, limit=200):
        events += batch
    again = [*events, *events]
    random.Random(SEED).shuffle(again)  # noqa: S311 - repeatable
    known = {event.seq: event for event in again}
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for event in known.values():
        kinds[references.get(event.record_id, "")][event.kind] += 1
    asked = {key: Counter({"deal.registered": 1, "deal.updated": times}) for key, times in done.changes.items()}
    off = sum(kinds[reference] != counts for reference, counts in asked.items())
    unknown = sum(kinds[""].values())
    return Counter({"events that differ": off, "events repeated": len(events) - len(known), "events of none": unknown})
