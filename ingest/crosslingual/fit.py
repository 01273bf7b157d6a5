"""Fits the lexicons and the encoder to an organisation's own translations, and measures whether that helps."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.domain.terms import terms
from assistant.ports.embedder import Embedder, Vector
from assistant.ports.lexicon import Lexicon
from ingest.crosslingual.distil import refined
from ingest.crosslingual.encoder import Encoder
from ingest.crosslingual.lesson import lessons, sentences, vectors
from ingest.crosslingual.pairs import Pair

HELD_BACK = 5  # one pair in so many is measured on, and never learned from
FEWEST = 20  # pairs of a language, held back, below which nothing can be measured
MOST_MEASURED = 500


@dataclass(frozen=True, slots=True)
class Held:
    """How often a held-back sentence finds its English first among all held-back English sentences, 0..1.

    `by_words` through the lexicon, `by_vector` through the encoder, in one language over `count` sentences.
    """

    language: str
    count: int
    by_words: float
    by_vector: float


def divided(pairs: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Pairs to learn from and pairs to measure on. One English sentence is in one of them, the same in every run."""
    measured = [pair for pair in pairs if _number(pair.english) % HELD_BACK == 0]
    english = {pair.english for pair in measured}
    return [pair for pair in pairs if pair.english not in english], measured


def fitted_encoder(
    encoder: Encoder, pairs: Mapping[str, Sequence[Pair]], *, embedder: Embedder, told: Callable[[int], None]
) -> Encoder:
    """The encoder moved towards these pairs; `told` hears how many English sentences are embedded."""
    found = sentences(pairs)
    return refined(encoder, lessons(found, vectors(found.english, embedder, told=told)))


def measured(held: Sequence[Pair], language: str, *, lexicon: Lexicon, embedder: Embedder) -> Held:
    """How well held-back pairs are found. The pairs are thinned to at most MOST_MEASURED."""
    kept = sorted(held, key=lambda pair: (_number(pair.english), pair.foreign))[:MOST_MEASURED]
    english = list(dict.fromkeys(pair.english for pair in kept))
    passages = vectors(english, embedder, told=lambda _: None)
    words = [frozenset(terms(text, "en")) for text in english]
    by_words, by_vector = 0, 0
    for pair in kept:
        place = english.index(pair.english)
        said = lexicon.in_english(pair.foreign, language)
        if said is None:
            continue
        by_words += _first(overlap(said.words, words), place)
        by_vector += said.vector is not None and _first(passages @ said.vector, place)
    count = max(len(kept), 1)
    return Held(language, len(kept), by_words=by_words / count, by_vector=by_vector / count)


def overlap(said: Mapping[str, float], passages: Sequence[frozenset[str]]) -> Vector:
    """How much of what is said stands in each passage, given as its terms; shape (passages,).

    BM25's idea without its parts: the rarer the shared words, the better, and long texts gain nothing by length.
    """
    weights: dict[str, float] = {}
    for word, weight in said.items():
        for term in terms(word, "en"):
            weights[term] = weights.get(term, 0.0) + weight
    rarity = {term: np.log(1 + len(passages) / (1 + sum(term in words for words in passages))) for term in weights}
    scores = [
        sum(weights[term] * rarity[term] for term in words & weights.keys()) / (4 + len(words)) for words in passages
    ]
    return np.array(scores, dtype=np.float32)


def _first(scores: Vector, place: int) -> bool:
    return bool(scores[place] > 0 and (scores >= scores[place]).sum() == 1)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
