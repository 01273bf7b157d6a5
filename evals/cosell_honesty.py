"""Whether a record in which nobody sells better than others is told as that.

python -m evals.cosell_honesty --folder DIR

DIR holds sales_pipeline.csv with sales_agent, product, deal_stage and close_date (month/day/year). Every seller is
taken for a partner.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from assistant.cosell.wins import Closed, WinRecord, different

SPLIT = 0.65  # share of the closed deals, by day, that rates are learnt from


@dataclass(frozen=True, slots=True)
class Honesty:
    """Who was said to differ, and how the shrunk rates predict later outcomes beside the plain share (Brier scores)."""

    partners: int
    flagged: int
    pairs: int
    flagged_pairs: int
    brier: float
    brier_usual: float


def read(path: Path) -> list[Closed]:
    """The closed deals by the day they ended."""
    rows: list[tuple[date, Closed]] = []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["deal_stage"] in {"Won", "Lost"} and row["close_date"]:
                month, day, year = (int(part) for part in row["close_date"].split("/"))
                ended = Closed((row["sales_agent"],), row["product"], row["deal_stage"] == "Won")
                rows.append((date(year, month, day), ended))
    return [deal for _, deal in sorted(rows, key=lambda row: row[0])]


def judge(deals: list[Closed]) -> Honesty:
    """What is said of the first deals, and how it holds on the later ones."""
    cut = int(SPLIT * len(deals))
    past, later = deals[:cut], deals[cut:]
    record = WinRecord(past, groups={})
    names = sorted({name for deal in past for name in deal.partners})
    won, closed = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for deal in past:
        key = (deal.partners[0], deal.product)
        closed[key] += 1
        won[key] += deal.won
    trials = {key: (won[key], count) for key, count in closed.items()}
    happened = np.array([deal.won for deal in later], dtype=np.float64)
    said = np.array([record.rate(deal.partners[0], product=deal.product).rate for deal in later])
    return Honesty(
        partners=len(names),
        flagged=sum(record.rate(name).differs for name in names),
        pairs=len(trials),
        flagged_pairs=len(different(trials, usual=record.usual)),
        brier=float(((said - happened) ** 2).mean()),
        brier_usual=float(((record.usual - happened) ** 2).mean()),
    )


def report(found: Honesty) -> str:
    """The findings in two lines."""
    return (
        f"said to differ: {found.flagged} of {found.partners} partners, "
        f"{found.flagged_pairs} of {found.pairs} partners by product\n"
        f"Brier of later deals: {found.brier:.4f}; of the plain share: {found.brier_usual:.4f}"
    )


def main(words: Iterable[str] | None = None) -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(prog="python -m evals.cosell_honesty", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    folder = parser.parse_args(None if words is None else list(words)).folder
    sys.stdout.write(report(judge(read(folder / "sales_pipeline.csv"))) + "\n")


if __name__ == "__main__":
    main()
