"""A model that ranks everybody well, taught once more where it matters: among those it ranks first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from assistant.cosell.history import PastDeal
from assistant.cosell.ledger import Ledger
from assistant.cosell.model import ScoringModel, Window
from assistant.cosell.training import Question, Sample, fitted, replayed, sampled, weighed

FIRST = 30  # partners of each deal
OWN = (
    100.0  # strength of the common weights as the prior of each situation's own: fewer rows than at first tell of each
)


def trained(deals: Sequence[PastDeal], *, window: Window, ledger: Ledger) -> ScoringModel:
    """The model of the deals of a window; those before only fill the record, and `ledger` knows all of them then.

    A conditional logit of everybody asks mostly who is in question at all, and spends its weights on the thousands that
    are not. So its weights only find the first 30 of each deal, and those that are used are learnt among these.
    """
    model = fitted(sampled(replayed(deals, since=window.first)), trained=window)
    return sharpened(model, replayed(deals, since=window.first, ledger=ledger))


def sharpened(model: ScoringModel, questions: Iterator[Question]) -> ScoringModel:
    """The model with weights learnt among its own first 30 of each deal; as it was where these hold nobody sought."""
    kept = []
    for question in questions:
        scores = np.where(question.askable, model.points(question.evidence, row=question.row), -np.inf)
        first = np.argsort(-scores, kind="stable")[: min(FIRST, int(question.askable.sum()))]
        joined = np.isin(first, question.joined)
        if joined.any():
            kept.append((question.row, question.evidence.rows(first).astype(np.float32), joined))
    if not kept:
        return model
    sizes = np.array([joined.size for _, _, joined in kept])
    joined = np.concatenate([joined for _, _, joined in kept])
    sample = Sample(
        rows=np.concatenate([rows for _, rows, _ in kept]),
        joined=joined,
        weights=np.ones(joined.size),
        starts=np.concatenate(([0], np.cumsum(sizes)))[:-1].astype(np.intp),
        situations=np.array([row for row, _, _ in kept], dtype=np.intp),
    )
    return replace(model, weights=weighed(sample, own=OWN), first_look=model.weights)
