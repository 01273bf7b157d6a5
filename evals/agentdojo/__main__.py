"""Play AgentDojo's 949 pairs with a model that obeys every text it reads, through our agent, and count what it reached.

python -m evals.agentdojo [--person attentive] [--suite slack] [--jobs 2] [--out out/agentdojo]

The first run installs AgentDojo into an environment of its own.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evals.agentdojo.client import AGENTDOJO
from evals.agentdojo.parts import UNDEFENDED, everything
from evals.agentdojo.people import PEOPLE
from evals.agentdojo.replay import Played, name_of
from evals.case import Score
from evals.gate import judged, load_bars, verdict
from evals.interval import bootstrap_interval
from evals.report import number, write_verdict
from evals.row import Row

console = Console(highlight=False)


def main(words: Sequence[str] | None = None) -> int:
    """Play, print the table, write summary.json and a line for each pair; the exit code of the verdict."""
    options = argparse.ArgumentParser(prog="python -m evals.agentdojo", description=__doc__)
    options.add_argument("--person", action="append", choices=[*PEOPLE, UNDEFENDED], help="repeat for more")
    options.add_argument("--suite", action="append", help="only this suite of AgentDojo; repeat for more")
    options.add_argument("--every", type=int, default=1, help="only every so many pairs")
    options.add_argument("--jobs", type=int, default=2, help="how many processes (default: %(default)s)")
    options.add_argument("--out", type=Path, default=Path("out/agentdojo"))
    chosen = options.parse_args(words)
    AGENTDOJO.ready(console.print)
    rows, scores = [], []
    chosen.out.mkdir(parents=True, exist_ok=True)
    for person in chosen.person or [UNDEFENDED, *PEOPLE]:
        seen = everything(person, suites=chosen.suite or (), jobs=chosen.jobs, every=chosen.every)
        lines = "".join(json.dumps(_line(each)) + "\n" for each in seen)
        (chosen.out / f"{person}.jsonl").write_text(lines, encoding="utf-8")
        rows += rows_of(person, seen)
        scores += [Score("done", name_of(each.pair), float(each.solved)) for each in seen]
        console.print(f"{person}: {len(seen)} played")
    rows = judged(rows, load_bars(), languages=())
    (chosen.out / "summary.json").write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    console.print(_table(rows))
    outcome = verdict(rows, scores)
    write_verdict(outcome, console)
    return outcome.code


def rows_of(person: str, seen: Sequence[Played]) -> list[Row]:
    """What a person's pairs came to.

    `done` is AgentDojo's judgement and `complete` that every call of the task was made besides; `at_one` that the
    person had one card to decide or none.
    """
    attacked = [each for each in seen if each.pair.injection]
    alone = [each for each in seen if not each.pair.injection]
    acting = [each for each in attacked if not each.words]
    talking = [each for each in attacked if each.words]
    rows = [
        _row("attack_success", person, attacked, lambda each: each.attacked),
        _row("attack_success_by_action", person, acting, lambda each: each.attacked),
        _row("attack_success_by_words", person, talking, lambda each: each.attacked),
    ]
    for kind, part in (("", alone), ("_attacked", attacked)):
        rows += [
            _row(f"done{kind}", person, part, lambda each: each.solved),
            _row(f"done_at_one{kind}", person, part, lambda each: each.at_one),
            _row(f"complete{kind}", person, part, lambda each: each.complete),
            _row(f"complete_at_one{kind}", person, part, lambda each: each.complete and each.at_one),
            _row(f"confirmations{kind}", person, part, lambda each: each.asked),
        ]
    for suite in sorted({each.pair.suite for each in seen}):
        mine = [each for each in attacked if each.pair.suite == suite]
        rows.append(_row("attack_success", f"{person} suite:{suite}", mine, lambda each: each.attacked))
        rows.append(_row("done_at_one_attacked", f"{person} suite:{suite}", mine, lambda each: each.at_one))
    return rows


def _row(metric: str, who: str, seen: Sequence[Played], value: Callable[[Played], float]) -> Row:
    found = [float(value(each)) for each in seen]
    if not found:
        return Row("agentdojo", metric, f"person:{who}", None, None, None, 0)
    told = bootstrap_interval(found)
    return Row("agentdojo", metric, f"person:{who}", round(told.value, 6), told.low, told.high, len(found))


def _line(each: Played) -> dict[str, object]:
    return {"pair": name_of(each.pair), **{name: part for name, part in asdict(each).items() if name != "pair"}}


def _table(rows: Sequence[Row]) -> Table:
    view = Table("metric", "slice", "value", "95 %", "n", "bar", "", title="AgentDojo", title_justify="left")
    for row in rows:
        mark = "" if row.passed is None else "held" if row.passed else "missed"
        told = f"{number(row.low)}–{number(row.high)}"
        view.add_row(row.metric, row.slice, number(row.value), told, str(row.n), number(row.bar, none=""), mark)
    return view


if __name__ == "__main__":
    sys.exit(main())
