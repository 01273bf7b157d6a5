from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.answer import AnswerStatus
from evals.case import Case, Observation
from evals.curves import calibration_error, reliability, risk_coverage, wilson
from tests.unit.evals.examples import FEE, NONE, ONE, cited, said

RIGHT = said("The fee is 5 %.", cited(FEE.quote, source=FEE.quote))
WRONG = said("The fee is high.", cited("Something else."))
DECLINED = said(status=AnswerStatus.DECLINED)


def sure(seen: Observation, confidence: float) -> Observation:
    assert seen.answer is not None
    return replace(seen, answer=replace(seen.answer, confidence=confidence))


def test_risk_rises_with_coverage_up_to_what_was_answered() -> None:
    cases = [ONE, ONE, NONE, ONE, NONE]
    seen = [sure(RIGHT, 0.9), sure(WRONG, 0.8), sure(RIGHT, 0.7), sure(DECLINED, 0.6), sure(DECLINED, 0.1)]
    points = risk_coverage(cases, seen)
    assert [(p.confidence, p.coverage, round(p.risk, 3)) for p in points] == [
        (0.9, 0.2, 0.0), (0.8, 0.4, 0.5), (0.7, 0.6, 0.667),
    ]  # fmt: skip


def test_answers_of_one_confidence_are_one_point_whatever_their_order() -> None:
    pair = [sure(RIGHT, 0.5), sure(WRONG, 0.5)]
    assert risk_coverage([ONE, ONE], pair) == risk_coverage([ONE, ONE], pair[::-1])
    assert len(risk_coverage([ONE, ONE], pair)) == 1


def test_questions_that_cannot_be_judged_and_errors_make_no_curve() -> None:
    unknown = Case(id="x", question="?", kind="audience")
    assert risk_coverage([unknown], [sure(RIGHT, 0.9)]) == []
    assert risk_coverage([ONE], [Observation("one", error="TimeoutError")]) == []
    assert reliability([unknown], [sure(RIGHT, 0.9)]) == []


def test_confidence_is_compared_with_how_often_there_is_an_answer() -> None:
    seen = [sure(RIGHT, 0.95), sure(DECLINED, 0.91), sure(DECLINED, 0.12), sure(RIGHT, 1.0)]
    low, high = reliability([ONE, NONE, NONE, ONE], seen)
    assert (low.n, low.share, low.confidence) == (1, 0.0, 0.12)
    assert (high.n, round(high.share, 3)) == (3, 0.667)
    assert calibration_error([low, high]) == pytest.approx((0.12 + 3 * abs((0.95 + 0.91 + 1.0) / 3 - 2 / 3)) / 4)


def test_one_kind_of_question_alone_says_nothing_of_calibration() -> None:
    assert reliability([ONE, ONE], [sure(RIGHT, 0.9), sure(RIGHT, 0.2)]) == []
    with pytest.raises(ValueError, match="no questions"):
        calibration_error([])


def test_the_interval_of_a_share_is_wilsons() -> None:
    low, high = wilson(8, 10)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_in_its_interval(pair: tuple[int, int]) -> None:
    low, high = wilson(*pair)
    assert 0 <= low <= pair[0] / pair[1] + 1e-12
    assert pair[0] / pair[1] - 1e-12 <= high <= 1
