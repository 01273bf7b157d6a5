"""How sure we are that what was found answers the question. Pure."""

from __future__ import annotations

import math

from assistant.retrieval.retrieve import Retrieved

# Logistic regression on the development questions and those of the sample programme, both classes weighted alike;
# docs/retrieval.md tells what else was tried, and `make eval SUITE=answers` prints what the threshold does today.
INTERCEPT = -7.46
LEAD_WEIGHT = 1.32
NEAREST_WEIGHT = 7.41
LARGEST_LEAD = 4.0
GLOSSED = 0.3  # a gloss lies further from the passages that answer than the question would in English
THRESHOLD = 0.32


def lead(retrieved: Retrieved) -> float:
    """How far the best passage stands out: its fused score, where 1.8 is the mean of the ten best of both arms."""
    return min(LARGEST_LEAD, max((ranked.fused for ranked in retrieved.ranking), default=0.0))


def nearest(retrieved: Retrieved) -> float:
    """The cosine of the passage closest to the question."""
    return max((ranked.dense for ranked in retrieved.ranking if ranked.dense is not None), default=0.0)


def confidence(retrieved: Retrieved) -> float:
    """The probability in 0..1 that the content answers the question, were every other question unanswerable."""
    score = INTERCEPT + LEAD_WEIGHT * lead(retrieved) + NEAREST_WEIGHT * nearest(retrieved)
    score += GLOSSED if retrieved.english else 0.0
    return 1 / (1 + math.exp(-score))
