"""What is compared: our verifier, plain embedding similarity, and trusting every citation."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.verification.evidence import Evidence, pieces_of
from assistant.answering.verification.similarity import EmbedderSimilarity
from evals.verifier.pair import Pair

DROPS = 0.05  # what the threshold of the baseline may drop of true sentences, on dev


def cosine(similarity: EmbedderSimilarity, sentence: str, evidence: Sequence[Evidence]) -> float:
    """The cosine of a sentence with the closest piece of its evidence."""
    texts = texts_of(evidence)
    return similarity.closest(sentence, texts)[1] if texts else 0.0


def texts_of(evidence: Sequence[Evidence]) -> list[str]:
    """The pieces of evidence a sentence is compared with."""
    return [piece.whole.text for number, each in enumerate(evidence) for piece in pieces_of(each, number)]


def threshold(scores: Sequence[tuple[Pair, float]]) -> float:
    """The highest cosine that drops at most 5 % of the true sentences of dev."""
    true = sorted(score for pair, score in scores if pair.supported and pair.part == "dev")
    return true[int(DROPS * len(true))] if true else 0.0


def auroc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The chance that a random true item scores above a random false one; ties count half (Mann-Whitney U)."""
    true = [score for score, label in zip(scores, labels, strict=True) if label]
    false = [score for score, label in zip(scores, labels, strict=True) if not label]
    wins = sum((t > f) + 0.5 * (t == f) for t in true for f in false)
    return wins / (len(true) * len(false)) if true and false else 0.0
