"""Moves from signs, learned on some conversations and told of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from evals.interval import DRAWS, SEED
from evals.mtrag_un.task import Move

FOLDS = 10
FEWEST = 12  # conversations that have a sign, below which nothing is learned from it
Rows = NDArray[np.float64]
Labels = NDArray[np.int64]
Names = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Judged:
    """Macro-F1 with its 95 % interval over conversations, F1 by move, and what happens to answerable questions."""

    macro: float
    low: float
    high: float
    by_move: tuple[float, float, float]
    declined: float
    asked_back: float


def folds_of(groups: Names, *, seed: int) -> Iterator[NDArray[np.bool_]]:
    """What is held out in turn: a tenth of the conversations, each in one of the ten."""
    names = np.unique(groups)
    order = np.random.default_rng(seed).permutation(len(names))
    place = dict(zip(names.tolist(), (order % FOLDS).tolist(), strict=True))
    at = np.array([place[name] for name in groups.tolist()])
    return (at == fold for fold in range(FOLDS))


def told(signs: Rows, right: Labels, held_out: Iterator[NDArray[np.bool_]]) -> Labels:
    """The move for each held-out row by the mean of two models that were fitted to the others."""
    said = np.zeros(len(right), dtype=np.int64)
    for out in held_out:
        used = (signs[~out] != signs[~out][0]).sum(axis=0) >= FEWEST
        models = (
            make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=3_000, class_weight="balanced")),
            ExtraTreesClassifier(300, min_samples_leaf=3, class_weight="balanced_subsample", random_state=0),
        )
        chances = sum(
            model.fit(signs[~out][:, used], right[~out]).predict_proba(signs[out][:, used]) for model in models
        )
        said[out] = np.asarray(chances).argmax(axis=1)
    return said


def by_threshold(score: Rows, right: Labels, held_out: Iterator[NDArray[np.bool_]]) -> Labels:
    """The move for each held-out row by a threshold alone: the one best on the others, below which it is declined."""
    said = np.zeros(len(right), dtype=np.int64)
    for out in held_out:
        candidates = np.unique(score[~out])
        best = max(candidates, key=lambda limit: float(np.mean(f1(score[~out] < limit, right[~out]))))
        said[out] = score[out] < best
    return said


def f1(said: NDArray[np.integer | np.bool_], right: Labels) -> list[float]:
    """F1 of each move."""
    return [float(each) for each in _f1(_counts(np.asarray(said, dtype=np.int64), right))]


def judged(said: Labels, right: Labels, groups: Names) -> Judged:
    """What was said against what is right; the interval is a percentile bootstrap over conversations."""
    names = np.unique(groups)
    counts = np.array([_counts(said[groups == name], right[groups == name]) for name in names])
    picks = np.random.default_rng(SEED).integers(0, len(names), size=(DRAWS, len(names)))
    draws = np.array([_f1(counts[pick].sum(axis=0)).mean() for pick in picks])
    low, high = np.quantile(draws, [0.025, 0.975])
    answer, decline, ask = f1(said, right)
    answerable = said[right == Move.ANSWER]
    return Judged(
        macro=(answer + decline + ask) / 3,
        low=float(low),
        high=float(high),
        by_move=(answer, decline, ask),
        declined=float(np.mean(answerable == Move.DECLINE)),
        asked_back=float(np.mean(answerable == Move.ASK_BACK)),
    )


def _counts(said: Labels, right: Labels) -> NDArray[np.int64]:
    """A table with what is right down and what was said across."""
    table = np.zeros((len(Move), len(Move)), dtype=np.int64)
    np.add.at(table, (right, said), 1)
    return table


def _f1(table: NDArray[np.int64]) -> Rows:
    hits = np.diag(table)
    return np.asarray(2 * hits / np.maximum(table.sum(axis=0) + table.sum(axis=1), 1), dtype=np.float64)


def columns(signs: Sequence[dict[str, float]], extra: Sequence[Sequence[float]]) -> Rows:
    """One row a conversation: its signs in the order of their names, then what else is told of it."""
    names = sorted(signs[0])
    return np.array([[each[name] for name in names] + list(more) for each, more in zip(signs, extra, strict=True)])
