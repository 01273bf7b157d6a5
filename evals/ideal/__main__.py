"""Play conversations through the whole graph with an ideal model, and name each that did not come out as meant.

python -m evals.ideal CONVERSATIONS.jsonl [ID …]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from evals.case import Case, SeenDeal
from evals.ideal.play import Played, played
from evals.metrics.turns import intent_accuracy, slot_f1
from evals.turns import load_turns
from evals.turns_score import same

console = Console(highlight=False, soft_wrap=True)
NOTHING = SeenDeal((), ())


def main() -> None:
    """Tell what each conversation lost between the model's wish and the deed."""
    options = argparse.ArgumentParser(prog="python -m evals.ideal", description=__doc__)
    options.add_argument("conversations", type=Path, help="JSONL file")
    options.add_argument("id", nargs="*", help="only these")
    chosen = options.parse_args()
    lines = [line for line in load_turns(chosen.conversations) if not chosen.id or line.id in chosen.id]
    lost, f1 = 0, 0.0
    for line, each in zip(lines, played(lines), strict=True):
        case = line.case()
        f1 += slot_f1(case, each.observation) if each.seen else 0.0
        if found := list(losses(case, each)):
            lost += 1
            console.print(f"{line.id} {line.lang} {line.role.value}: {'; '.join(found)}", markup=False)
    console.print(f"{len(lines)} conversations, slot F1 {f1 / max(1, len(lines)):.3f}, {lost} not as meant")


def losses(case: Case, found: Played) -> Iterator[str]:
    """What is not as the gold has it; nothing when everything is."""
    if found.seen is None or case.turn is None:
        yield found.error
        return
    if intent_accuracy(case, found.observation) < 1:
        yield f"{case.turn.intent} came out as {found.seen.intent}"
    for place, gold in enumerate(case.turn.deals):
        seen = found.seen.deals[place] if place < len(found.seen.deals) else NOTHING
        values, wanted = dict(seen.slots), dict(gold.slots)
        yield from (f"no {name}" for name in wanted if name not in values or not same(name, values[name], wanted[name]))
        yield from (f"{name} that nobody stated" for name in values if name not in wanted and name != "customer_domain")
        yield from (f"not asked for {name}" for name in gold.missing if name not in seen.missing)
    yield from [found.why] if found.why else []


if __name__ == "__main__":
    main()
