"""The grounding scores on labelled sentences that nothing was chosen on, beside scores that others use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from assistant.answering.verification.similarity import EmbedderSimilarity
from assistant.answering.verification.verifier import Verifier
from evals.verifier.grounding import Grounding
from evals.verifier.judges import auroc, cosine
from evals.verifier.pair import Pair
from evals.verifier.ratings import groundings

ELSEWHERE = "invented"  # the kind of pair whose sentence is true of another document
WORD = re.compile(r"\w+")
SCORES = ("grounding@1", "grounding@2", "grounding@3", "verifier", "nearest cosine", "K-precision", "Rouge-L")


@dataclass(frozen=True, slots=True)
class Scored:
    """A labelled sentence with what each of SCORES says of it; higher is better supported."""

    pair: Pair
    scores: Mapping[str, float]


def confirmed(pairs: Sequence[Pair], similarity: EmbedderSimilarity) -> Table:
    """AUROC of every score on the English pairs given, by where the sentences come from and how they were made untrue.

    That is by an edit, or by standing in another document than the one cited (`elsewhere`). `grounding@1` and `@2` were
    not chosen on such sentences; `grounding@3` was fitted to responses composed of those of the train part. `verifier`
    is what ships: the lowest score where it rejects the sentence, its own score otherwise. Rouge-L is the share of a
    sentence that stands in its evidence in this order (Lin 2004), K-precision that in any order (Adlakha et al. 2023).
    """
    verifier, grounding = Verifier(similarity), Grounding(similarity)
    scored = [
        Scored(pair, _scores(pair, similarity, verifier, grounding)) for pair in pairs if pair.grounded.language == "en"
    ]
    table = Table(title="AUROC of telling true sentences from untrue ones", title_justify="left")
    for column in ("sentences of", "untrue by", "n", *SCORES):
        table.add_column(column)
    for source in (*dict.fromkeys(each.pair.grounded.source for each in scored), "all"):
        of = [each for each in scored if source in {"all", each.pair.grounded.source}]
        for how, made in _UNTRUE.items():
            part = [each for each in of if each.pair.supported or made(each.pair)]
            labels = [each.pair.supported for each in part]
            values = (f"{auroc([each.scores[name] for each in part], labels):.3f}" for name in SCORES)
            table.add_row(source, how, str(len(part)), *values)
    return table


_UNTRUE: dict[str, Callable[[Pair], bool]] = {
    "an edit": lambda pair: not pair.supported and pair.kind != ELSEWHERE,
    "elsewhere": lambda pair: pair.kind == ELSEWHERE,
}


def _scores(pair: Pair, similarity: EmbedderSimilarity, verifier: Verifier, grounding: Grounding) -> dict[str, float]:
    evidence = pair.grounded.evidence
    first, second = groundings(pair.sentence, evidence, similarity)
    verdict = verifier.verify(pair.sentence, evidence, language=pair.grounded.language)
    said, there = _words(pair.sentence), [word for each in evidence for word in _words(each.text)]
    values = (
        first,
        second,
        grounding.score(pair.sentence, evidence),
        verdict.score if verdict.supported else 0.0,
        cosine(similarity, pair.sentence, evidence),
        sum(word in set(there) for word in said) / max(len(said), 1),
        in_order(said, there) / max(len(said), 1),
    )
    return dict(zip(SCORES, values, strict=True))


def in_order(said: Sequence[str], there: Sequence[str]) -> int:
    """The length of the longest common subsequence of two lists of words."""
    row = [0] * (len(said) + 1)
    for word in there:
        before = 0
        for place, own in enumerate(said, start=1):
            above = row[place]
            row[place] = before + 1 if own == word else max(above, row[place - 1])
            before = above
    return row[-1]


def _words(text: str) -> list[str]:
    return [word.lower() for word in WORD.findall(text)]
