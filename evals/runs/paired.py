"""Statistics of two runs over the same cases."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

DRAWS = 4_000
SEED = 20_260
EXACT_UP_TO = 12  # groups that differ; 2 ** 12 signs are tried one by one, more are drawn


@dataclass(frozen=True, slots=True)
class Difference:
    """How a mean changed over the same cases.

    `value` is new minus base, `low` and `high` its interval, `p` the two-sided probability of a change this large when
    nothing but chance is at work. `lost` and `gained` count cases that fell and rose; `groups` is what was resampled.
    """

    value: float
    low: float
    high: float
    p: float
    lost: int
    gained: int
    cases: int
    groups: int


def difference(
    base: Sequence[float],
    new: Sequence[float],
    *,
    groups: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
    seed: int = SEED,
) -> Difference:
    """The paired difference of means.

    The interval is the percentile bootstrap over groups, all cases of a group together (Davison & Hinkley 1997, §3.8).
    `p` is McNemar's exact test (McNemar 1947, with the binomial) when every case is right or wrong and stands alone,
    else the sign-flip permutation test over groups (Fisher 1935), which is exact up to 12 groups that changed.
    Raises ValueError when there are no cases or the lengths differ.
    """
    if len(base) != len(new) or not base:
        raise ValueError("two runs need the same cases, at least one")
    before, after = np.asarray(base, dtype=np.float64), np.asarray(new, dtype=np.float64)
    delta = after - before
    lost, gained = int((delta < 0).sum()), int((delta > 0).sum())
    sums, sizes = _grouped(delta, groups)
    low, high = _interval(sums, sizes, confidence=confidence, seed=seed)
    alone = len(sums) == len(delta)
    binary = bool(np.isin(np.concatenate([before, after]), (0.0, 1.0)).all())
    p = mcnemar(lost, gained) if alone and binary else _sign_flips(sums, seed=seed)
    return Difference(float(delta.mean()), low, high, p, lost, gained, len(delta), len(sums))


def mcnemar(lost: int, gained: int) -> float:
    """The two-sided exact p value that as many cases fell as rose; 1 when none changed."""
    changed = lost + gained
    return float(binomtest(lost, changed, 0.5).pvalue) if changed else 1.0


def _grouped(
    delta: NDArray[np.float64], groups: Sequence[Hashable] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum of the differences and number of cases, by group."""
    if groups is None:
        return delta, np.ones_like(delta)
    places: dict[Hashable, int] = {}
    index = np.array([places.setdefault(group, len(places)) for group in groups])
    return np.bincount(index, weights=delta).astype(np.float64), np.bincount(index).astype(np.float64)


def _interval(
    sums: NDArray[np.float64], sizes: NDArray[np.float64], *, confidence: float, seed: int
) -> tuple[float, float]:
    """Groups that are alike are drawn by their number: the same distribution as drawing them one by one."""
    kinds, counts = np.unique(np.stack([sums, sizes]), axis=1, return_counts=True)
    picks = np.random.default_rng(seed).multinomial(len(sums), counts / len(sums), size=DRAWS)
    means = (picks @ kinds[0]) / (picks @ kinds[1])
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


def _sign_flips(sums: NDArray[np.float64], *, seed: int) -> float:
    changed = sums[sums != 0]
    if not len(changed):
        return 1.0
    exact = len(changed) <= EXACT_UP_TO
    if exact:
        bits = np.arange(2 ** len(changed))[:, None] >> np.arange(len(changed)) & 1
    else:
        bits = np.random.default_rng(seed).integers(0, 2, size=(DRAWS, len(changed)))
    reached = np.abs((2.0 * bits - 1.0) @ changed) >= abs(changed.sum()) - 1e-12
    return float(reached.mean()) if exact else float((1 + reached.sum()) / (1 + DRAWS))
