"""How sure we are that what was found answers the question. Pure."""

from __future__ import annotations

import math

from assistant.answering.weights import Weights
from assistant.retrieval.retrieve import Retrieved

# Chosen on the development questions, those in other languages, the golden set's dev half, half of CLAP NQ, headings as
# keywords, and MTRAG-UN, the sets and both classes weighted alike; docs/retrieval.md tells what else was tried, and
# `make eval` with SUITE=answers, samples and abstention prints what the thresholds do today.
INTERCEPT = -1.8
EVIDENCE_WEIGHT = 3.0
COMPLETE = 3.6  # a passage with every telling word of a short question
# A question of few words cannot collect evidence: unless a passage has all of them, the nearest must stand out by its
# meaning. For a question of many words that counts a tenth.
STANDING_OUT_WEIGHT = 3.0
STANDING_OUT_SHORT = 27.0
STANDING_OUT_NEEDED = 0.24
SHORT = 3.0  # words after which the second weight counts 1/e of what it counts for no words
# How near the nearest passage is. Beside a translation it says nothing: of two searches the nearer is always near.
NEAREST_WEIGHT = 5.0
NEAREST_USUAL = 0.5
# Among few passages nobody can say which words are rare, nor what stands out.
FEW = 30
FEW_INTERCEPT = -7.24
FEW_LEAD_WEIGHT = 1.32
FEW_COSINE_WEIGHT = 7.41
LARGEST_LEAD = 4.0
THRESHOLD = 0.41  # below it a question is declined
SURE = 0.60  # below it an answer says that it may not be one
LEAST_SHARE = 0.3  # so does one whose passages have less than this of the words that tell what is asked


def lead(retrieved: Retrieved) -> float:
    """How far the best passage stands out: its fused score, where 1.8 is the mean of the ten best of both arms."""
    return min(LARGEST_LEAD, max((ranked.fused for ranked in retrieved.ranking), default=0.0))


def cosine(retrieved: Retrieved) -> float:
    """The cosine of the best passage, 0 when the dense arm did not find it."""
    return retrieved.ranking[0].dense or 0.0 if retrieved.ranking else 0.0


def nearest(retrieved: Retrieved) -> float:
    """The highest cosine of a passage, 0 when the dense arm found none."""
    return max((ranked.dense for ranked in retrieved.ranking if ranked.dense is not None), default=0.0)


def standing_out(retrieved: Retrieved) -> float:
    """How much nearer in meaning the nearest passage is than the tenth, in cosines; 0 when the dense arm found none."""
    nearest = sorted((r.dense for r in retrieved.ranking if r.dense is not None), reverse=True)[:10]
    return nearest[0] - nearest[-1] if nearest else 0.0


def evidence(weights: Weights) -> float:
    """How much of the question stands in the best passages, in words as telling as a word that none of them has.

    The mean of what the first has and of the most that one of the first three has, other words that mean nearly the
    same included. It is a sum and not a share: who asks at length describes a situation that no passage has all the
    words of, and a short question can match little.
    """
    meant = weights.meant
    return (meant[0] + max(meant)) / 2 / weights.rarest if meant else 0.0


def unsure(sure: float, weights: Weights) -> bool:
    """Whether an answer of this confidence must say that it may not be one.

    A long question collects evidence from a few of its words, also from content about something else.
    """
    return sure < SURE or weights.share < LEAST_SHARE


def confidence(retrieved: Retrieved, weights: Weights) -> float:
    """The probability in 0..1 that the content answers the question, were every other question unanswerable."""
    if len(weights.found) < FEW:
        score = FEW_INTERCEPT + FEW_LEAD_WEIGHT * lead(retrieved) + FEW_COSINE_WEIGHT * cosine(retrieved)
    else:
        score = INTERCEPT + EVIDENCE_WEIGHT * math.log(0.25 + evidence(weights))
        if retrieved.english is None:
            score += NEAREST_WEIGHT * (nearest(retrieved) - NEAREST_USUAL)
        if weights.complete:
            score += COMPLETE
        else:
            counts = STANDING_OUT_WEIGHT + STANDING_OUT_SHORT * math.exp(-weights.telling / SHORT)
            score += counts * (standing_out(retrieved) - STANDING_OUT_NEEDED)
    return 1 / (1 + math.exp(-score))
