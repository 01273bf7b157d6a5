"""What another way of giving the drawn place would have brought, from what was logged: SNIPS and doubly robust.

A logged choice happened with a known probability (its propensity). A target policy would have made it with another
one; the ratio of the two is the weight of what came of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.cosell.ledger import Numbers

CLIP = 20.0  # the largest weight that counts whole
NORMAL = 1.96  # the 97.5 % quantile


@dataclass(frozen=True, slots=True)
class Logged:
    """One choice that was made: what came of it, and for every option of that choice what both policies do.

    `reward` is that of option `taken`; `propensities` are the logging policy's, `target` the other policy's
    probabilities; `expected` are the rewards that a model predicts. All three have one number per option.
    """

    reward: float
    taken: int
    propensities: tuple[float, ...]
    target: tuple[float, ...]
    expected: tuple[float, ...]

    @property
    def weight(self) -> float:
        """How much likelier the target policy makes this choice, not clipped."""
        return self.target[self.taken] / self.propensities[self.taken]


@dataclass(frozen=True, slots=True)
class Estimate:
    """The value of a policy per choice with its 95 % interval.

    `effective` is how many choices made by the target policy itself would tell as much (Kish); `clipped` is how
    many weights were cut down, each of which pulls the estimate towards what was done anyway.
    """

    value: float
    low: float
    high: float
    choices: int
    effective: float
    clipped: int


def snips(logged: Sequence[Logged], *, clip: float = CLIP) -> Estimate | None:
    """The self-normalised estimate (Swaminathan & Joachims, NIPS 2015): the weighted mean of rewards.

    Its bias is of the order 1/n, and it does not move when all rewards are shifted. Interval by the delta method.
    None when no choice that was made could be the target's.
    """
    weights, clipped = _weights(logged, clip)
    total = float(weights.sum())
    if not total:
        return None
    rewards = np.array([item.reward for item in logged])
    value = float(weights @ rewards) / total
    error = float(np.sqrt((weights**2 * (rewards - value) ** 2).sum())) / total
    return _estimate(value, error, weights, clipped)


def doubly_robust(logged: Sequence[Logged], *, clip: float = CLIP) -> Estimate | None:
    """The doubly robust estimate (Dudík, Langford & Li, ICML 2011): the model's value, corrected by weighted residuals.

    Unbiased when the propensities are right, whatever the model says, as long as no weight is clipped; a good model
    narrows the interval. None when nothing was logged, or no choice that was made could be the target's.
    """
    weights, clipped = _weights(logged, clip)
    if not weights.any():
        return None
    direct = np.array([float(np.dot(item.target, item.expected)) for item in logged])
    residual = np.array([item.reward - item.expected[item.taken] for item in logged])
    values = direct + weights * residual
    error = float(values.std(ddof=1)) / len(values) ** 0.5 if len(values) > 1 else float("inf")
    return _estimate(float(values.mean()), error, weights, clipped)


def _weights(logged: Sequence[Logged], clip: float) -> tuple[Numbers, int]:
    raw = np.array([item.weight for item in logged], dtype=np.float64)
    return np.minimum(raw, clip), int((raw > clip).sum())


def _estimate(value: float, error: float, weights: Numbers, clipped: int) -> Estimate:
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    return Estimate(value, value - NORMAL * error, value + NORMAL * error, len(weights), effective, clipped)
