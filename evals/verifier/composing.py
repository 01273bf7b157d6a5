"""Responses of several sentences of which none, some or all are untrue, composed from true ones."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.verification.similarity import EmbedderSimilarity
from evals.verifier.edits import EDITS, Pool
from evals.verifier.pair import Grounded
from evals.verifier.pairs import pool_of
from evals.verifier.responses import Response
from evals.verifier.rewordings import reworded
from evals.verifier.sources import worth_checking

SEED = 5
LONGEST = 7  # sentences taken of a passage
REWORDED = 0.35  # of the sentences of passages; people's are in their own words
BESIDE = 3  # other passages given with a passage at most
COMPARED = 300  # sentences among which the nearest of another response is looked for
SAME = 0.9  # cosine from which two sentences may say the same
EDITED = tuple(kind for kind in EDITS if kind != "invented")
TRUE, EDIT, SWAP = "as it stands", "edited", "of other passages"


@dataclass(frozen=True, slots=True)
class Composed:
    """A response, and of each sentence whether its evidence supports it. `made` is how."""

    base: Response
    sentences: tuple[str, ...]
    supported: tuple[bool, ...]
    made: str

    @property
    def true(self) -> bool:
        """Whether every sentence is supported."""
        return all(self.supported)


@dataclass(frozen=True, slots=True)
class Composer:
    """Composes responses of one part of one source, from `others` of the same, so that what is swapped in is close."""

    others: Sequence[Response]
    similarity: EmbedderSimilarity
    chance: random.Random
    pool: Pool

    def versions(self, response: Response) -> Iterator[Composed]:
        """The response true, reworded, with some sentences edited, and with some of other passages."""
        base = self._beside(response)
        spoken = self._some(base)
        yield Composed(base, spoken, (True,) * len(spoken), TRUE)
        again = tuple(reworded(sentence, self.chance) or sentence for sentence in spoken)
        yield Composed(base, again, (True,) * len(again), TRUE)
        for made in (EDIT, SWAP):
            if composed := self._untrue(base, self._some(base), made):
                yield composed
        single = (self.chance.choice(spoken),)
        yield self._untrue(base, single, EDIT) or Composed(base, single, (True,), TRUE)

    def _beside(self, response: Response) -> Response:
        """A passage with some others beside it, as answers have; answers have their own."""
        if response.source == "answers":
            return response
        others = self.chance.sample(self.others, min(self.chance.randint(0, BESIDE), len(self.others)))
        more = tuple(other.evidence[0] for other in others if other.document != response.document)
        return Response(response.sentences, (*response.evidence, *more), response.document, response.source)

    def _some(self, response: Response) -> tuple[str, ...]:
        if response.source == "answers":
            return response.sentences
        count = min(len(response.sentences), self.chance.randint(1, LONGEST))
        start = self.chance.randint(0, len(response.sentences) - count)
        spoken = response.sentences[start : start + count]
        return tuple(
            (reworded(each, self.chance) or each) if self.chance.random() < REWORDED else each for each in spoken
        )

    def _untrue(self, base: Response, spoken: Sequence[str], made: str) -> Composed | None:
        sentences, supported = list(spoken), [True] * len(spoken)
        for place in self.chance.sample(range(len(spoken)), self.chance.randint(1, len(spoken))):
            other = self._edited(spoken[place]) if made == EDIT else self._nearest(spoken[place], base)
            if other is not None:
                sentences[place], supported[place] = other, False
        return None if all(supported) else Composed(base, tuple(sentences), tuple(supported), made)

    def _edited(self, sentence: str) -> str | None:
        for kind in self.chance.sample(EDITED, len(EDITED)):
            changed = EDITS[kind](sentence, self.chance, self.pool)
            if changed is not None and changed != sentence:
                return changed
        return None

    def _nearest(self, sentence: str, base: Response) -> str | None:
        """The nearest of some sentences that rest on none of the passages of this one."""
        given = set(base.evidence)
        pool = [s for other in self.others if not given & set(other.evidence) for s in other.sentences]
        some = [s for s in self.chance.sample(pool, min(COMPARED, len(pool))) if worth_checking(s)]
        if not some:
            return None
        place, cosine = self.similarity.closest(sentence, some)
        return some[place] if cosine < SAME else None


def composed(found: Sequence[Response], part: str, similarity: EmbedderSimilarity) -> list[Composed]:
    """The responses composed of one part, the same for the same input."""
    chance = random.Random(SEED)  # noqa: S311 - a repeatable sample
    mine = [each for each in found if each.part == part]
    similarity.remember(sentence for each in mine for sentence in each.sentences)
    pool = pool_of(
        [Grounded(s, "en", each.evidence, each.document, each.source) for each in mine for s in each.sentences]
    )
    made: list[Composed] = []
    for source in dict.fromkeys(each.source for each in mine):
        same = [each for each in mine if each.source == source]
        composer = Composer(same, similarity, chance, pool)
        made += [version for each in same for version in composer.versions(each)]
    return made
