"""Confidence intervals by bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Statistic = Literal["mean", "median", "p95"]
DRAWS = 2_000
SEED = 20_260


@dataclass(frozen=True, slots=True)
class Interval:
    """A statistic with its confidence interval, low <= value <= high except for rounding."""

    value: float
    low: float
    high: float


def bootstrap_interval(
    values: Sequence[float], *, statistic: Statistic = "mean", confidence: float = 0.95, seed: int = SEED
) -> Interval:
    """The percentile bootstrap interval (Efron & Tibshirani 1993, §13.3) over items, the same for the same input.

    Raises ValueError without values: nothing measured has no interval.
    """
    if not values:
        raise ValueError("no values to take an interval of")
    sample = np.asarray(values, dtype=np.float64)
    picks = np.random.default_rng(seed).integers(0, sample.size, size=(DRAWS, sample.size))
    reduced = _reduce(sample[picks], statistic)
    tail = (1 - confidence) / 2
    low, high = np.quantile(reduced, [tail, 1 - tail], method="closest_observation")
    return Interval(value=float(_reduce(sample[None, :], statistic)[0]), low=float(low), high=float(high))


def _reduce(rows: NDArray[np.float64], statistic: Statistic) -> NDArray[np.float64]:
    if statistic == "mean":
        return np.asarray(rows.mean(axis=1))
    if statistic == "median":
        return np.asarray(np.median(rows, axis=1))
    return np.asarray(np.quantile(rows, 0.95, axis=1, method="inverted_cdf"))  # one of the values, which may be endless
