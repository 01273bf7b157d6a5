"""How well co-sell recommendations find who really joined later deals, and whether their probabilities hold.

python -m evals.cosell --file DEALS.csv [--train-until 2010-12-31] [--calibrate-until 2011-12-31]

The file has a row for each partner of a deal: company_name, investor_name, funded_when, amount_usd.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.cosell.ledger import Ledger, Numbers
from assistant.cosell.model import BANDS, SITUATIONS, ScoringModel
from assistant.cosell.sharpening import trained
from assistant.cosell.training import Question, calibrated, replayed
from evals.cosell_baselines import System, factors, neighbours, popularity, rule
from evals.cosell_calibration import Calibration, Watched, judged
from evals.cosell_data import Split, read, split, window
from evals.cosell_peers import missing, peers
from evals.interval import Interval, bootstrap_interval

DEPTH, CANDIDATES = 10, 1000
TRAIN_UNTIL, CALIBRATE_UNTIL = date(2010, 12, 31), date(2011, 12, 31)
OURS, RULE = "Liaison", "rule"


@dataclass(frozen=True, slots=True)
class Ranked:
    """How one system ranked the partners of one deal."""

    ndcg: float
    recall: float
    ceiling: float
    top: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a run found: for each system the deals in the same order, the situation of each, and the calibration.

    `sought` are the partners of each deal that were to be found, also those without a record; `names` those ranked.
    """

    systems: dict[str, tuple[Ranked, ...]]
    situations: NDArray[np.intp]
    model: ScoringModel
    calibration: Calibration
    reachable: float
    questions: tuple[str, ...]
    sought: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]


def ranked(scores: Numbers, question: Question) -> Ranked:
    """How the scores rank who joined, judged at 10, and at 1,000 for the ceiling.

    All divide by every partner sought, also those that nobody knew before the day.
    """
    scores = np.where(question.askable, scores, -np.inf)
    some = min(CANDIDATES, scores.size - 1)
    first = np.argpartition(-scores, some)[: some + 1]
    order = first[np.lexsort((first, -scores[first]))]
    hits = np.isin(order[:DEPTH], question.joined)
    gain = float((hits / np.log2(np.arange(2, 2 + hits.size))).sum())
    ideal = float((1 / np.log2(np.arange(2, 2 + min(question.wanted, DEPTH)))).sum())
    return Ranked(
        ndcg=gain / ideal,
        recall=float(hits.sum()) / question.wanted,
        ceiling=float(np.isin(order[:CANDIDATES], question.joined).sum()) / question.wanted,
        top=tuple(order[:DEPTH].tolist()),
    )


def learnt(parts: Split, ledger: Ledger) -> ScoringModel:
    """The model learnt on the first deals and calibrated on those after them; the ledger has recorded both."""
    model = trained(parts.before, window=parts.trained, ledger=ledger)
    later = replayed(parts.calibration, since=parts.calibration[0].need.day, ledger=ledger)
    return calibrated(model, later, window=window(parts.calibration))


def run(parts: Split) -> Judged:
    """Train, calibrate, and rank the partners of every test deal by every system."""
    ledger = Ledger()
    model = learnt(parts, ledger)
    past = [*parts.before, *parts.calibration]
    systems: dict[str, System] = {
        "popularity": popularity,
        RULE: rule,
        "kNN": neighbours,
        "ALS": factors(past, ledger),
        **peers(past, learn=parts.before, ledger=ledger),
    }
    found: dict[str, list[Ranked]] = {OURS: [], **{name: [] for name in systems}}
    situations, watched, known, sought, names = [], Watched.start(ledger), 0, list[tuple[str, ...]](), []
    for question in replayed(parts.test, since=parts.test[0].need.day, ledger=ledger):
        scores = model.scores(question.evidence, row=question.row, askable=question.askable)
        watched.add(question, model.chances(scores))
        if not question.joined.size:
            continue
        found[OURS].append(ranked(scores, question))
        for name, system in systems.items():
            found[name].append(ranked(system(question), question))
        situations.append(question.row)
        names.append(question.deal.id)
        known += question.joined.size
        sought.append(question.sought)
    return Judged(
        systems={name: tuple(rows) for name, rows in found.items()},
        situations=np.array(situations),
        model=model,
        calibration=judged(watched, model),
        reachable=known / sum(len(item) for item in sought),
        questions=tuple(names),
        sought=tuple(sought),
        names=tuple(ledger.names),
    )


