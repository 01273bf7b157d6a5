"""Runs cases through a target, one after the other, and keeps whatever goes wrong as an observation."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from evals.case import Case, Observation
from evals.workbench import SuiteSkipped

Observe = Callable[[Case], Awaitable[Observation]]


@dataclass(frozen=True, slots=True)
class Collected:
    """The cases of a suite and what was seen of each."""

    cases: tuple[Case, ...]
    observations: tuple[Observation, ...]


async def collect(cases: Iterable[Case], observe: Observe) -> Collected:
    """Every case observed in order; an exception becomes the observation's error, unless it skips the whole suite."""
    kept, seen = [], []
    for case in cases:
        kept.append(case)
        try:
            seen.append(await observe(case))
        except SuiteSkipped:
            raise
        except Exception as error:  # noqa: BLE001 - whatever breaks is a wrong answer, kept with its type
            seen.append(Observation(case_id=case.id, error=f"{type(error).__name__}: {error}"))
    return Collected(tuple(kept), tuple(seen))


async def timed(work: Awaitable[object]) -> float:
    """The wall time of some work in milliseconds."""
    start = time.perf_counter()
    await work
    return (time.perf_counter() - start) * 1_000
