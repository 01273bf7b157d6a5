"""Co-sell rankings as a suite: who joined later deals, found by Liaison and by what it is compared with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from evals.case import Case, GoldSpan, Observation, SeenPassage
from evals.collect import Collected
from evals.cosell import CALIBRATE_UNTIL, OURS, RULE, TRAIN_UNTIL, Judged, run
from evals.cosell_data import read, split
from evals.workbench import Workbench

FILE = "data/co-investments/investments.csv"
ACCOUNT = ("new_account_all", "known_account_all")
SHORT = ("new_account", "new_account_anchored", "known_account", "known_account_anchored")


async def collect_cosell(bench: Workbench) -> Collected:
    """Every later deal ranked by every system, each as a case with the partners sought as its gold documents.

    The rule's ranking of a deal is the baseline of ours, so that the gain is paired.
    """
    path = bench.inputs.shared_file(FILE)
    parts = split(read(path), train_until=TRAIN_UNTIL, calibrate_until=CALIBRATE_UNTIL)
    return collected(await asyncio.to_thread(run, parts))


def collected(result: Judged) -> Collected:
    """The cases of a run and what each system showed for them."""
    pairs = list(_seen(result))
    return Collected(tuple(case for case, _ in pairs), tuple(seen for _, seen in pairs))


def _seen(result: Judged) -> Iterator[tuple[Case, Observation]]:
    rules = [_passages(row.top, result.names) for row in result.systems[RULE]]
    for system, rows in result.systems.items():
        name = system.replace(" ", "_")
        for number, row in enumerate(rows):
            situation = int(result.situations[number])
            case = Case(
                id=f"{result.questions[number]}@{name}",
                question=f"Who joins the deal of {result.questions[number]}?",
                kind="ranking",
                gold=tuple(GoldSpan(doc=partner, quote=partner) for partner in result.sought[number]),
                slices=(f"system:{name}", f"{name}:{SHORT[situation]}", f"{name}:{ACCOUNT[situation // 2]}"),
            )
            baseline = rules[number] if system == OURS else ()
            passages = _passages(row.top, result.names)
            yield case, Observation(case_id=case.id, passages=passages, baseline=baseline)


def _passages(top: tuple[int, ...], names: tuple[str, ...]) -> tuple[SeenPassage, ...]:
    return tuple(SeenPassage(doc=names[place], text="") for place in top)
