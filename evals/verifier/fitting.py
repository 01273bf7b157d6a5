"""Fit `grounding@3` to composed responses and rank those of the dev part: `python -m evals.verifier.fitting [--write]`.

No human rating is read. `--write` replaces the weights, which are frozen otherwise.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
import yaml
from rich.console import Console
from sklearn.linear_model import LogisticRegression

from assistant.answering.verification.similarity import EmbedderSimilarity
from evals.verifier.composing import EDIT, SWAP, Composed, composed
from evals.verifier.grounding import WEIGHTS, Grounding, Signs, Weights
from evals.verifier.judges import auroc
from evals.verifier.ratings import groundings
from evals.verifier.responses import responses
from evals.workbench import ROOT
from integrations.bootstrap import build
from integrations.settings import Settings

ROUNDED = 2
console = Console(highlight=False, width=120)
Claims = list[tuple[Signs, int]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A composed response with the signs of its sentences."""

    composed: Composed
    claims: Claims


def main() -> None:
    """Print the weights and the AUROC of three scores on the dev part."""
    parser = argparse.ArgumentParser(prog="python -m evals.verifier.fitting", description=__doc__)
    parser.add_argument("--write", action="store_true", help="replace the weights that are frozen")
    options = parser.parse_args()
    settings = Settings()
    similarity = EmbedderSimilarity(build(settings).embedder)
    found = responses(settings.shared or ROOT.parent / "shared")
    reader = Grounding(similarity, Weights(0.0, Signs(0.0, 0.0, 0.0, 0.0)))
    seen = {
        part: [
            Seen(each, reader.read(each.sentences, each.base.evidence)) for each in composed(found, part, similarity)
        ]
        for part in ("train", "dev")
    }
    weights = fitted(seen["train"])
    console.print(f"Fitted to {len(seen['train'])} responses: {weights}")
    if options.write:
        lines = {"intercept": weights.intercept, "signs": dict(zip(_NAMES, astuple(weights.signs), strict=True))}
        WEIGHTS.write_text(yaml.safe_dump(lines, sort_keys=False), encoding="utf-8")
        console.print(f"Written; sha256 {hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()}")
    _told(seen["dev"], Grounding(similarity, weights), similarity)


_NAMES = tuple(each.name for each in fields(Signs))


def fitted(seen: Sequence[Seen]) -> Weights:
    """Logistic regression on the sentences that claim something; sources and both classes count alike."""
    kept = [
        (astuple(signs), each.composed.base.source, supported)
        for each in seen
        for (signs, count), supported in zip(each.claims, each.composed.supported, strict=True)
        if count
    ]
    groups = [(source, supported) for _, source, supported in kept]
    counts = {group: groups.count(group) for group in set(groups)}
    model = LogisticRegression(C=10.0, max_iter=5000)
    labels = [supported for *_, supported in kept]
    share = np.array([len(kept) / len(counts) / counts[group] for group in groups])
    model.fit(np.array([values for values, *_ in kept]), np.array(labels), sample_weight=share)
    values = (round(float(value), ROUNDED) for value in model.coef_[0])
    return Weights(round(float(model.intercept_[0]), ROUNDED), Signs(*values))


def _told(seen: Sequence[Seen], grounding: Grounding, similarity: EmbedderSimilarity) -> None:
    """AUROC of telling wholly true responses from others, by source and by how they were made untrue."""
    first, second = zip(
        *(groundings(" ".join(e.composed.sentences), e.composed.base.evidence, similarity) for e in seen), strict=True
    )
    third = [grounding.score_of([claim for claim in each.claims if claim[1]]) for each in seen]
    for source in (*dict.fromkeys(each.composed.base.source for each in seen), "all"):
        for made in (EDIT, SWAP):
            part = [
                (place, each.composed.true)
                for place, each in enumerate(seen)
                if source in {"all", each.composed.base.source} and (each.composed.true or each.composed.made == made)
            ]
            labels = [true for _, true in part]
            values = (f"{auroc([score[place] for place, _ in part], labels):.3f}" for score in (first, second, third))
            console.print(f"{source}, {made}: {len(part)} responses; grounding@1, @2, @3:", *values)


if __name__ == "__main__":
    main()
