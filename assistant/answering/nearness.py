"""What a passage says in other words than the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

import numpy as np

from assistant.answering.verification.vocabulary import function_words
from assistant.domain.prose import plain
from assistant.domain.terms import terms_with_words
from assistant.ports.lexicon import WordVectors
from assistant.retrieval.function_words import WORDS

ENGLISH = "en"
# Chosen on the development questions, the golden set's dev half and half of CLAP NQ, with the confidence as it was.
NEAR = 0.5  # cosine above which another word begins to count for a word of the question
ALIKE = 0.8  # and from which it counts as that word
REMEMBERED = 8192  # passages whose words are kept


def said_otherwise(
    missing: Sequence[Mapping[str, float]], said: Sequence[Sequence[str]], words: WordVectors
) -> list[float]:
    """For each passage the weight of the question's words that it has not and says by another word.

    `missing` has the words that each passage has not, with their weights, `said` the passages' own words.
    """
    known = list(dict.fromkeys(word for each in (*missing, *said) for word in each))
    place = {word: number for number, word in enumerate(known)}
    vectors = words.word_vectors(known)
    weights = []
    for asked, own in zip(missing, said, strict=True):
        if not asked or not own:
            weights.append(0.0)
            continue
        cosines = np.einsum("ik,jk->ij", vectors[[place[w] for w in asked]], vectors[[place[w] for w in own]])
        counts = np.clip((cosines.max(axis=1) - NEAR) / (ALIKE - NEAR), 0.0, 1.0)
        weights.append(float(counts @ np.array(list(asked.values()))))
    return weights


def telling_words(text: str) -> dict[str, str]:
    """The terms of an English question that it is not merely built with, each with its word; numbers have no like."""
    empty = empty_words(ENGLISH)
    found = ((term, word.lower()) for term, word in terms_with_words(text, ENGLISH))
    return {term: word for term, word in found if word not in empty and not word.isdigit()}


@cache
def empty_words(language: str) -> frozenset[str]:
    """The words that carry no meaning of their own, and those that every question of a language is built with."""
    return function_words(language) | WORDS.get(language, frozenset())


@lru_cache(maxsize=REMEMBERED)
def words_of(title: str, heading_path: tuple[str, ...], text: str) -> tuple[str, ...]:
    """The words of a passage with those of its title and headings, each once, that carry meaning."""
    return tuple(dict.fromkeys(telling_words("\n".join((title, *heading_path, plain(text)))).values()))
