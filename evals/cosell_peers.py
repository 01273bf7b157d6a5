"""Libraries that co-sell recommendations are compared with where they are installed: the extra `cosell-extras`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from importlib import import_module
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from assistant.cosell.history import PastDeal
from assistant.cosell.ledger import Ledger, Numbers, Places
from assistant.cosell.training import Question, replayed
from evals.cosell_baselines import OUT_OF_REACH, System, column, rule

CANDIDATES = 100  # of each deal by the rule, for training and for serving alike
ROUNDS = 80
LATEST = timedelta(days=730)  # what boosting learns from; older deals are another market
PARAMETERS = {
    "objective": "lambdarank",
    "num_leaves": 15,
    "learning_rate": 0.05,
    "min_data_in_leaf": 300,
    "lambda_l2": 20.0,
    "lambdarank_truncation_level": 12,
    "num_threads": 1,
    "seed": 7,
    "verbose": -1,
}


def peers(deals: Sequence[PastDeal], *, learn: Sequence[PastDeal], ledger: Ledger) -> dict[str, System]:
    """A system for each library that is installed; boosting learns from the latest of `learn`."""
    found: dict[str, System] = {}
    if find_spec("implicit"):
        found["implicit"] = alternating(deals, ledger)
    if find_spec("lightgbm"):
        found["LightGBM"] = boosted(learn, since=learn[-1].need.day - LATEST)
    return found


def missing() -> tuple[str, ...]:
    """The libraries that are not installed."""
    return tuple(name for name in ("implicit", "lightgbm") if not find_spec(name))


def alternating(deals: Sequence[PastDeal], ledger: Ledger) -> System:
    """Alternating least squares of the library implicit, on accounts by partners, with incumbents first."""
    accounts: dict[str, int] = {}
    pairs = {
        (accounts.setdefault(deal.need.account, len(accounts)), ledger.place[name])
        for deal in deals
        for name in deal.partners
    }
    rows, columns = np.array(sorted(pairs)).T
    seen = csr_matrix((np.ones(rows.size, np.float32), (rows, columns)), shape=(len(accounts), len(ledger.names)))
    model = import_module("implicit.als").AlternatingLeastSquares(
        factors=64, regularization=0.05, alpha=20.0, iterations=15, num_threads=1, random_state=3
    )
    model.fit(seen, show_progress=False)
    factors = np.asarray(model.item_factors)

    def score(question: Question) -> Numbers:
        view, need = question.view, question.deal.need
        near = np.union1d(view.incumbents(need), view.present(need))
        known = near[near < factors.shape[0]]
        total = column(question.evidence, "year").copy()
        if known.size:
            own = csr_matrix((np.ones(known.size, np.float32), (np.zeros(known.size, int), known)), (1, len(factors)))
            total *= 1e-3
            total[: len(factors)] += factors @ np.asarray(model.recalculate_user(0, own)).ravel()
        total[view.incumbents(need)] += OUT_OF_REACH
        return total

    return score


def boosted(deals: Sequence[PastDeal], *, since: date) -> System:
    """LightGBM's lambdarank over the features of the first hundred by the rule, for training and serving alike."""
    lightgbm = import_module("lightgbm")
    rows, joined, sizes = [], [], []
    for question in replayed(deals, since=since):
        first = _first(question)
        hits = np.isin(first, question.joined)
        if hits.any():
            rows.append(_rows(question, first))
            joined.append(hits)
            sizes.append(first.size)
    data = lightgbm.Dataset(np.concatenate(rows), label=np.concatenate(joined).astype(int), group=sizes)
    model = lightgbm.train(PARAMETERS, data, ROUNDS)

    def score(question: Question) -> Numbers:
        first = _first(question)
        total = np.full(question.view.people, -OUT_OF_REACH) + 1e-3 * rule(question)
        total[first] = model.predict(_rows(question, first), num_threads=1)
        return total

    return score


def _first(question: Question) -> Places:
    scores = np.where(question.askable, rule(question), -np.inf)
    return np.argsort(-scores, kind="stable")[:CANDIDATES].astype(np.intp)


def _rows(question: Question, places: Places) -> NDArray[np.float32]:
    situation = np.full((places.size, 1), float(question.row))
    return np.hstack([question.evidence.rows(places), situation]).astype(np.float32)
