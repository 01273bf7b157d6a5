"""Whether predicted probabilities and intervals hold on later deals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from assistant.cosell.ledger import Ledger, Numbers
from assistant.cosell.model import BANDS, ScoringModel, band
from assistant.cosell.scatter import coverage
from assistant.cosell.training import Question

FIRST, HIGHEST, BINS = (
    340,
    0.02,
    10,
)  # the partners of a deal whose probabilities are judged; the share that is looked at


@dataclass(slots=True)
class Watched:
    """What was predicted and what happened: the highest probabilities of each deal, and sums by partner."""

    history: NDArray[np.int64]
    expected: Numbers
    happened: Numbers
    chances: list[Numbers] = field(default_factory=list)
    joined: list[NDArray[np.bool_]] = field(default_factory=list)

    @classmethod
    def start(cls, ledger: Ledger) -> Self:
        """Nothing seen yet of the partners of a ledger, each with its deals so far."""
        people = len(ledger.names)
        history = ledger.events("all").counts(people, today=ledger.latest).astype(np.int64)
        return cls(history, np.zeros(people), np.zeros(people))

    def add(self, question: Question, chances: Numbers) -> None:
        """See one deal: everybody's probability, and who joined."""
        joined = np.zeros(chances.size, dtype=bool)
        joined[question.joined] = True
        chances = np.where(question.askable, chances, 0.0)
        people = self.history.size
        self.expected += chances[:people]
        self.happened += joined[:people]
        first = np.argpartition(-chances, min(FIRST, chances.size - 1))[:FIRST]
        self.chances.append(chances[first])
        self.joined.append(joined[first])


@dataclass(frozen=True, slots=True)
class Calibration:
    """Expected calibration errors, and for each band of history the share of intervals that cover, and their number."""

    ece_top: float
    ece: float
    pairs: int
    coverage: tuple[tuple[float, int], ...]


def judged(watched: Watched, model: ScoringModel) -> Calibration:
    """The calibration of what was watched."""
    chances, joined = np.concatenate(watched.chances), np.concatenate(watched.joined)
    top = np.argsort(-chances, kind="stable")[: int(HIGHEST * chances.size)]
    bands = band(watched.history)
    rows = []
    for number in range(len(BANDS) + 1):
        chosen = (bands == number) & (watched.expected > 0)
        covered = coverage(watched.expected[chosen], watched.happened[chosen], shape=model.shapes[number])
        rows.append((covered, int(chosen.sum())))
    return Calibration(ece(chances[top], joined[top]), ece(chances, joined), top.size, tuple(rows))


def ece(chances: Numbers, joined: NDArray[np.bool_]) -> float:
    """The expected calibration error over bins of equal size (Naeini, Cooper & Hauskrecht 2015)."""
    if not chances.size:
        return float("nan")
    bins = np.array_split(np.argsort(chances, kind="stable"), BINS)
    return float(
        sum(abs(chances[part].mean() - joined[part].mean()) * part.size for part in bins if part.size) / chances.size
    )
