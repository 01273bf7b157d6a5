"""Kills ingest many times and prints what came of it: `python -m tests.e2e.crash.kill --runs 200`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.e2e.crash.trial import named_plans, prepare, random_plan, run_trial


def main() -> int:
    """Every named point first, then random moments, up to the number of kills asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200, help="how many processes to kill")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started, kills, questions, worst = time.monotonic(), 0, 0, 0.0
    failed: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="liaison-crash-") as root:
        reference = prepare(Path(root))
        plans = named_plans()
        attempt = 0
        while kills < options.runs:
            plan = plans[attempt] if attempt < len(plans) else random_plan(options.seed + attempt)
            attempt += 1
            outcome = run_trial(plan, reference, Path(root) / f"trial{attempt}")
            kills += outcome.killed
            questions += outcome.questions
            worst = max(worst, outcome.disk_ratio)
            for problem in outcome.problems:
                failed[problem] += 1
                say(f"seed {options.seed + attempt - 1}: {plan}: {problem}")
    say(f"{kills} kills in {attempt} runs, {questions} rounds of questions meanwhile")
    say(f"most disk used: {worst:.2f} times a clean run; {time.monotonic() - started:.0f} s")
    say(f"problems: {dict(failed) or 'none'}")
    return 1 if failed else 0


def say(line: str) -> None:
    """One line to the terminal, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
