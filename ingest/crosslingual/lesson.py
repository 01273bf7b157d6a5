"""From sentence pairs to what an encoder learns from: which English sentences are worth a vector, and who says them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.ports.embedder import Embedder, Matrix
from ingest.crosslingual.distil import Lessons
from ingest.crosslingual.pairs import Pair

WIDE = 6  # languages that have a sentence; the documentation of the trade is translated most widely
LONGEST_WORDS = 40  # a question is shorter, and time goes with length
BATCH = 4096


@dataclass(frozen=True, slots=True)
class Sentences:
    """English sentences, and what other languages say for them: `said[i]` stands for `english[which[i]]`.

    `tongues[i]` is the number of languages that `english[i]` was said in.
    """

    english: Sequence[str]
    said: Sequence[str]
    which: np.ndarray
    tongues: np.ndarray

    def drawn(self, most: int) -> Sentences:
        """At most `most` English sentences with what is said for them: first those of WIDE languages, then by lot."""
        lot = np.random.default_rng(0).permutation(len(self.english))
        kept = np.lexsort((lot, self.tongues < WIDE))[:most]
        place = np.full(len(self.english), -1, dtype=np.int64)
        place[kept] = np.arange(len(kept))
        chosen = np.flatnonzero(place[self.which] >= 0)
        said = [self.said[int(i)] for i in chosen]
        return Sentences([self.english[int(i)] for i in kept], said, place[self.which[chosen]], self.tongues[kept])


def sentences(pairs: Mapping[str, Iterable[Pair]], *, languages: int = 1) -> Sentences:
    """The pairs of each language by their English, where at least `languages` languages have it."""
    spoken: dict[str, dict[str, None]] = {}
    tongues: dict[str, set[str]] = {}
    for language, read in pairs.items():
        for pair in read:
            if len(pair.english.split()) <= LONGEST_WORDS:
                spoken.setdefault(pair.english, {})[pair.foreign] = None
                tongues.setdefault(pair.english, set()).add(language)
    english = sorted(text for text in spoken if len(tongues[text]) >= languages)
    said = [(number, text) for number, sentence in enumerate(english) for text in spoken[sentence]]
    which = np.array([number for number, _ in said], dtype=np.int64)
    return Sentences(english, [text for _, text in said], which, np.array([len(tongues[text]) for text in english]))


def lessons(found: Sentences, targets: Matrix) -> Lessons:
    """What is said for each sentence is to have its vector, and so is the sentence itself: questions mix languages."""
    own = np.arange(len(found.english), dtype=np.int64)
    return Lessons([*found.said, *found.english], np.concatenate([found.which, own]), targets)


def vectors(texts: Sequence[str], embedder: Embedder, *, told: Callable[[int], None]) -> Matrix:
    """The embedder's vectors of sentences, cut to what it reads; `told` hears how many are done."""
    done: list[Matrix] = []
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        counts = embedder.count_tokens(batch)
        limit = embedder.max_tokens
        cut = [
            text if n <= limit else " ".join(text.split()[: limit // 8]) for text, n in zip(batch, counts, strict=True)
        ]
        done.append(embedder.embed_passages(cut))
        told(start + len(batch))
    return np.concatenate(done) if done else np.empty((0, embedder.dimension), dtype=np.float32)
