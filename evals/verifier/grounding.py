"""`grounding@3`: how far a response rests on its passages, in one number and without a language model."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path

import yaml

from assistant.answering.verification.evidence import Evidence, Support, pieces_of, support
from assistant.answering.verification.reading import Reading, read
from assistant.answering.verification.similarity import EmbedderSimilarity
from assistant.answering.verification.verdict import Trap
from assistant.answering.verification.verifier import MARKER, Verifier
from assistant.domain.prose import plain
from evals.verifier.responses import said

WEIGHTS = Path(__file__).with_name("grounding.yaml")
# Written by `python -m evals.verifier.fitting --write` and frozen before any human rating was ranked with it.
FROZEN = "26d34bf9fabc2fba4276c407f0ff00e2f2f96462e8f7b217b3525e1f9489ea84"  # SHA-256 of the file
# What somebody says of themselves, of what they cannot tell, or asks back is no claim about the passages.
TALK = re.compile(
    r"^(?:However, |But |Yes, |No, )?"
    r"(?:I|I'm|I’m|I am|Sorry|Unfortunately|Please|Let me|Do you|Could you|Can you|You're welcome|Is there)\b|\?\W*$"
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What is seen of a sentence.

    `words` is the share of its content terms that its passages have (K-precision), `nearness` its highest cosine with a
    unit of theirs, `unlike` whether the verifier finds it too unlike them, and `contradicted` how nearly it copies a
    unit where the verifier finds another number, name, negation or small word in it, else 0: rewording trips these
    rules too, a copy with another number does not come from rewording.
    """

    words: float
    nearness: float
    unlike: float
    contradicted: float


@dataclass(frozen=True, slots=True)
class Weights:
    """What each sign counts, and the `intercept`."""

    intercept: float
    signs: Signs


def frozen_weights() -> Weights:
    """Those of the file beside this module."""
    read = yaml.safe_load(WEIGHTS.read_text(encoding="utf-8"))
    return Weights(read["intercept"], Signs(**read["signs"]))


@dataclass(frozen=True, slots=True)
class Grounding:
    """Scores responses in English. Blocking."""

    similarity: EmbedderSimilarity
    weights: Weights = field(default_factory=frozen_weights)

    def score(self, response: str, evidence: Sequence[Evidence]) -> float:
        """In 0..1, 1 where nothing is claimed: the geometric mean of the chance that each sentence is supported.

        A sentence counts by its content terms.
        """
        return self.score_of([(signs, count) for signs, count in self.read(said(response), evidence) if count])

    def score_of(self, claims: Sequence[tuple[Signs, int]]) -> float:
        """As `score`, of the signs of each claim and its number of content terms."""
        total = sum(count for _, count in claims)
        return math.exp(sum(count * math.log(self.chance(signs)) for signs, count in claims) / total) if total else 1.0

    def chance(self, signs: Signs) -> float:
        """The chance in 0..1 that a sentence with these signs is supported."""
        pairs = zip(astuple(self.weights.signs), astuple(signs), strict=True)
        return 1 / (1 + math.exp(-self.weights.intercept - sum(weight * value for weight, value in pairs)))

    def read(self, sentences: Sequence[str], evidence: Sequence[Evidence]) -> list[tuple[Signs, int]]:
        """The signs of every sentence and its number of content terms, 0 where it claims nothing."""
        pieces = [piece.whole for number, each in enumerate(evidence) for piece in pieces_of(each, number)]
        texts = [piece.text for piece in pieces]
        self.similarity.remember([*sentences, *texts])
        known = frozenset(anchor for piece in pieces for anchor in piece.anchors)
        found = []
        for sentence in sentences:
            own = read(MARKER.sub("", plain(sentence)), "en")
            terms = [token.term for token in own.tokens if token.content]
            nearness = self.similarity.closest(sentence, texts)[1] if texts else 0.0
            traps = Verifier(self.similarity).verify(sentence, evidence, language="en").traps
            unlike = Trap.CONTENT in traps or not texts
            copied = _copied(own, support(own, evidence)) if set(traps) - {Trap.CONTENT} else 0.0
            words = sum(term in known for term in terms) / max(len(terms), 1)
            found.append((Signs(words, nearness, float(unlike), copied), 0 if TALK.search(sentence) else len(terms)))
        return found


def _copied(own: Reading, found: Support) -> float:
    """How nearly a sentence and the unit it rests on say the same words, in 0..1."""
    unit = found.cover[0].own.content if found.cover else frozenset[str]()
    return len(own.content & unit) / max(len(own.content), len(unit), 1)
