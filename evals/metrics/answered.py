"""Whether the assistant answers when it can and declines when it cannot. Judged by status, never by wording."""

from __future__ import annotations

from assistant.domain.answer import AnswerStatus
from evals.case import UNANSWERABLE, Case, Observation
from evals.metrics.metric import Metric

ANSWERED_STATUSES = {AnswerStatus.ANSWERED, AnswerStatus.PARTIAL}
DECLINED_STATUSES = {AnswerStatus.DECLINED, AnswerStatus.REFUSED}


def answered(case: Case, seen: Observation) -> float:  # noqa: ARG001 - the signature of every metric
    """1 when the question was answered, whole or in part."""
    return float(seen.answer is not None and seen.answer.status in ANSWERED_STATUSES)


def declined(case: Case, seen: Observation) -> float:  # noqa: ARG001 - the signature of every metric
    """1 when the question was declined; asking back is not declining."""
    return float(seen.answer is not None and seen.answer.status in DECLINED_STATUSES)


def is_answerable(case: Case) -> bool:
    """Cases whose answer is in the content."""
    return case.answerable


def is_unanswerable(case: Case) -> bool:
    """Cases whose answer is known not to be in the content."""
    return case.kind == UNANSWERABLE


ANSWERED_ANSWERABLE = Metric(name="answered_answerable", version=1, applies=is_answerable, score=answered)
DECLINED_UNANSWERABLE = Metric(name="declined_unanswerable", version=1, applies=is_unanswerable, score=declined)
