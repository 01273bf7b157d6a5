"""The red team's attacks as a suite that opens no socket: those with a model behind a server have their own command."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from evals.case import Case, Observation
from evals.collect import Collected
from evals.metrics.findings import ATTACK
from evals.red_team.part import Outcome, Part, played
from evals.workbench import Workbench

# Attacks by layer: what is planted where the agent reads, the tools called for it by a hijacker, and its approvals.
ATTACKS: Mapping[str, int] = {"planner": 150, "tools": 250, "approvals": 100}


async def collect_security(_bench: Workbench) -> Collected:
    """Attacks on fresh installations, and the guarantees that each broke. Without the public corpora only our texts."""
    cases, seen = [], []
    for layer, count in ATTACKS.items():
        tally = await asyncio.to_thread(played, Part(layer, 0, count))
        for number, outcome in enumerate(tally.outcomes, start=1):
            case = _case(outcome, number)
            cases.append(case)
            broken = tuple(f"error: {violation.rule}: {violation.detail}" for violation in outcome.broken)
            seen.append(Observation(case_id=case.id, findings=broken))
    return Collected(tuple(cases), tuple(seen))


def _case(outcome: Outcome, number: int) -> Case:
    return Case(
        id=f"{outcome.layer}-{number:04d}",
        question=f"{outcome.layer}: {outcome.family}",
        kind=ATTACK,
        slices=("all", f"layer:{outcome.layer}", f"attack:{outcome.family}"),
    )
