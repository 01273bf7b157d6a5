"""How much each word of a question tells passages apart, and how much of that stands in a text."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

from assistant.answering.nearness import ENGLISH, empty_words, said_otherwise, telling_words, words_of
from assistant.answering.verification.vocabulary import function_words
from assistant.domain.prose import plain
from assistant.domain.terms import analyser_of, terms
from assistant.ports.lexicon import WordVectors
from assistant.retrieval.language import primary
from assistant.retrieval.retrieve import Retrieved
from assistant.retrieval.selection import Ranked

COMPARED = 80  # passages of the ranking among which a word is common or rare
HEAD = 3  # passages whose other words are looked at
REMEMBERED = 8192  # passages whose terms are kept: questions meet the same ones again; some 2 kilobytes each


class Weights:
    """The idf (Spärck Jones 1972) of a question's words among the candidates, title and headings included.

    A question in another language also has its English words, each by how likely it is meant; a question that continues
    a conversation has the words of what it continues, by their weight. `found` is the weight of the question's words in
    each of the best passages, in their order; `meant` is that of the first three with the words of an English question
    that a passage says by another word, by how near it is; `rarest` is what a word weighs that none of them has.
    `telling` is how many words carry meaning, those of other questions and translations by their weight; `complete`
    says that the first passage has every one of them but those that questions are built with, of at least two, in
    English by most of what it may mean there. `share` is how many of those words, 0..1, one of the first three
    passages has.
    """

    def __init__(self, retrieved: Retrieved, words: WordVectors | None = None) -> None:
        self._analysers = {analyser_of(retrieved.language)}
        asked = dict.fromkeys(terms(retrieved.question.text, analyser_of(retrieved.language)), 1.0)
        for said in retrieved.question.background:
            for term in terms(said.text, analyser_of(retrieved.language)):
                asked[term] = max(said.weight, asked.get(term, 0.0))
        sought = asked.keys() - self._built_with(retrieved)
        if retrieved.english:
            self._analysers.add(ENGLISH)
            for word, weight in retrieved.english.words.items():
                asked |= {term: max(weight, asked.get(term, 0.0)) for term in terms(word, ENGLISH)}
        distinct = frozenset(asked)
        bags = [self._read(ranked, retrieved, distinct) for ranked in retrieved.ranking[:COMPARED]]
        having = Counter(term for bag in bags for term in bag)
        self._of = {t: w * _idf(having[t], of=len(bags)) for t, w in asked.items()}
        self.rarest = _idf(0, of=len(bags))
        self.found = tuple(self._weight(bag) for bag in bags)
        self.meant = self._meant(retrieved, bags[:HEAD], words)
        telling = asked.keys() - _empty_terms(retrieved.language, frozenset(self._analysers))
        if retrieved.english:
            telling -= _empty_terms(ENGLISH, frozenset({ENGLISH}))
        self.telling = math.fsum(asked[term] for term in telling)  # a set has no order, and the sum must not either
        there = [sum(_stands(term, retrieved, bag) for term in sought) for bag in bags[:HEAD]]
        self.complete = len(sought) > 1 and there[:1] == [len(sought)]
        self.share = max(there, default=0) / len(sought) if sought else 1.0

    def overlap(self, text: str) -> float:
        """The weight of the question's words that stand in a text."""
        return self._weight(self._bag(text))

    def _meant(
        self, retrieved: Retrieved, bags: Sequence[frozenset[str]], words: WordVectors | None
    ) -> tuple[float, ...]:
        """What the first passages have of the question, with what they say by other words."""
        exact = self.found[: len(bags)]
        if words is None or primary(retrieved.language) != ENGLISH or not bags:
            return exact
        texts = (retrieved.question.text, *(said.text for said in retrieved.question.background))
        asked = {term: word for text in texts for term, word in telling_words(text).items()}
        missing = [{asked[t]: self._of[t] for t in asked if t in self._of and t not in bag} for bag in bags]
        heads = retrieved.ranking[: len(bags)]
        said = [words_of(_title(retrieved, r), r.passage.heading_path, r.passage.text) for r in heads]
        return tuple(map(sum, zip(exact, said_otherwise(missing, said, words), strict=True)))

    def _built_with(self, retrieved: Retrieved) -> frozenset[str]:
        empty = _terms_of_words(empty_words(primary(retrieved.language)), frozenset(self._analysers))
        return empty | _terms_of_words(empty_words(ENGLISH), frozenset({ENGLISH})) if retrieved.english else empty

    def _read(self, ranked: Ranked, retrieved: Retrieved, words: frozenset[str]) -> frozenset[str]:
        """Those of these words that stand in a passage."""
        passage, title = ranked.passage, _title(retrieved, ranked)
        said = [_terms_of(title, passage.heading_path, passage.text, analyser) for analyser in self._analysers]
        return words.intersection(chain.from_iterable(said))

    def _bag(self, text: str) -> frozenset[str]:
        return frozenset().union(*(terms(text, analyser) for analyser in self._analysers))

    def _weight(self, bag: frozenset[str]) -> float:
        return sum(weight for term, weight in self._of.items() if term in bag)


def _stands(term: str, retrieved: Retrieved, bag: frozenset[str]) -> bool:
    """Whether a passage has a term of the question, or more than half of what it may mean in English."""
    meanings = retrieved.english.meanings.get(term, {}) if retrieved.english else {}
    there = math.fsum(likely for word, likely in meanings.items() if bag.intersection(terms(word, ENGLISH)))
    return term in bag or 2 * there > math.fsum(meanings.values())


def _title(retrieved: Retrieved, ranked: Ranked) -> str:
    return retrieved.documents[ranked.passage.document_id].title


def _idf(having: int, *, of: int) -> float:
    return math.log(1 + (of + 0.5) / (having + 0.5))


@lru_cache(maxsize=REMEMBERED)
def _terms_of(title: str, heading_path: tuple[str, ...], text: str, analyser: str) -> tuple[str, ...]:
    """The terms of a passage with those of its title and headings, each once."""
    return tuple(dict.fromkeys(terms("\n".join((title, *heading_path, plain(text))), analyser)))


def _empty_terms(language: str, analysers: frozenset[str]) -> frozenset[str]:
    """The terms of the words of a language that carry no meaning of their own."""
    return _terms_of_words(function_words(language), analysers)


@lru_cache
def _terms_of_words(words: frozenset[str], analysers: frozenset[str]) -> frozenset[str]:
    return frozenset(term for word in words for analyser in analysers for term in terms(word, analyser))
