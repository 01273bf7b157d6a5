"""The pairs of AgentDojo shared out among processes, each with a stage of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from evals.agentdojo.client import staged
from evals.agentdojo.people import PEOPLE
from evals.agentdojo.replay import Cast, Played, name_of, undefended
from evals.agentdojo.wire import Pair

UNDEFENDED = "undefended"


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the pairs: one in `every` of these suites (all if none is named), and of those the `number`-th part."""

    person: str
    suites: tuple[str, ...]
    number: int
    parts: int
    every: int


def everything(person: str, *, suites: Sequence[str], jobs: int, every: int) -> list[Played]:
    """Every pair, decided by this person, or by nobody where the model is undefended."""
    parts = [Part(person, tuple(suites), number, jobs, every) for number in range(jobs)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        found = [each for part in pool.map(played, parts) for each in part]
    return sorted(found, key=lambda each: name_of(each.pair))


def played(part: Part) -> list[Played]:
    """The pairs of a part, one after the other."""
    with staged(lambda _: None) as stage:
        named = [pair for pair in stage.pairs() if not part.suites or pair.suite in part.suites]
        pairs = named[:: part.every][part.number :: part.parts]
        if part.person == UNDEFENDED:
            return [undefended(stage, pair) for pair in pairs]
        casts = {suite: Cast(stage, suite, PEOPLE[part.person]) for suite in {pair.suite for pair in pairs}}
        return asyncio.run(_one_by_one(casts, pairs))


async def _one_by_one(casts: Mapping[str, Cast], pairs: Sequence[Pair]) -> list[Played]:
    return [await casts[pair.suite].played(pair) for pair in pairs]
