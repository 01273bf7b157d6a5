"""How a judge-free score ranks MTRAG's human-rated responses, by a frozen formula."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from assistant.answering.verification.evidence import pieces_of
from assistant.answering.verification.reading import read
from assistant.answering.verification.similarity import EmbedderSimilarity
from assistant.domain.prose import blocks, sentences
from evals.verifier.judges import auroc
from evals.verifier.sources import contexts, faithfulness, rated_responses

FAITHFUL = 3.0  # mean rating above which people call a response faithful


def ratings(folder: Path, similarity: EmbedderSimilarity) -> str:
    """AUROC of `grounding@1` against the mean human rating, by response.

    `grounding@1` = (K-precision + sentence support) / 2. K-precision: the share of the response's content terms (with
    repeats) that stand in the contexts. Sentence support: the mean over sentences of the highest cosine with a unit.
    """
    data = json.loads((folder / "mtrag_human_eval.json").read_text(encoding="utf-8"))
    scores, labels = [], []
    for task, response, given in rated_responses(data):
        evidence = contexts(data, task)
        pieces = [piece.whole for number, each in enumerate(evidence) for piece in pieces_of(each, number)]
        known = frozenset(anchor for piece in pieces for anchor in piece.anchors)
        terms = Counter(token.term for token in read(response, "en").tokens if token.content)
        precision = sum(n for term, n in terms.items() if term in known) / max(sum(terms.values()), 1)
        said = [span.of(response) for block in blocks(response) for span in sentences(response, block)]
        texts = [piece.text for piece in pieces]
        similarity.remember([*said, *texts])
        support = sum(similarity.closest(each, texts)[1] for each in said) / max(len(said), 1)
        scores.append((precision + support) / 2)
        labels.append(faithfulness(given) > FAITHFUL)
    found = auroc(scores, labels)
    low = labels.count(False)
    return f"grounding@1 on {len(labels)} rated responses ({low} rated {FAITHFUL} or less): AUROC {found:.3f}"
