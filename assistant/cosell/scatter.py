"""How far partners' true rates scatter around what is predicted, found so that intervals cover what they say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom

from assistant.cosell.ledger import Numbers
from assistant.cosell.model import BANDS, LEVEL

WIDEST, TIGHTEST = 0.05, 50.0  # gamma shapes; a record of some years cannot show that rates scatter less
FEWEST = 30  # partners
HALVINGS = 20
UNKNOWN = 1.0  # shape where there is too little to tell


def shapes(expected: Numbers, happened: Numbers, bands: NDArray[np.intp]) -> tuple[float, ...]:
    """For each band of history the gamma shape under which 90 % of the partners' intervals cover what happened."""
    found = []
    for number in range(len(BANDS) + 1):
        chosen = (bands == number) & (expected > 0)
        some = chosen.sum() >= FEWEST and happened[chosen].any()
        found.append(_shape(expected[chosen], happened[chosen]) if some else UNKNOWN)
    return tuple(found)


def coverage(expected: Numbers, happened: Numbers, *, shape: float) -> float:
    """The share of partners whose number of deals lies in its 90 % interval; nan without partners.

    Counts are discrete, so an interval that covers exactly 90 % does not exist for them: the randomised probability
    integral transform (Czado, Gneiting & Held 2009) is averaged over its draw instead.
    """
    if not expected.size:
        return float("nan")
    tail = (1 - LEVEL) / 2
    below = nbinom.cdf(happened - 1, shape, shape / (shape + expected))
    upto = nbinom.cdf(happened, shape, shape / (shape + expected))
    inside = np.clip(np.minimum(upto, 1 - tail) - np.maximum(below, tail), 0, None)
    return float((inside / np.maximum(upto - below, 1e-12)).mean())


def _shape(expected: Numbers, happened: Numbers) -> float:
    """By halving: a larger shape is a narrower interval, which covers less."""
    low, high = np.log(WIDEST), np.log(TIGHTEST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if coverage(expected, happened, shape=float(np.exp(middle))) > LEVEL:
            low = middle
        else:
            high = middle
    return float(np.exp((low + high) / 2))
