"""What the confidence of answers is worth, as curves: how wrong at which coverage, and how true a probability."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

from evals.case import UNANSWERABLE, Case, Observation
from evals.metrics import METRICS
from evals.metrics.answered import answered

RIGHT = ("citation_hit", "fact_recall")  # what an answer must score 1 in to be right, where they apply
BINS = 10
NORMAL = 1.959964  # quantile of 95 %


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """Answering only what is at least so sure answers the share `coverage` of all questions, `risk` of them wrong."""

    confidence: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of about the same confidence: its mean, how many, and the share the content answers, with interval."""

    confidence: float
    share: float
    low: float
    high: float
    n: int


def risk_coverage(cases: Sequence[Case], observations: Sequence[Observation]) -> list[RiskPoint]:
    """The selective risk by coverage (El-Yaniv & Wiener 2010), surest first, up to what was really answered.

    A right answer scores 1 in everything of RIGHT that applies; one to an unanswerable question is wrong. Questions of
    which neither can be said are left out. Equal confidences are one point.
    """
    judged = [
        (case, seen, right) for case, seen in zip(cases, observations, strict=True) for right in _right(case, seen)
    ]
    told = sorted(
        ((seen.answer.confidence, right) for case, seen, right in judged if seen.answer and answered(case, seen)),
        key=lambda pair: -pair[0],
    )
    points, wrong = [], 0
    for count, (confidence, right) in enumerate(told, start=1):
        wrong += not right
        if count == len(told) or told[count][0] != confidence:
            points.append(RiskPoint(confidence, count / len(judged), wrong / count))
    return points


def _right(case: Case, seen: Observation) -> Iterator[bool]:
    """Whether an answer would be right; nothing where that cannot be told."""
    if case.kind == UNANSWERABLE:
        yield False
        return
    scores = [METRICS[name].score(case, seen) for name in RIGHT if METRICS[name].applies(case)]
    if scores:
        yield min(scores) == 1


def reliability(cases: Sequence[Case], observations: Sequence[Observation]) -> list[Bin]:
    """How often the content answers questions of a confidence, in ten bins of equal width (DeGroot & Fienberg 1983).

    Intervals are Wilson's (1927), 95 %. Empty unless there are questions of both kinds.
    """
    pairs = [
        (seen.answer.confidence, case.answerable)
        for case, seen in zip(cases, observations, strict=True)
        if seen.answer and (case.answerable or case.kind == UNANSWERABLE)
    ]
    if len({answerable for _, answerable in pairs}) < 2:
        return []
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, answerable in pairs:
        bins.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, answerable))
    return [_bin(bins[place]) for place in sorted(bins)]


def _bin(pairs: Sequence[tuple[float, bool]]) -> Bin:
    n, positive = len(pairs), sum(answerable for _, answerable in pairs)
    low, high = wilson(positive, n)
    return Bin(sum(confidence for confidence, _ in pairs) / n, positive / n, low, high, n)


def wilson(positive: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    share, square = positive / n, NORMAL**2
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = NORMAL * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def calibration_error(bins: Sequence[Bin]) -> float:
    """How far confidence and share lie apart, weighted by questions (Naeini et al. 2015). ValueError without bins."""
    total = sum(each.n for each in bins)
    if not total:
        raise ValueError("no questions to compare")
    return sum(each.n * abs(each.confidence - each.share) for each in bins) / total
