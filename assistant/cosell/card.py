"""What a model was made from and how well it does: measured on deals that its weights were not learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from assistant.cosell.features import FEATURES
from assistant.cosell.history import PastDeal
from assistant.cosell.ledger import Ledger, Numbers
from assistant.cosell.model import SITUATIONS, ScoringModel, Window
from assistant.cosell.training import FEWEST, Question, calibrated, replayed

TOP = 10
EDGES = (0.0, 0.02, 0.1, 0.3, 1.0)  # of the probabilities that are compared with what happened
LIMITS = (
    "The chance is that a partner joins a deal as partners joined before; nobody promised that joining helped.",
    "Win rates are associations: which deals a partner is on is not left to chance.",
    "A partner without a deal on record has the numbers of all others without one.",
    "Deals that nobody recorded, and why partners refused, are not in it.",
    "The measures are of the time just after the deals it learnt from; later ones may be lower.",
)


@dataclass(frozen=True, slots=True)
class Segment:
    """How well partners were found in one situation: means over its deals, beside a ranking by activity alone."""

    name: str
    deals: int
    ndcg: float
    recall: float
    activity_ndcg: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs of deal and partner with probabilities from `low` to `high`: the mean predicted, and how many joined."""

    low: float
    high: float
    pairs: int
    predicted: float
    happened: float


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model for people. `held_out` are the deals behind `segments`; those behind `bins` are their later half.

    `bins` judge probabilities that were calibrated on the earlier half; empty when there are too few deals.
    """

    trained: Window
    held_out: Window
    features: tuple[str, ...]
    segments: tuple[Segment, ...]
    bins: tuple[Bin, ...]
    limits: tuple[str, ...] = LIMITS


def card_of(past: Sequence[PastDeal], model: ScoringModel) -> ModelCard:
    """The card of a model that was learnt from these deals."""
    window = model.calibrated
    until = [deal for deal in past if deal.need.day <= window.last]
    seen = [_seen(question, model) for question in replayed(until, since=window.first, ledger=Ledger())]
    names = ("all", *SITUATIONS)
    parts = [seen, *([item for item in seen if item.row == row] for row in range(len(SITUATIONS)))]
    segments = tuple(_segment(name, part) for name, part in zip(names, parts, strict=True) if part)
    return ModelCard(model.trained, window, FEATURES, segments, _bins(until, model))


@dataclass(frozen=True, slots=True)
class _Seen:
    row: int
    ndcg: float
    recall: float
    activity: float


def _seen(question: Question, model: ScoringModel) -> _Seen:
    scores = np.where(question.askable, model.points(question.evidence, row=question.row), -np.inf)
    active = np.where(question.askable, question.view.counts("all"), -np.inf)
    gain, recall = _found(scores, question)
    return _Seen(question.row, gain, recall, _found(active, question)[0])


def _found(scores: Numbers, question: Question) -> tuple[float, float]:
    """Binary nDCG and recall of the first ten; partners that nobody knew count as not found."""
    first = np.argsort(-scores, kind="stable")[:TOP]
    hits = np.isin(first, question.joined)
    discounts = 1 / np.log2(np.arange(2, TOP + 2))
    best = discounts[: min(TOP, question.wanted)].sum()
    if not best:
        return 0.0, 0.0
    return float((hits * discounts[: hits.size]).sum() / best), float(hits.sum() / question.wanted)


def _segment(name: str, seen: Sequence[_Seen]) -> Segment:
    return Segment(
        name,
        deals=len(seen),
        ndcg=float(np.mean([item.ndcg for item in seen])),
        recall=float(np.mean([item.recall for item in seen])),
        activity_ndcg=float(np.mean([item.activity for item in seen])),
    )


def _bins(past: Sequence[PastDeal], model: ScoringModel) -> tuple[Bin, ...]:
    """Probabilities calibrated on the first half of the later window, against what happened in the second half."""
    later = sorted((deal for deal in past if deal.need.day >= model.calibrated.first), key=lambda deal: deal.need.day)
    middle = later[len(later) // 2].need.day
    first = [deal for deal in later if deal.need.day < middle]
    if min(len(first), len(later) - len(first)) < FEWEST:
        return ()
    window = Window(first[0].need.day, first[-1].need.day, len(first))
    before = [deal for deal in past if deal.need.day < middle]
    half = calibrated(model, replayed(before, since=window.first, ledger=Ledger()), window=window)
    chances: list[Numbers] = []
    joined: list[NDArray[np.bool_]] = []
    for question in replayed(past, since=middle, ledger=Ledger()):
        scores = half.scores(question.evidence, row=question.row, askable=question.askable)
        happened = np.zeros(question.view.people, dtype=bool)
        happened[question.joined] = True
        chances.append(half.chances(scores)[question.askable])
        joined.append(happened[question.askable])
    return tuple(_binned(np.concatenate(chances), np.concatenate(joined)))


def _binned(chances: Numbers, joined: NDArray[np.bool_]) -> list[Bin]:
    found = []
    for number, (low, high) in enumerate(pairwise(EDGES)):
        last = number == len(EDGES) - 2
        inside = (chances >= low) & ((chances <= high) if last else (chances < high))
        if inside.any():
            predicted, happened = float(chances[inside].mean()), float(joined[inside].mean())
            found.append(Bin(low, high, int(inside.sum()), predicted, happened))
    return found
