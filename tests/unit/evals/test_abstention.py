from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from evals.abstention import ranked_observations
from evals.case import Case, Observation
from evals.collect import Collected
from evals.metrics import METRICS
from evals.row import score_all, summarise
from evals.suites import SUITES
from tests.unit.evals.examples import NONE, ONE, said

SURE = st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.2, 0.5, 0.9])), min_size=2, max_size=40)


def collected(pairs: list[tuple[bool, float]]) -> Collected:
    cases, seen = list[Case](), list[Observation]()
    for number, (answerable, sure) in enumerate(pairs):
        answer = said("x").answer
        assert answer is not None
        cases.append(replace(ONE if answerable else NONE, id=str(number)))
        seen.append(Observation(case_id=str(number), answer=replace(answer, confidence=sure)))
    return Collected(tuple(cases), tuple(seen))


@given(SURE.filter(lambda pairs: len({answerable for answerable, _ in pairs}) == 2))
def test_the_mean_over_either_kind_is_the_area_under_the_roc_curve(pairs: list[tuple[bool, float]]) -> None:
    found = collected(pairs)
    metrics = [METRICS["confidence_auroc"]]
    area = roc_auc_score([answerable for answerable, _ in pairs], [sure for _, sure in pairs])
    scores = score_all(found.cases, ranked_observations(found), metrics)
    for kind in (True, False):
        values = [score.value for score, case in zip(scores, found.cases, strict=True) if case.answerable is kind]
        assert sum(values) / len(values) == pytest.approx(area)


def test_a_question_that_broke_is_on_the_wrong_side_of_all() -> None:
    found = collected([(True, 0.9), (False, 0.1)])
    broken = Collected(found.cases, (Observation(case_id="0", error="TimeoutError: late"), found.observations[1]))
    metrics = [METRICS["confidence_auroc"]]
    scores = score_all(broken.cases, ranked_observations(broken), metrics)
    assert scores[0].value == 0.0
    (row, *_) = summarise("abstention", broken.cases, scores, metrics)
    assert row.n == 2
    assert "confidence_auroc" in SUITES["abstention"].metrics
