"""How judge-free scores rank MTRAG's human-rated responses."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answering.verification.evidence import Evidence, pieces_of
from assistant.answering.verification.reading import read
from assistant.answering.verification.similarity import EmbedderSimilarity
from assistant.answering.verification.vocabulary import function_words
from assistant.domain.prose import blocks, sentences
from evals.verifier.grounding import Grounding
from evals.verifier.judges import auroc
from evals.verifier.sources import contexts, faithfulness, rated_responses

FAITHFUL = 3.0  # mean rating above which people call a response faithful
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Rated:
    """A response with its scores, and whether people call it faithful. `chosen_on`: in the half grounding@2 saw."""

    first: float
    second: float
    third: float
    faithful: bool
    chosen_on: bool


def ratings(folder: Path, similarity: EmbedderSimilarity) -> str:
    """AUROC of three scores against the mean human rating, by response.

    `grounding@1`, frozen before any rating was looked at: (K-precision + sentence support) / 2. K-precision is the
    share of the response's content terms (stemmed, with repeats) that stand in the contexts; sentence support the mean
    over sentences of the highest cosine with a unit.

    `grounding@2` was chosen among fifteen combinations on half of the tasks: the same with words as they are written,
    and each sentence's support weighted by its content terms. What counts is its figure on the other half.

    `grounding@3` was fitted to composed responses and frozen before any rating was ranked with it.
    """
    data = json.loads((folder / "mtrag_human_eval.json").read_text(encoding="utf-8"))
    grounding, rated = Grounding(similarity), []
    for task, response, given in rated_responses(data):
        evidence = contexts(data, task)
        first, second = groundings(response, evidence, similarity)
        third = grounding.score(response, evidence)
        half = int(hashlib.sha256(str(task["task_id"]).encode()).hexdigest(), 16) % 2 == 0
        rated.append(Rated(first, second, third, faithfulness(given) > FAITHFUL, half))
    low = sum(not each.faithful for each in rated)
    chosen, rest = [r for r in rated if r.chosen_on], [r for r in rated if not r.chosen_on]
    return (
        f"{len(rated)} rated responses, {low} of them rated {FAITHFUL} or less. AUROC:\n"
        f"grounding@1 {auroc([r.first for r in rated], _labels(rated)):.3f} (frozen before looking)\n"
        f"grounding@2 {auroc([r.second for r in rated], _labels(rated)):.3f}: "
        f"{auroc([r.second for r in chosen], _labels(chosen)):.3f} on the {len(chosen)} it was chosen on, "
        f"{auroc([r.second for r in rest], _labels(rest)):.3f} on the other {len(rest)}, where "
        f"grounding@1 has {auroc([r.first for r in rest], _labels(rest)):.3f}\n"
        f"grounding@3 {auroc([r.third for r in rated], _labels(rated)):.3f} (fitted to composed responses, frozen "
        f"before looking): {auroc([r.third for r in chosen], _labels(chosen)):.3f} and "
        f"{auroc([r.third for r in rest], _labels(rest)):.3f} on those two parts"
    )


def _labels(rated: Sequence[Rated]) -> list[bool]:
    return [each.faithful for each in rated]


def groundings(response: str, evidence: Sequence[Evidence], similarity: EmbedderSimilarity) -> tuple[float, float]:
    """`grounding@1` and `grounding@2` of a response, in 0..1."""
    pieces = [piece.whole for number, each in enumerate(evidence) for piece in pieces_of(each, number)]
    said = [span.of(response) for block in blocks(response) for span in sentences(response, block)]
    texts = [piece.text for piece in pieces]
    similarity.remember([*said, *texts])
    support = [similarity.closest(each, texts)[1] for each in said]
    terms = [Counter(token.term for token in read(each, "en").tokens if token.content) for each in said]
    known = frozenset(anchor for piece in pieces for anchor in piece.anchors)
    stemmed = sum(terms, Counter[str]())
    precision = sum(n for term, n in stemmed.items() if term in known) / max(stemmed.total(), 1)
    weighted = sum(s * t.total() for s, t in zip(support, terms, strict=True)) / max(stemmed.total(), 1)
    words = [word for word in _words(response) if word not in function_words("en")]
    there = {word for each in evidence for word in _words(each.text)}
    plain = sum(word in there for word in words) / max(len(words), 1)
    return (precision + sum(support) / max(len(said), 1)) / 2, (plain + weighted) / 2


def _words(text: str) -> list[str]:
    return [word.lower() for word in WORD.findall(text)]
