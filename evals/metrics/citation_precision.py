"""Whether every sentence rests on what its citations quote, and every quote stands in the source file where it says."""

from __future__ import annotations

import re

from evals.case import Case, Observation, SeenAnswer, SeenCitation, SeenSentence
from evals.metrics.answered import ANSWERED_STATUSES, is_answerable
from evals.metrics.matching import normal_space
from evals.metrics.metric import Metric

WORD = re.compile(r"[^\W_]+")  # an underscore may be markup


def citation_precision(case: Case, seen: Observation) -> float:  # noqa: ARG001 - the signature of every metric
    """The share of an answer's sentences that hold.

    A sentence holds when it has citations, each quote stands in the source file at its locator, and the words of the
    sentence follow each other in the quotes, others may stand between: markup may be dropped, nothing added.
    A declined question claims nothing and scores 1.
    """
    answer = seen.answer
    if answer is None:
        return 0.0
    if answer.status not in ANSWERED_STATUSES:
        return 1.0
    checks = [_holds(sentence, answer) for sentence in answer.sentences]
    return sum(checks) / len(checks) if checks else 0.0


def _holds(sentence: SeenSentence, answer: SeenAnswer) -> bool:
    known = range(1, len(answer.citations) + 1)
    if not sentence.citations or any(number not in known for number in sentence.citations):
        return False
    cited = [answer.citations[number - 1] for number in sentence.citations]
    quoted = WORD.findall(" ".join(citation.quote for citation in cited).lower())
    return all(map(_stands, cited)) and _in_order(WORD.findall(sentence.text.lower()), quoted)


def _stands(citation: SeenCitation) -> bool:
    quote = normal_space(citation.quote)
    return citation.source is not None and bool(quote) and quote in normal_space(citation.source)


def _in_order(words: list[str], quoted: list[str]) -> bool:
    rest = iter(quoted)
    return bool(words) and all(word in rest for word in words)


CITATION_PRECISION = Metric(name="citation_precision", version=1, applies=is_answerable, score=citation_precision)
