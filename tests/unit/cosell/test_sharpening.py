from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from assistant.cosell.features import View
from assistant.cosell.history import Need, PastDeal
from assistant.cosell.ledger import Ledger
from assistant.cosell.sharpening import sharpened, trained
from assistant.cosell.training import fitted, replayed, sampled
from evals.cosell_baselines import column
from evals.cosell_data import window
from tests.unit.cosell.market import FIRST, market

SINCE, SPLIT = FIRST + timedelta(days=80), FIRST + timedelta(days=300)


def test_weights_are_learnt_among_the_partners_that_rank_first() -> None:
    past = [deal for deal in market() if deal.need.day < SPLIT]
    first = fitted(sampled(replayed(past, since=SINCE)), trained=window(past))
    second = sharpened(first, replayed(past, since=SINCE))
    assert second.weights != first.weights
    assert (second.features, second.centre, second.trained) == (first.features, first.centre, first.trained)
    assert second.first_look == first.weights


def test_whom_the_first_look_passes_over_stands_behind_all_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    past = market()
    model = trained(past[:300], window=window(past[80:300]), ledger=Ledger())
    question = next(iter(replayed(past, since=past[300].need.day)))
    everyone = np.arange(question.view.people)
    free = model.points(question.evidence, row=question.row)
    first = replace(model, weights=model.first_look, first_look=()).points(question.evidence, row=question.row)
    monkeypatch.setattr("assistant.cosell.model.CANDIDATES", 10)
    points = model.points(question.evidence, row=question.row)
    candidates = np.argsort(-first)[:10]
    others = np.setdiff1d(everyone, candidates)
    assert points[others].max() < points[candidates].min()
    assert np.array_equal(points[candidates], free[candidates])
    assert np.ptp(free[others] - points[others]) < 1e-9


def test_a_model_stays_as_it_is_where_nobody_sought_ranks_first() -> None:
    past = [deal for deal in market() if deal.need.day < SPLIT]
    first = fitted(sampled(replayed(past, since=SINCE)), trained=window(past))
    assert sharpened(first, iter(())) == first


def test_the_ledger_knows_all_deals_once_a_model_is_learnt() -> None:
    past, ledger = [deal for deal in market() if deal.need.day < SPLIT], Ledger()
    trained(past, window=window([deal for deal in past if deal.need.day >= SINCE]), ledger=ledger)
    assert ledger.total == sum(len(set(deal.partners)) for deal in past)


def test_the_company_of_a_partners_company_counts_and_its_own_follow_on_deals_do_not_count_as_met() -> None:
    ledger, need = Ledger(), Need(day=FIRST, account="one")
    ledger.record(PastDeal("a", need, ("anchor", "friend")))
    ledger.record(PastDeal("b", Need(day=FIRST, account="two"), ("friend", "far")))
    again = Need(day=FIRST + timedelta(days=1), account="one")
    ledger.record(PastDeal("c", again, ("anchor", "friend")))
    asked = Need(day=FIRST + timedelta(days=2), account="new", present=("anchor",))
    evidence = View(ledger, asked.day).evidence(asked)
    near, met = column(evidence, "with_near"), column(evidence, "with_met")
    friend, far = ledger.place["friend"], ledger.place["far"]
    assert near[far] > 0
    assert near[ledger.place["anchor"]] == 0
    assert met[friend] == np.log1p(2 * np.exp2(-2 / 1500))
    assert column(evidence, "with_often")[friend] > met[friend]
