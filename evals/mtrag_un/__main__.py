"""Tell on MTRAG-UN whether to answer, to decline or to ask back: `python -m evals.mtrag_un`.

Its 507 conversations are answerable (those in part too), unanswerable or underspecified. Signs of wording, of nearness
and of what is found over the pool of all their passages are learned on nine tenths of the conversations and told on the
rest, ten times, in five ways to draw the tenths (`all` is their mean); and on three of the four collections and told on
the fourth. Beside it a threshold alone, and what ships.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from assistant.answering.confidence import THRESHOLD
from assistant.conversation.markers import wording_of
from evals.case import Score
from evals.faq import BeirFile, write_texts
from evals.gate import ExitCode, load_bars, verdict
from evals.gate import judged as judged_by_bars
from evals.in_process import InProcessOpener
from evals.mtrag_un.deciding import Judged, Labels, Rows, by_threshold, columns, folds_of, judged, told
from evals.mtrag_un.finding import Finder, Found
from evals.mtrag_un.task import Move, Task, load_tasks
from evals.mtrag_un.wording import ENGLISH, little_words, rarity_in, wording_signs
from evals.multi_turn import CONVERSATIONS, POOL
from evals.report import number, write_verdict
from evals.row import Row
from evals.workbench import ROOT, Inputs, SuiteSkipped, Workbench, indexing_id
from integrations.settings import Settings

DRAWINGS = 5  # ways to draw the tenths
console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)


@dataclass(frozen=True, slots=True)
class Told:
    """All conversations with their signs."""

    tasks: Sequence[Task]
    signs: Rows
    found: Sequence[Found]

    @property
    def right(self) -> Labels:
        """What people say is right."""
        return np.array([int(task.move) for task in self.tasks], dtype=np.int64)


def main(words: Sequence[str] | None = None) -> int:
    """Print the table and write summary.json; the exit code of the verdict, 3 when the data is absent."""
    options = argparse.ArgumentParser(prog="python -m evals.mtrag_un", description=__doc__)
    options.add_argument("--out", type=Path, default=Path("out/mtrag_un"))
    chosen = options.parse_args(words)
    try:
        gathered = asyncio.run(_gathered())
    except SuiteSkipped as absent:
        console.print(f"{absent}")
        return ExitCode.USAGE
    rows = judged_by_bars(rows_of(gathered), load_bars(), languages=())
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "summary.json").write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    console.print(_table(rows))
    outcome = verdict(rows, [Score("found", task.task_id, 1.0) for task in gathered.tasks])
    write_verdict(outcome, console)
    return outcome.code


async def _gathered() -> Told:
    settings = Settings()
    inputs = Inputs(shared=settings.shared or ROOT.parent / "shared")
    pool = BeirFile.model_validate_json(inputs.shared_file(POOL).read_bytes())
    tasks = load_tasks(inputs.shared_file(CONVERSATIONS))
    async with AsyncExitStack() as stack:
        opener = InProcessOpener(settings)
        bench = Workbench(inputs, opener=opener, indexing_id=indexing_id(settings.embedder), stack=stack)
        folder = bench.indexes / "mtrag-pool"
        write_texts({f"p{at:04d}.txt": pool.corpus[key] for at, key in enumerate(sorted(pool.corpus))}, folder)
        opened = opener(corpus=folder, data=bench.data_folder(folder), ingest=True)
        finder = Finder(await stack.enter_async_context(opened))
        found = [await finder.find(task) for task in tasks]
    rarity = rarity_in(pool.corpus.values())
    signs = [each.signs | wording_signs(task, rarity) for task, each in zip(tasks, found, strict=True)]
    return Told(tasks, columns(signs, [little_words(task.questions[-1]) for task in tasks]), found)


def rows_of(gathered: Told) -> list[Row]:
    """A row for each way to decide and each figure."""
    right = gathered.right
    groups = np.array([task.conversation_id for task in gathered.tasks])
    drawn = [
        judged(told(gathered.signs, right, folds_of(groups, seed=seed)), right, groups) for seed in range(DRAWINGS)
    ]
    elsewhere = judged(told(gathered.signs, right, _collections(gathered.tasks)), right, groups)
    nearest = np.array([each.nearest for each in gathered.found])
    threshold = judged(by_threshold(nearest, right, folds_of(groups, seed=0)), right, groups)
    shipped = judged(_shipped(gathered), right, groups)
    of = {"all": _mean(drawn), "by:other_collections": elsewhere, "by:threshold": threshold, "by:shipped": shipped}
    rows = [row for name, each in of.items() for row in _rows(name, each, len(right))]
    return [*rows, *(row for seed, each in enumerate(drawn) for row in _rows(f"drawing:{seed}", each, len(right))[:1])]


def _collections(tasks: Sequence[Task]) -> Iterator[NDArray[np.bool_]]:
    names = np.array([task.collection for task in tasks])
    return (names == name for name in np.unique(names))


def _shipped(gathered: Told) -> Labels:
    """What the assistant does without a model: by its confidence, and a first question that refers is asked back."""
    moves = []
    for task, found in zip(gathered.tasks, gathered.found, strict=True):
        unclear = len(task.questions) == 1 and wording_of(task.questions[0], ENGLISH).refers
        declined = Move.ASK_BACK if unclear else Move.DECLINE
        moves.append(int(declined if found.confidence < THRESHOLD else Move.ANSWER))
    return np.array(moves, dtype=np.int64)


def _mean(drawn: Sequence[Judged]) -> Judged:
    """The mean over drawings of the tenths."""
    means = np.array([[d.macro, d.low, d.high, *d.by_move, d.declined, d.asked_back] for d in drawn]).mean(axis=0)
    macro, low, high, answer, decline, ask, declined, asked_back = means.tolist()
    return Judged(macro, low, high, (answer, decline, ask), declined, asked_back)


def _rows(name: str, each: Judged, n: int) -> list[Row]:
    by_move = [(f"f1_{move.name.lower()}", value) for move, value in zip(Move, each.by_move, strict=True)]
    rest = [*by_move, ("answerable_declined", each.declined), ("answerable_asked_back", each.asked_back)]
    macro = Row("mtrag_un", "macro_f1", name, round(each.macro, 6), round(each.low, 6), round(each.high, 6), n)
    return [macro, *(Row("mtrag_un", metric, name, round(value, 6), None, None, n) for metric, value in rest)]


def _table(rows: Sequence[Row]) -> Table:
    view = Table("metric", "slice", "value", "95 %", "n", "bar", "", title="MTRAG-UN", title_justify="left")
    for row in rows:
        mark = "" if row.passed is None else "held" if row.passed else "missed"
        interval = "" if row.low is None else f"{number(row.low)}–{number(row.high)}"
        view.add_row(row.metric, row.slice, number(row.value), interval, str(row.n), number(row.bar, none=""), mark)
    return view


if __name__ == "__main__":
    sys.exit(main())
