"""How long a recommendation takes with many partners: everybody's score and exact reasons for the first ten.

python -m evals.cosell_speed [--partners 100000] [--teams]

Partners, deals and weights are drawn; the code is the one that ranks. With --teams: how much better the proved team is
than a greedy one over 200 candidates with eight capabilities, at most four partners, and about six synergies each.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from assistant.cosell.features import FEATURES, View
from assistant.cosell.history import Need, PastDeal
from assistant.cosell.ledger import Ledger
from assistant.cosell.model import BANDS, SITUATIONS, ScoringModel, Window, situation
from assistant.cosell.reasons import points_of
from assistant.cosell.staff import Candidate, Synergy, TeamProblem
from assistant.cosell.team import greedy, solve

FIRST, DEALS, TOP, REPEATS = date(2023, 1, 1), 20_000, 10, 60
PRODUCTS, COUNTRIES, ACCOUNTS = 12, 40, 4_000
SKILLS, SIZE, SYNERGIES, INSTANCES = 8, 4, 600, 4
PATIENCE = 20.0  # seconds


def history(partners: int, *, seed: int = 5) -> Ledger:
    """A ledger of this many partners with 20,000 drawn deals."""
    dice = random.Random(seed)  # noqa: S311 - the same market each time
    names = [f"partner-{number}" for number in range(partners)]
    ledger = Ledger(names)
    for number in range(DEALS):
        team = tuple(names[int(partners * dice.random() ** 3)] for _ in range(dice.choice((1, 2, 3))))
        ledger.record(PastDeal(str(number), _need(FIRST + timedelta(days=number // 20), dice), team))
    return ledger


def _need(day: date, dice: random.Random, *, present: tuple[str, ...] = ()) -> Need:
    traits = (
        f"product:{dice.randrange(PRODUCTS)}",
        f"country:{dice.randrange(COUNTRIES)}",
        f"band:{dice.randrange(9)}",
    )
    return Need(day=day, account=f"account-{dice.randrange(ACCOUNTS)}", traits=traits, present=present)


def drawn_model() -> ScoringModel:
    """A model with drawn weights: speed does not depend on them."""
    weights, first = np.random.default_rng(2).normal(size=(2, len(SITUATIONS), len(FEATURES)))
    window = Window(FIRST, FIRST, DEALS)
    return ScoringModel(
        features=FEATURES,
        weights=tuple(tuple(row) for row in weights.tolist()),
        centre=(0.0,) * len(FEATURES),
        steps=((-30.0, 0.0), (0.0, 1.0)),
        shapes=(1.0,) * (len(BANDS) + 1),
        trained=window,
        calibrated=window,
        first_look=tuple(tuple(row) for row in first.tolist()),
    )


def ranked(view: View, need: Need, model: ScoringModel, free: NDArray[np.bool_]) -> list[float]:
    """The chances of the first ten partners, each with its reasons."""
    row, evidence = situation(view, need), view.evidence(need)
    scores = model.scores(evidence, row=row, askable=free)
    first = np.argpartition(-scores, TOP)[:TOP]
    first = first[np.argsort(-scores[first])]
    for parts in model.contributions(evidence, first.astype(np.intp), row=row):
        points_of(parts)
    return [float(chance) for chance in model.chances(scores[first])]


def speed(partners: int) -> str:
    """CPU milliseconds of one recommendation, in the middle and at the 95th percentile, first and later times."""
    ledger, model, dice = history(partners), drawn_model(), random.Random(9)  # noqa: S311 - the same needs each time
    day = FIRST + timedelta(days=DEALS // 20 + 1)
    free = np.ones(partners, dtype=bool)
    needs = [_need(day, dice, present=(f"partner-{dice.randrange(50)}",)) for _ in range(REPEATS)]
    view = View(ledger, day)
    first = [_cpu(lambda need=need: ranked(view, need, model, free)) for need in needs]  # type: ignore[misc]  # need is bound now
    again = [_cpu(lambda need=need: ranked(view, need, model, free)) for need in needs]  # type: ignore[misc]  # as above
    rows = (("first time each trait is met", first), ("traits met before", again))
    return "\n".join(
        f"{partners:,} partners, {name}: p50 {np.median(times):.2f} ms, p95 {np.quantile(times, 0.95):.2f} ms CPU"
        for name, times in rows
    )


def _cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1_000


def instance(people: int, *, seed: int) -> TeamProblem:
    """A drawn team problem."""
    dice = random.Random(seed)  # noqa: S311 - the same instance each time
    skills = [f"skill-{number}" for number in range(SKILLS)]
    candidates = tuple(Candidate(f"p{n}", dice.random(), frozenset(dice.sample(skills, 3))) for n in range(people))
    pairs = {tuple(sorted(dice.sample(range(people), 2))) for _ in range(SYNERGIES * people // 200)}
    synergies = tuple(Synergy(f"p{a}", f"p{b}", dice.random()) for a, b in sorted(pairs))
    return TeamProblem(candidates, tuple(skills), size=SIZE, synergies=synergies)


def teams(people: int) -> str:
    """The value of greedy teams against proved ones, and how long the proof takes."""
    lines, gains = [], []
    for seed in range(INSTANCES):
        problem = instance(people, seed=seed)
        start = time.process_time()
        best, quick = solve(problem, seconds=PATIENCE), greedy(problem)
        took = time.process_time() - start
        if best is None:
            lines.append(f"instance {seed}: no team")
            continue
        worse = f"{best.value / quick.value - 1:+.1%} over greedy" if quick else "greedy finds no team"
        gains += [best.value / quick.value - 1] if quick else []
        lines.append(f"instance {seed}: {best.value:.3f}, proved {best.proved}, {took:.3f} s CPU, {worse}")
    return "\n".join([*lines, f"mean: {np.mean(gains):+.1%} over greedy"])


def main(words: Iterable[str] | None = None) -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(prog="python -m evals.cosell_speed", description=__doc__)
    parser.add_argument("--partners", type=int, default=100_000)
    parser.add_argument("--teams", action="store_true", help="measure teams instead")
    options = parser.parse_args(None if words is None else list(words))
    sys.stdout.write((teams(200) if options.teams else speed(options.partners)) + "\n")


if __name__ == "__main__":
    main()
