from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from assistant.cosell.features import FEATURES, View
from assistant.cosell.history import Need, PastDeal, value_traits, words_of
from assistant.cosell.learning import learnt
from assistant.cosell.ledger import Ledger, TimeTravel
from assistant.cosell.model import ScoringModel
from assistant.cosell.training import calibrated, replayed
from assistant.errors import UsageError
from tests.unit.cosell.market import FIRST, market

SPLIT = FIRST + timedelta(days=300)


@cache
def deals() -> list[PastDeal]:
    return market()


@cache
def model() -> ScoringModel:
    return learnt([deal for deal in deals() if deal.need.day < SPLIT])


def hits(of: ScoringModel, history: Sequence[PastDeal]) -> float:
    """The share of deals after the split where one of the first five partners joined."""
    found = []
    for question in replayed(history, since=SPLIT):
        scores = of.scores(question.evidence, row=question.row, askable=question.askable)
        found.append(bool(np.isin(np.argsort(-scores)[:5], question.joined).any()))
    return float(np.mean(found))


def test_what_is_asked_about_a_day_never_depends_on_that_day_or_later() -> None:
    cut = FIRST + timedelta(days=200)
    whole = [question for question in replayed(deals(), since=cut) if question.deal.need.day == cut]
    until = [deal for deal in deals() if deal.need.day <= cut]
    alone = [question for question in replayed(until, since=cut) if question.deal.need.day == cut]
    everyone = np.arange(whole[0].view.people)
    assert np.array_equal(whole[0].evidence.rows(everyone), alone[0].evidence.rows(everyone))
    other = [replace(deal, partners=("partner-00",)) if deal.need.day >= cut else deal for deal in deals()]
    changed = [question for question in replayed(other, since=cut) if question.deal.need.day == cut]
    assert np.array_equal(whole[0].evidence.rows(everyone), changed[0].evidence.rows(everyone))


def test_two_deals_of_one_day_know_nothing_of_each_other() -> None:
    day = FIRST + timedelta(days=5)
    need = Need(day=day, account="same", traits=("product:1",))
    pair = [PastDeal("a", need, ("one", "two")), PastDeal("b", need, ("one", "three"))]
    before = PastDeal("z", Need(day=FIRST, account="other", traits=("product:1",)), ("one", "two", "three"))
    questions = replayed([before, *pair], since=day)
    assert [question.view.incumbents(need).size for question in questions] == [0, 0]


def test_a_view_is_of_no_use_once_its_day_is_recorded() -> None:
    ledger = Ledger()
    ledger.record(deals()[0])
    view = View(ledger, deals()[1].need.day)
    ledger.record(deals()[1])
    with pytest.raises(TimeTravel):
        view.evidence(deals()[1].need)


def test_a_ledger_refuses_to_look_ahead_or_back() -> None:
    ledger = Ledger()
    ledger.record(deals()[1])
    with pytest.raises(TimeTravel, match="which is not before"):
        View(ledger, deals()[1].need.day)
    with pytest.raises(TimeTravel, match="comes after"):
        ledger.record(deals()[0])


def test_calibration_on_days_that_were_learnt_from_is_refused() -> None:
    with pytest.raises(UsageError, match="overlaps training"):
        calibrated(model(), iter(()), window=model().trained)


def test_the_outcome_of_a_deal_tells_nothing_about_who_joins_it() -> None:
    flipped = [replace(deal, won=not deal.won) for deal in deals() if deal.need.day < SPLIT]
    assert learnt(flipped) == model()


def test_a_model_finds_who_joins_and_one_of_shuffled_partners_does_not() -> None:
    dice = random.Random(1)
    teams = [deal.partners for deal in deals()]
    dice.shuffle(teams)
    shuffled = [replace(deal, partners=team) for deal, team in zip(deals(), teams, strict=True)]
    blind = learnt([deal for deal in shuffled if deal.need.day < SPLIT])
    by_luck = 1 - (35 / 40) ** 2.3  # five of forty partners, 2.3 of them joined
    assert hits(model(), deals()) > 2 * by_luck
    assert hits(blind, shuffled) < 1.4 * by_luck


def test_probabilities_add_up_to_how_many_partners_join() -> None:
    expected, happened = 0.0, 0
    for question in replayed(deals(), since=SPLIT):
        scores = model().scores(question.evidence, row=question.row, askable=question.askable)
        expected += float(model().chances(scores).sum())
        happened += question.joined.size
    assert expected == pytest.approx(happened, rel=0.25)


def test_contributions_and_the_start_sum_to_the_score() -> None:
    for question in replayed(deals(), since=FIRST + timedelta(days=390)):
        everyone = np.arange(question.view.people)
        points = model().points(question.evidence, row=question.row)
        start = model().start(points, askable=question.askable)
        parts = model().contributions(question.evidence, everyone, row=question.row)
        scores = model().scores(question.evidence, row=question.row, askable=question.askable)
        assert np.abs(parts.sum(axis=1) + start - scores).max() < 1e-6


def test_longer_histories_of_the_same_rate_give_no_wider_intervals() -> None:
    low, high = model().interval(0.2, deals=100)
    assert 0 <= low < 0.2 < high <= 1


def test_too_few_deals_are_refused_with_what_is_missing() -> None:
    with pytest.raises(UsageError, match="120 are needed"):
        learnt(deals()[:50])


def test_a_partner_without_any_deal_has_numbers_too() -> None:
    ledger = Ledger(["newcomer"])
    for deal in deals()[:100]:
        ledger.record(deal)
    view = View(ledger, FIRST + timedelta(days=100))
    rows = view.evidence(deals()[100].need).rows(np.array([0]))
    assert np.isfinite(rows).all()
    assert rows.shape == (1, len(FEATURES))


def test_words_are_told_by_themselves_and_by_their_ends() -> None:
    assert {"bio", "therapeutics", "-tics", "ther-"} <= words_of("Acme BioTherapeutics")
    assert words_of("") == frozenset()


@pytest.mark.parametrize(("amount", "traits"), [(0, ("band:unknown",)), (1000, ("band:9", "value:24"))])
def test_values_fall_into_bands(amount: float, traits: tuple[str, ...]) -> None:
    assert value_traits(amount) == traits


def test_days_are_replayed_in_order_whatever_the_order_given() -> None:
    days = [question.deal.need.day for question in replayed(list(reversed(deals()))[:50], since=date.min)]
    assert days == sorted(days)
