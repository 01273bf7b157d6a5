"""The suite of conversations through the whole graph with the ideal model."""

from __future__ import annotations

import asyncio
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from evals.collect import Collected
from evals.ideal.play import played
from evals.turns import load_turns
from evals.workbench import Workbench


async def collect_ideal_turns(bench: Workbench) -> Collected:
    """Every conversation of the file given, or of the public development set.

    The model listens on the loopback interface, so that it has a process of its own: here no socket is opened.
    """
    lines = load_turns(bench.inputs.turns_file())
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        found = await asyncio.get_running_loop().run_in_executor(apart, played, lines)
    return Collected(tuple(line.case() for line in lines), tuple(each.observation for each in found))
