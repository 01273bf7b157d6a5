"""How often the gate sees a loss that is there, and one that is not.

python -m evals.gate_power [--trials 2000] [--seed 7]

Runs are simulated case by case and judged by the code that `evals gate` uses. `churn` is the share of cases that change
sides in each direction for no reason, as when a change of the assistant helps some questions and hurts as many others.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from evals.gate import ExitCode
from evals.runs.comparison import CONFIDENCE, Change, judged
from evals.runs.paired import difference

DROP = 0.03
RIGHT = 0.80  # of the baseline's cases
POWER, FALSE_ALARMS = 0.90, 0.01
SIZES = (300, 450, 600, 1_000)
CHURNS = (0.0, 0.005, 0.01, 0.02)
JUDGED = (300, 0.0)  # the size and churn that the bars are set for; the others are told


@dataclass(frozen=True, slots=True)
class Power:
    """Shares of the trials in which the gate called the run worse: with the loss, and without."""

    cases: int
    churn: float
    seen: float
    alarms: float


def power(cases: int, churn: float, *, trials: int, seed: int) -> Power:
    """Simulate runs of so many cases, half of them with `DROP` of the cases turned from right to wrong."""
    random = np.random.default_rng([seed, cases, round(churn * 1_000)])
    seen = sum(_worse(random, cases, churn, drop=DROP) for _ in range(trials))
    alarms = sum(_worse(random, cases, churn, drop=0.0) for _ in range(trials))
    return Power(cases, churn, seen / trials, alarms / trials)


def _worse(random: np.random.Generator, cases: int, churn: float, *, drop: float) -> bool:
    base = np.zeros(cases)
    base[: round(RIGHT * cases)] = 1.0
    new = base.copy()
    right, wrong = np.flatnonzero(base == 1), np.flatnonzero(base == 0)
    moved = int(random.binomial(cases, churn)), int(random.binomial(cases, churn))
    new[_some(random, right, moved[0] + round(drop * cases))] = 0.0
    new[_some(random, wrong, moved[1])] = 1.0
    found = difference(base.tolist(), new.tolist(), confidence=CONFIDENCE)
    return judged(found, lower_is_better=False, margin=0.0) is Change.WORSE


def _some(random: np.random.Generator, places: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    return random.choice(places, size=min(count, len(places)), replace=False)


def main(words: Sequence[str] | None = None) -> int:
    """Print the table; 1 when the judged row misses its bars."""
    options = argparse.ArgumentParser(prog="python -m evals.gate_power", description=(__doc__ or "").split("\n")[0])
    options.add_argument("--trials", type=int, default=2_000)
    options.add_argument("--seed", type=int, default=7)
    chosen = options.parse_args(words)
    view = Table(
        title=f"A loss of {DROP:.0%} on right/wrong cases, {chosen.trials:,} trials each", title_justify="left"
    )
    for name in ("cases", "churn each way", "loss seen", "false alarms"):
        view.add_column(name, justify="right")
    kept = True
    for cases in SIZES:
        for churn in CHURNS:
            row = power(cases, churn, trials=chosen.trials, seed=chosen.seed)
            view.add_row(f"{cases:,}", f"{churn:.1%}", f"{row.seen:.3f}", f"{row.alarms:.4f}")
            kept &= row.alarms <= FALSE_ALARMS and ((cases, churn) != JUDGED or row.seen >= POWER)
    console = Console()
    console.print(view)
    console.print(f"Bars: seen ≥ {POWER} at {JUDGED[0]} cases without churn, false alarms ≤ {FALSE_ALARMS} everywhere.")
    return ExitCode.PASSED if kept else ExitCode.MISSED


if __name__ == "__main__":
    sys.exit(main())
