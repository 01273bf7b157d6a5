"""Generated deals through an adapter, and what became of each."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import ParamSpec, TypeVar

from assistant.domain.deals import DealChange, DealDraft, DealRegistration
from assistant.domain.people import Requester, Role
from assistant.errors import InvalidRecord, LiaisonError, NotAllowedInState, NotOffered, PrmError
from assistant.ports.prm import Prm, Write

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
PARTNER = "acme"
WHO = Requester(user="sales", role=Role.PARTNER, partner_id=PARTNER)
BEFORE_SENDING = (InvalidRecord, NotAllowedInState, NotOffered)
PAST = date(2020, 1, 1)
Wrong = Callable[[DealDraft], DealDraft]
PROGRESS = 5000
P = ParamSpec("P")
T = TypeVar("T")


class FixedClock:
    """Always the same moment."""

    def now(self) -> datetime:
        """See Clock."""
        return NOW


@dataclass(frozen=True, slots=True)
class Deals:
    """Deals for a vendor: a sound one by number, what makes one wrong, and edits of which some are wrong."""

    sound: Callable[[int, random.Random], DealDraft]
    wrongs: tuple[Wrong, ...]
    edits: tuple[DealChange, ...]


@dataclass(slots=True)
class Count:
    """What happened: calls by operation and HTTP status, ends of writes by kind, and what the judge found wrong."""

    calls: Counter[tuple[str, int]] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def watch(self, operation: str, status: int) -> None:
        """Count a call."""
        self.calls[operation, status] += 1

    def judge(self, operation: str, faults: list[str]) -> None:
        """Count a call that the judge saw."""
        self.calls[operation, 400 if faults else 200] += 1
        self.faults.update(f"{operation}: {fault}" for fault in faults)

    @property
    def invalid(self) -> int:
        """Calls that left although the vendor refuses them for a rule that the adapter should have known."""
        return sum(times for (_, status), times in self.calls.items() if status != 200)

    @property
    def barred(self) -> int:
        """Sound deals that were not written, and writes that failed: a guard that lets nothing out is none."""
        return sum(
            times
            for end, times in self.ends.items()
            if ": failed" in end or (end.startswith("sound deal") and not end.endswith("written"))
        )


class Inline(ThreadPoolExecutor):
    """Runs what is handed to threads at once, in the thread that asks: nothing here waits for a network."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """See Executor."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - the future raises it where it is awaited
            future.set_exception(error)
        return future


async def run(prm: Prm, deals: Deals, numbers: range, *, seed: int, count: Count) -> None:
    """Register each deal, every other one wrong in one place, and edit what was registered, perhaps wrongly too."""
    asyncio.get_running_loop().set_default_executor(Inline())
    for number in numbers:
        if number and number % PROGRESS == 0:
            print(f"… {number:,} deals, {count.invalid} invalid writes", file=sys.stderr, flush=True)  # noqa: T201
        dice = random.Random(f"{seed}-{number}")  # noqa: S311 - test data
        draft, wrong = deals.sound(number, dice), number % 2 == 1
        tried = dice.choice(deals.wrongs)(draft) if wrong else draft
        kind = "wrong deal" if wrong else "sound deal"
        deal = await _end(count, kind, prm.register_deal(tried, write=_by(number)))
        if deal is not None:
            edit = dice.choice(deals.edits)
            await _end(count, "edit", prm.update_deal(deal.id, edit, write=_by(number, deal.version)))


async def _end(count: Count, kind: str, work: Awaitable[DealRegistration]) -> DealRegistration | None:
    try:
        deal = await work
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
