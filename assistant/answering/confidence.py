"""How sure we are that what was found answers the question. Pure."""

from __future__ import annotations

import math

from assistant.answering.weights import COMPARED, Weights
from assistant.retrieval.retrieve import Retrieved

# Logistic regression on the development questions, those of the sample programme and those in other languages, the
# three sets and both classes weighted alike; docs/retrieval.md tells what else was tried, and `make eval SUITE=answers`
# prints what the threshold does today.
INTERCEPT = -6.19
LEAD_WEIGHT = 0.25
COSINE_WEIGHT = 2.67
EVIDENCE_WEIGHT = 5.22
# The same without the evidence: among few passages nobody can say which words are rare.
FEW_INTERCEPT = -7.24
FEW_LEAD_WEIGHT = 1.32
FEW_COSINE_WEIGHT = 7.41
LARGEST_LEAD = 4.0
GLOSSED = -0.37  # a question in another language has more words to find: its own and their translations
COMPLETE = 2.5  # a passage with every telling word of a short question; too few development questions to fit it
THRESHOLD = 0.37


def lead(retrieved: Retrieved) -> float:
    """How far the best passage stands out: its fused score, where 1.8 is the mean of the ten best of both arms."""
    return min(LARGEST_LEAD, max((ranked.fused for ranked in retrieved.ranking), default=0.0))


def cosine(retrieved: Retrieved) -> float:
    """The cosine of the best passage, 0 when the dense arm did not find it."""
    return retrieved.ranking[0].dense or 0.0 if retrieved.ranking else 0.0


def evidence(weights: Weights) -> float:
    """How much of the question stands in the best passages, in words as telling as a word that none of them has.

    The mean of what the first has and of the most that one of the first three has. It is a sum and not a share: who
    asks at length describes a situation that no passage has all the words of, and a short question can match little.
    """
    found = weights.found
    return (found[0] + max(found[:3])) / 2 / weights.rarest if found else 0.0


def confidence(retrieved: Retrieved, weights: Weights) -> float:
    """The probability in 0..1 that the content answers the question, were every other question unanswerable."""
    if len(weights.found) < COMPARED:
        score = FEW_INTERCEPT + FEW_LEAD_WEIGHT * lead(retrieved) + FEW_COSINE_WEIGHT * cosine(retrieved)
    else:
        score = INTERCEPT + LEAD_WEIGHT * lead(retrieved) + COSINE_WEIGHT * cosine(retrieved)
        score += EVIDENCE_WEIGHT * math.log(0.25 + evidence(weights))
        score += COMPLETE if weights.complete else 0.0
        score += GLOSSED if retrieved.english else 0.0
    return 1 / (1 + math.exp(-score))
