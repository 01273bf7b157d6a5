"""Attack the agent, without a model and with one that belongs to the attacker, and count what it broke.

python -m evals.red_team [--attacks 5000] [--jobs 2] [--out out/red-team]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evals.red_team.part import Part, Tally, played

SIZE = 100  # attacks of one part
SHARES = {"model": 22, "planner": 20, "tools": 33, "approvals": 25}  # percent of all attacks
console = Console(highlight=False)


def main(words: Sequence[str] | None = None) -> int:
    """Run the attacks; 1 when a guarantee was broken."""
    options = argparse.ArgumentParser(prog="python -m evals.red_team", description=__doc__)
    options.add_argument("--attacks", type=int, default=5_000, help="how many at least (default: %(default)s)")
    options.add_argument("--out", type=Path, default=Path("out/red-team"), help="folder of the report")
    options.add_argument("--jobs", type=int, default=2, help="how many processes (default: %(default)s)")
    options.add_argument("--layer", action="append", choices=SHARES, help="only this one; repeat for more")
    chosen = options.parse_args(words)
    start = time.perf_counter()
    tally = _run(chosen.attacks, chosen.jobs, layers=chosen.layer or tuple(SHARES))
    return _report(tally, chosen.out, seconds=time.perf_counter() - start)


def _run(wanted: int, jobs: int, *, layers: Sequence[str]) -> Tally:
    """Every layer's share; each part in a process of its own."""
    whole = sum(SHARES[layer] for layer in layers)
    shares = {layer: -(-wanted * SHARES[layer] // whole) for layer in layers}
    parts = [
        Part(layer, start, min(SIZE, share - start))
        for layer, share in shares.items()
        for start in range(0, share, SIZE)
    ]
    tally = Tally()
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(played, part) for part in parts]):
            found = done.result()
            tally.outcomes += found.outcomes
            for each in found.broken:
                console.print(f"{each.rule} in {each.family}: {each.detail}", markup=False, soft_wrap=True)
            console.print(f"{len(tally.outcomes):,} of {wanted:,} attacks, {len(tally.broken)} guarantees broken")
    return tally


def _report(tally: Tally, out: Path, *, seconds: float) -> int:
    table = Table("attack", "tried", "broken", title="Red team", title_justify="left")
    broken = Counter(violation.family for violation in tally.broken)
    for name, count in sorted(tally.tried.items()):
        table.add_row(name, f"{count:,}", str(broken[name.rpartition(": ")[2]]))
    console.print(table)
    for rule, count in Counter(violation.rule for violation in tally.broken).items():
        first = next(violation for violation in tally.broken if violation.rule == rule)
        console.print(f"[red]{rule}: {count}[/], first in {first.family}: {first.detail}", markup=True)
    total = len(tally.outcomes)
    console.print(f"{total:,} attacks, {len(tally.broken)} guarantees broken, {seconds:.0f} s")
    out.mkdir(parents=True, exist_ok=True)
    told = {
        "attacks": total,
        "seconds": round(seconds),
        "tried": tally.tried,
        "broken": [asdict(v) for v in tally.broken],
    }
    (out / "summary.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return 1 if tally.broken or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