def gain(result: Judged, other: str = RULE, *, row: int | None = None) -> Interval:
    """How much nDCG@10 is gained over another system, deal by deal, with its 95 % bootstrap interval."""
    chosen = np.flatnonzero(result.situations == row) if row is not None else np.arange(result.situations.size)
    pairs = ((result.systems[OURS][place], result.systems[other][place]) for place in chosen)
    return bootstrap_interval([mine.ndcg - theirs.ndcg for mine, theirs in pairs])


def report(result: Judged) -> str:
    """The table of all systems, overall and by situation, the gain over the rule, and the calibration."""
    head = f"{'system':12} nDCG@10  R@10  ceiling  distinct   new account  known account   " + "  ".join(
        f"{number}" for number in range(len(SITUATIONS))
    )
    lines = [f"{result.situations.size} deals; {result.reachable:.3f} of their partners were known before", head]
    lines += [_line(name, rows, result.situations) for name, rows in result.systems.items()]
    lines += [f"{name:12} not installed, no row: pip install 'liaison[cosell-extras]'" for name in missing()]
    lines += [f"situation {number}: {name}" for number, name in enumerate(SITUATIONS)]
    lines.append("gain over the rule, nDCG@10 [95 %]: " + _told(gain(result)))
    lines += [
        f"  {name}: {_told(gain(result, row=row))}"
        for row, name in enumerate(SITUATIONS)
        if (result.situations == row).any()
    ]
    found = result.calibration
    lines.append(
        f"calibration: ECE of the highest 2 % {found.ece_top:.4f} over {found.pairs} pairs; of all {found.ece:.5f}"
    )
    for number, (share, count) in enumerate(found.coverage):
        low = 0 if number == 0 else BANDS[number - 1]
        lines.append(f"  90 % intervals, partners with {low} or more earlier deals: {share:.3f} of {count} covered")
    return "\n".join(lines)


def _line(name: str, rows: tuple[Ranked, ...], situations: NDArray[np.intp]) -> str:
    ndcg = np.array([row.ndcg for row in rows])
    parts = [ndcg[situations < 2], ndcg[situations >= 2], *(ndcg[situations == row] for row in range(len(SITUATIONS)))]
    told = [f"{part.mean():.4f}" if part.size else "-" for part in parts]
    recall, ceiling = (np.mean([getattr(row, key) for row in rows]) for key in ("recall", "ceiling"))
    distinct = len({place for row in rows for place in row.top})
    return (
        f"{name:12} {ndcg.mean():.4f}  {recall:.4f}  {ceiling:.4f}  {distinct:6}   {told[0]}  {told[1]}   "
        + " ".join(told[2:])
    )


def _told(found: Interval) -> str:
    return f"{found.value:+.4f} [{found.low:+.4f}, {found.high:+.4f}]"


def main(words: Iterable[str] | None = None) -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(prog="python -m evals.cosell", description=__doc__)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--train-until", type=date.fromisoformat, default=TRAIN_UNTIL)
    parser.add_argument("--calibrate-until", type=date.fromisoformat, default=CALIBRATE_UNTIL)
    options = parser.parse_args(None if words is None else list(words))
    start = time.process_time()
    parts = split(read(options.file), train_until=options.train_until, calibrate_until=options.calibrate_until)
    result = run(parts)
    sys.stdout.write(f"{report(result)}\n{time.process_time() - start:.0f} CPU seconds\n")


if __name__ == "__main__":
    main()
