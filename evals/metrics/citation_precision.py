"""Whether every citation stands in the source file where it says, and every sentence has one."""

from __future__ import annotations

from evals.case import Case, Observation
from evals.metrics.answered import ANSWERED_STATUSES, is_answerable
from evals.metrics.matching import normal_space
from evals.metrics.metric import Metric


def citation_precision(case: Case, seen: Observation) -> float:  # noqa: ARG001 - the signature of every metric
    """The share of an answer's sentences and citations that hold: cited at all, and the quote re-read at its locator.

    A declined question claims nothing and scores 1.
    """
    if seen.answer is None:
        return 0.0
    if seen.answer.status not in ANSWERED_STATUSES:
        return 1.0
    checks = [
        citation.source is not None
        and bool(citation.quote.strip())
        and normal_space(citation.quote) in normal_space(citation.source)
        for citation in seen.answer.citations
    ] + [False] * seen.answer.uncited_sentences
    return sum(checks) / len(checks) if checks else 0.0


CITATION_PRECISION = Metric(name="citation_precision", version=1, applies=is_answerable, score=citation_precision)
