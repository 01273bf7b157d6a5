"""The labelled pairs: true sentences as they stand, said otherwise, and edited to be untrue."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from evals.verifier import sources
from evals.verifier.edits import EDITS, NAME, Pool
from evals.verifier.pair import Grounded, Pair
from evals.verifier.rewordings import reworded

SEED = 11
OVER_LANGUAGES = ("number", "date", "invented")  # edits that need no words of one language

COMMON = {"The", "This", "These", "That", "A", "An", "In", "It", "He", "She", "They", "We", "You", "If", "How", "About"}


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made: documents read per source, pairs per kind and source, translated sentences per language."""

    documents: int = 150
    pairs: int = 400
    translations: int = 40


def grounded(shared: Path, samples: Path, size: Size) -> list[Grounded]:
    """Every true sentence, sources in a fixed order."""
    corpus = shared / "corpora" / "partner-center" / "en"
    return list(
        chain(
            sources.markdown(corpus, source="documentation", limit=size.documents),
            sources.markdown(samples, source="samples", limit=size.documents),
            sources.wikipedia(shared / "data" / "clapnq" / "clapnq_all.json", limit=size.documents),
            sources.people_answers(shared / "data" / "mtrag"),
            sources.translations(shared / "data" / "parallel", limit=size.translations),
        )
    )


def labelled(true: Sequence[Grounded], size: Size) -> Iterator[Pair]:
    """The pairs of all kinds, no more than `size.pairs` of a kind from one source."""
    chance = random.Random(SEED)  # noqa: S311 - a repeatable sample
    order = list(true)
    chance.shuffle(order)
    pool = pool_of(order)
    made: Counter[tuple[str, str]] = Counter()
    for each in order:
        for kind, sentence, supported in _versions(each, chance, pool):
            place = (kind, each.source)
            if made[place] < size.pairs and sentence is not None:
                made[place] += 1
                yield Pair(each, sentence, kind, supported=supported)


def _versions(each: Grounded, chance: random.Random, pool: Pool) -> Iterator[tuple[str, str | None, bool]]:
    """Kind, sentence (None when this kind cannot be made of it) and whether it is still true."""
    if each.source.startswith("translated"):
        yield "translated", each.sentence, True
        for kind in OVER_LANGUAGES[:2]:
            yield kind, EDITS[kind](each.sentence, chance, pool), False
        return
    yield ("people's own words" if each.source == "people" else "untouched"), each.sentence, True
    yield "reworded", reworded(each.sentence, chance), True
    for kind, edit in EDITS.items():
        changed = edit(each.sentence, chance, pool)
        yield kind, changed if changed != each.sentence else None, False


def pool_of(true: Sequence[Grounded]) -> Pool:
    """What edits swap in, from these sentences."""
    english = [each for each in true if each.language == "en"]
    names = sorted({m.group(1) for each in english for m in NAME.finditer(each.sentence)})
    names = [name for name in names if name.split()[0] not in COMMON]
    return Pool(names=names, sentences=[each.sentence for each in english[:2000]])
