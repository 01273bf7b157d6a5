"""The scoring model: one weight per feature and situation, so that every score is an exact sum of reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from assistant.cosell.features import FEATURES, Evidence, View
from assistant.cosell.history import Need
from assistant.cosell.ledger import Numbers, Places
from assistant.errors import SettingsError

SITUATIONS = (
    "new account, nobody on the deal",
    "new account, partners on the deal",
    "known account, nobody on the deal",
    "known account, partners on the deal",
)
CANDIDATES = 1_000  # partners that the weights decide among
BANDS = (1, 5, 20)  # earlier deals at which a partner's history counts as short, some, long; below: none
LEVEL = 0.90
AHEAD = 1e-6


def situation(view: View, need: Need) -> int:
    """Which row of SITUATIONS a need is in."""
    return 2 * bool(view.ledger.rounds.get(need.account)) + bool(need.present)


def band(deals: NDArray[np.integer] | int) -> NDArray[np.intp]:
    """How much history so many earlier deals are, 0 (none) to len(BANDS)."""
    return np.searchsorted(BANDS, deals, side="right")


@dataclass(frozen=True, slots=True)
class Window:
    """The days from `first` to `last`, both included, and how many deals lie in them."""

    first: date
    last: date
    deals: int


@dataclass(frozen=True)
class ScoringModel:
    """Weights by situation and feature; `centre` is what a feature is on average, where its reason counts nothing.

    `steps` maps scores to probabilities (isotonic on `calibrated`). `shapes` says for each band of history how far
    partners' true rates scatter around the prediction (a gamma shape; larger is tighter). `first_look` are weights that
    choose the 1,000 candidates that `weights` are meant for; all others stand behind them. Without, all are candidates.
    """

    features: tuple[str, ...]
    weights: tuple[tuple[float, ...], ...]
    centre: tuple[float, ...]
    steps: tuple[tuple[float, float], ...]
    shapes: tuple[float, ...]
    trained: Window
    calibrated: Window
    first_look: tuple[tuple[float, ...], ...] = ()

    def __post_init__(self) -> None:
        if self.features != FEATURES:
            raise SettingsError(
                "The co-sell model was trained by another version of Liaison.",
                hint="Train it again: liaison cosell train.",
            )

    @cached_property
    def _weights(self) -> NDArray[np.float64]:
        return np.array(self.weights)

    @cached_property
    def _offsets(self) -> Numbers:
        """What every partner's points are less where features are as they are, not centred."""
        offsets: Numbers = self._weights @ np.array(self.centre)
        return offsets

    @cached_property
    def _first(self) -> NDArray[np.float64]:
        return np.array(self.first_look)

    @cached_property
    def _steps(self) -> tuple[Numbers, Numbers]:
        scores, chances = zip(*self.steps, strict=True)
        return np.array(scores), np.array(chances)

    def scores(self, evidence: Evidence, *, row: int, askable: NDArray[np.bool_]) -> Numbers:
        """The score of every partner in a situation: the log of its share of the chance of all `askable` partners.

        It is `start` plus the partner's contributions, and for those that are no candidates less a constant.
        """
        points = self.points(evidence, row=row)
        return points + self.start(points, askable=askable)

    def points(self, evidence: Evidence, *, row: int) -> Numbers:
        """What the features of every partner add up to, less a constant for all that are not candidates."""
        points: Numbers = evidence.scores(self._weights[row]) - self._offsets[row]
        if self.first_look and points.size > CANDIDATES:
            looked = evidence.scores(self._first[row])
            behind = looked < np.partition(looked, looked.size - CANDIDATES)[looked.size - CANDIDATES]
            over = points[behind].max(initial=-np.inf) - points[~behind].min() + AHEAD
            points -= max(0.0, float(over)) * behind
        return points

    def start(self, points: Numbers, *, askable: NDArray[np.bool_]) -> float:
        """What a partner without any points scores: the others are competition."""
        if not askable.any():
            return 0.0
        top = float(points.max())  # taken out so that no exponential overflows
        return -float(np.log(np.exp(points - top)[askable].sum()) + top)

    def contributions(self, evidence: Evidence, places: Places, *, row: int) -> NDArray[np.float64]:
        """What each feature adds to the score of some partners: places by FEATURES.

        They sum to the points of a candidate exactly.
        """
        parts: NDArray[np.float64] = (evidence.rows(places) - np.array(self.centre)) * self._weights[row]
        return parts

    def chances(self, scores: Numbers) -> Numbers:
        """The calibrated probability that a partner engages."""
        return np.interp(scores, *self._steps)

    def interval(self, chance: float, *, deals: int) -> tuple[float, float]:
        """The 90 % interval of a probability for a partner with so many earlier deals, by its Beta distribution.

        Its variance is that of rates scattered around the prediction with the band's gamma shape.
        """
        if not 0 < chance < 1:
            chance = min(max(chance, 1e-6), 1 - 1e-6)
        shape = self.shapes[int(band(deals))]
        size = max(shape * (1 - chance) / chance - 1, 1.0)
        tail = (1 - LEVEL) / 2
        low, high = (betaincinv(chance * size, (1 - chance) * size, q) for q in (tail, 1 - tail))
        return float(low), float(high)


def shrunk(successes: float, trials: float, *, prior: float, weight: float) -> tuple[float, tuple[float, float]]:
    """A rate shrunk to a prior rate worth `weight` trials, with its 90 % Beta interval."""
    won, lost = successes + prior * weight, trials - successes + (1 - prior) * weight
    tail = (1 - LEVEL) / 2
    low, high = (float(betaincinv(won, lost, q)) for q in (tail, 1 - tail))
    return won / (won + lost), (low, high)
