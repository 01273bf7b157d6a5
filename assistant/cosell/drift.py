"""Whether deals since a model was made are of other kinds than those it was made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

import numpy as np
from scipy.stats import chi2_contingency

from assistant.cosell.history import PastDeal

GROUPS = ("product", "country", "industry")
FEWEST = 30  # deals since then; fewer differ by chance
SHIFTED = 0.25  # population stability index from which a shift is called major (Siddiqi 2006, Credit Risk Scorecards)
CHANCE = 0.01  # of a test that finds a shift where there is none, for all groups together


def drifted(past: Iterable[PastDeal], *, first: date, last: date) -> tuple[str, ...]:
    """The kinds of traits that are spread otherwise in deals after `last` than in those from `first` to `last`.

    A group is named when its population stability index is 0.25 or more and chance does not explain it (chi-squared
    test, Bonferroni over the groups). Traits that hardly occur are counted as one.
    """
    known: list[PastDeal] = []
    since: list[PastDeal] = []
    for deal in past:
        if first <= deal.need.day:
            (known if deal.need.day <= last else since).append(deal)
    if min(len(known), len(since)) < FEWEST:
        return ()
    return tuple(group for group in GROUPS if _shifted(group, known, since))


def _shifted(group: str, known: list[PastDeal], since: list[PastDeal]) -> bool:
    before, after = _counts(group, known), _counts(group, since)
    total = before + after
    common = [trait for trait, count in total.items() if count >= 10]  # expected counts for the test are large enough
    rows = [[counted[trait] for trait in common] for counted in (before, after)]
    table = np.array(
        [[*row, sum(counted.values()) - sum(row)] for row, counted in zip(rows, (before, after), strict=True)]
    )
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2 or not table.sum(axis=1).all():
        return False
    share = (table + 0.5) / (table + 0.5).sum(axis=1, keepdims=True)
    index = float(((share[1] - share[0]) * np.log(share[1] / share[0])).sum())
    return index >= SHIFTED and float(chi2_contingency(table).pvalue) < CHANCE / len(GROUPS)


def _counts(group: str, deals: list[PastDeal]) -> Counter[str]:
    return Counter(trait for deal in deals for trait in deal.need.traits if trait.startswith(f"{group}:"))
