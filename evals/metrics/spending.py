"""What an answer takes of a language model: 0 where none is asked."""

from __future__ import annotations

from math import inf

from evals.case import Case, Observation
from evals.metrics.duration import ASK_P50_MS
from evals.metrics.metric import Metric


def tokens(case: Case, seen: Observation) -> float:  # noqa: ARG001 - the signature of every metric
    """Tokens in and out of all calls for the answer; endless when nothing was answered."""
    return float(seen.answer.tokens) if seen.answer else inf


def cost(case: Case, seen: Observation) -> float:  # noqa: ARG001 - as above
    """What they cost in the currency of the price list; endless when the model has no price."""
    return inf if seen.answer is None or seen.answer.cost is None else seen.answer.cost


def _asked(case: Case) -> bool:
    return case.kind == ASK_P50_MS.name


ANSWER_TOKENS = Metric(name="answer_tokens", version=1, applies=_asked, score=tokens, statistic="median", wrong=inf)
ANSWER_COST = Metric(name="answer_cost", version=1, applies=_asked, score=cost, statistic="median", wrong=inf)
