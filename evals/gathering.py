"""What a suite saw and what that took: here, or in a process beside this one for suites that need no index."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from evals.collect import Collected
from evals.seal import sealed
from evals.suites import SUITES, Place, Suite
from evals.target import Target
from evals.workbench import Inputs, SuiteSkipped, Workbench


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a suite saw, or why it was skipped; seconds on the clock and of a processor; sockets that were wanted."""

    collected: Collected = field(default_factory=lambda: Collected((), ()))
    skipped: str = ""
    seconds: float = 0.0
    worked: float = 0.0
    sockets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Suites on their way in the process beside this one, by name."""

    pool: ProcessPoolExecutor | None = None
    waiting: dict[str, Future[Gathered]] = field(default_factory=dict)

    async def gathered(self, suite: Suite, bench: Workbench) -> Gathered:
        """What the suite saw, there or here. A suite that times things waits until nothing else runs."""
        if suite.name in self.waiting:
            return await asyncio.wrap_future(self.waiting[suite.name])
        if suite.place is Place.ALONE and self.pool is not None:
            await asyncio.to_thread(self.pool.shutdown)
        return await gathered(suite, bench)


@contextmanager
def beside(suites: Sequence[Suite], inputs: Inputs, *, watch: bool) -> Iterator[Elsewhere]:
    """Those suites that need no index on their way in one more process, in their order; none where there is one alone.

    `watch` seals that process too.
    """
    names = [suite.name for suite in suites if suite.place is Place.BESIDE]
    if not names or len(suites) == 1:
        yield Elsewhere()
        return
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    try:
        yield Elsewhere(pool, {name: pool.submit(apart, name, inputs, watch=watch) for name in names})
    finally:
        pool.shutdown(cancel_futures=True)


def apart(name: str, inputs: Inputs, *, watch: bool) -> Gathered:
    """What a suite without an index saw; called in the process beside."""
    with sealed() if watch else nullcontext() as seal:
        found = asyncio.run(_alone(SUITES[name], inputs))
    return found if seal is None else _with_sockets(found, seal.wanted)


async def _alone(suite: Suite, inputs: Inputs) -> Gathered:
    async with AsyncExitStack() as stack:
        return await gathered(suite, Workbench(inputs, opener=_no_target, indexing_id="", stack=stack))


async def gathered(suite: Suite, bench: Workbench) -> Gathered:
    """What the suite saw, here."""
    before = _spent()
    try:
        collected, skipped = await suite.collect(bench), ""
    except SuiteSkipped as reason:
        collected, skipped = Collected((), ()), str(reason)
    seconds, worked = (now - then for now, then in zip(_spent(), before, strict=True))
    return Gathered(collected, skipped, seconds, worked)


def _with_sockets(found: Gathered, wanted: Sequence[str]) -> Gathered:
    return Gathered(found.collected, found.skipped, found.seconds, found.worked, tuple(wanted))


def _spent() -> tuple[float, float]:
    """Seconds on the clock, and of processor time in this process and its children that ended."""
    used = os.times()
    return time.perf_counter(), used.user + used.system + used.children_user + used.children_system


def _no_target(*, corpus: Path, **_: object) -> AbstractAsyncContextManager[Target]:
    raise SuiteSkipped(f"{corpus} is not open in this process")
