"""How sure we are that what was found answers the question. Pure."""

from __future__ import annotations

import math

from assistant.retrieval.retrieve import Retrieved

# Logistic regression on the development questions with both classes weighted alike; docs/retrieval.md tells what else
# was tried and did not help, and `make eval SUITE=answers` prints what the threshold does today.
INTERCEPT = -4.2
LEAD_WEIGHT = 1.97
THRESHOLD = 0.36


def lead(retrieved: Retrieved) -> float:
    """How far the best passage stands out: its fused score, where 1.8 is the mean of the ten best of both arms."""
    return max((ranked.fused for ranked in retrieved.ranking), default=0.0)


def confidence(retrieved: Retrieved) -> float:
    """The probability in 0..1 that the content answers the question, were every other question unanswerable."""
    return 1 / (1 + math.exp(-(INTERCEPT + LEAD_WEIGHT * lead(retrieved))))
