"""What co-sell recommendations are compared with: popularity, a rule, neighbours, and matrix factors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from assistant.cosell.features import ACTIVITY, NUMBER, Evidence
from assistant.cosell.history import PastDeal
from assistant.cosell.ledger import Ledger, Numbers
from assistant.cosell.training import Question

System: TypeAlias = Callable[[Question], Numbers]
FACTORS, SWEEPS, PENALTY, CONFIDENCE = 32, 6, 0.05, 20.0
OUT_OF_REACH = 50.0  # in units of log popularity: what comes first comes first


def column(evidence: Evidence, name: str) -> Numbers:
    """One feature of every partner."""
    number = NUMBER[name]
    if number < len(ACTIVITY):
        return evidence.activity[:, number]
    whole = np.zeros(evidence.activity.shape[0])
    for found, values in evidence.dense:
        if found == number:
            whole += values
    for item in evidence.sparse:
        if item.number == number:
            whole[item.places] += item.values
    return whole


def popularity(question: Question) -> Numbers:
    """Deals of the last year, older ones counting less."""
    return column(question.evidence, "year")


def rule(question: Question) -> Numbers:
    """The rule: who knows the account, then who sold with those present, then who is active at this size."""
    evidence = question.evidence
    known = 20 * column(evidence, "incumbent") - 0.5 * column(evidence, "account_since")
    return known + 4 * column(evidence, "with_often") + column(evidence, "year") + column(evidence, "band")


def neighbours(question: Question) -> Numbers:
    """Item-based nearest neighbours: cosine over shared deals with those who know the account and those present."""
    view = question.view
    total, often = np.zeros(view.people), view.counts("all")
    near = np.union1d(view.incumbents(question.deal.need), view.present(question.deal.need))
    for partner in near:
        total += view.counts(f"with:{partner}") / np.sqrt(np.maximum(often, 1) * max(often[partner], 1))
    total[view.incumbents(question.deal.need)] += 1.0
    return OUT_OF_REACH * total + column(question.evidence, "year")


def factors(deals: Sequence[PastDeal], ledger: Ledger) -> System:
    """Implicit alternating least squares (Hu, Koren & Volinsky 2008) on accounts by partners, with incumbency first.

    The account is folded in from those who know it and those present; without either, popularity decides.
    """
    accounts: dict[str, int] = {}
    pairs = [
        (accounts.setdefault(deal.need.account, len(accounts)), ledger.place[name])
        for deal in deals
        for name in deal.partners
    ]
    rows, columns = np.array(pairs).T
    seen = csr_array((np.ones(rows.size), (rows, columns)), shape=(len(accounts), len(ledger.names)))
    seen.data[:] = 1.0
    ours = np.random.default_rng(3).normal(scale=0.1, size=(seen.shape[1], FACTORS))
    across = csr_array(seen.T)
    for _ in range(SWEEPS):
        ours = _solved(across, _solved(seen, ours))
    gram = ours.T @ ours

    def score(question: Question) -> Numbers:
        view, need = question.view, question.deal.need
        incumbents = view.incumbents(need)
        near = np.union1d(incumbents, view.present(need))
        known = near[near < ours.shape[0]]
        total = column(question.evidence, "year").copy()
        if known.size:
            total *= 1e-3
            total[: ours.shape[0]] += ours @ _fold(ours[known], gram)
        total[incumbents] += OUT_OF_REACH
        return total

    return score


def _solved(seen: csr_array, other: NDArray[np.float64]) -> NDArray[np.float64]:
    gram = other.T @ other
    bounds = zip(seen.indptr[:-1], seen.indptr[1:], strict=True)
    return np.array([_fold(other[seen.indices[start:end]], gram) for start, end in bounds])


def _fold(known: NDArray[np.float64], gram: NDArray[np.float64]) -> Numbers:
    if not known.size:
        return np.zeros(gram.shape[0])
    left = gram + CONFIDENCE * known.T @ known + PENALTY * len(known) * np.eye(gram.shape[0])
    return np.linalg.solve(left, (1 + CONFIDENCE) * known.sum(axis=0))
