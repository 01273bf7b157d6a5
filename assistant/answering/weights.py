"""How much each word of a question tells passages apart, and how much of that stands in a text."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from itertools import chain

from assistant.answering.verification.vocabulary import function_words
from assistant.domain.prose import plain
from assistant.domain.terms import analyser_of, terms
from assistant.retrieval.retrieve import Retrieved
from assistant.retrieval.selection import Ranked

ENGLISH = "en"
COMPARED = 80  # passages of the ranking among which a word is common or rare
REMEMBERED = 8192  # passages whose terms are kept: questions meet the same ones again; some 2 kilobytes each


class Weights:
    """The idf (Spärck Jones 1972) of a question's words among the candidates, title and headings included.

    A question in another language also has its English words, each by how likely it is meant; a question that continues
    a conversation has the words of what it continues, by their weight. `found` is the weight of the question's words in
    each of the best passages, in their order; `rarest` is what a word weighs that none of them has. `telling` is how
    many words carry meaning, those of other questions and translations by their weight; `complete` says that the first
    passage has every one of them, of at least two.
    """

    def __init__(self, retrieved: Retrieved) -> None:
        self._analysers = {analyser_of(retrieved.language)}
        asked = dict.fromkeys(terms(retrieved.question.text, analyser_of(retrieved.language)), 1.0)
        for said in retrieved.question.background:
            for term in terms(said.text, analyser_of(retrieved.language)):
                asked[term] = max(said.weight, asked.get(term, 0.0))
        if retrieved.english:
            self._analysers.add(ENGLISH)
            for word, weight in retrieved.english.words.items():
                asked |= {term: max(weight, asked.get(term, 0.0)) for term in terms(word, ENGLISH)}
        words = frozenset(asked)
        bags = [self._read(ranked, retrieved, words) for ranked in retrieved.ranking[:COMPARED]]
        having = Counter(term for bag in bags for term in bag)
        self._of = {t: w * _idf(having[t], of=len(bags)) for t, w in asked.items()}
        self.rarest = _idf(0, of=len(bags))
        self.found = tuple(self._weight(bag) for bag in bags)
        telling = asked.keys() - _empty_terms(retrieved.language, frozenset(self._analysers))
        if retrieved.english:
            telling -= _empty_terms(ENGLISH, frozenset({ENGLISH}))
        self.telling = math.fsum(asked[term] for term in telling)  # a set has no order, and the sum must not either
        self.complete = len(telling) > 1 and bool(bags) and telling <= bags[0]

    def overlap(self, text: str) -> float:
        """The weight of the question's words that stand in a text."""
        return self._weight(self._bag(text))

    def _read(self, ranked: Ranked, retrieved: Retrieved, words: frozenset[str]) -> frozenset[str]:
        """Those of these words that stand in a passage."""
        passage, title = ranked.passage, retrieved.documents[ranked.passage.document_id].title
        said = [_terms_of(title, passage.heading_path, passage.text, analyser) for analyser in self._analysers]
        return words.intersection(chain.from_iterable(said))

    def _bag(self, text: str) -> frozenset[str]:
        return frozenset().union(*(terms(text, analyser) for analyser in self._analysers))

    def _weight(self, bag: frozenset[str]) -> float:
        return sum(weight for term, weight in self._of.items() if term in bag)


def _idf(having: int, *, of: int) -> float:
    return math.log(1 + (of + 0.5) / (having + 0.5))


@lru_cache(maxsize=REMEMBERED)
def _terms_of(title: str, heading_path: tuple[str, ...], text: str, analyser: str) -> tuple[str, ...]:
    """The terms of a passage with those of its title and headings, each once."""
    return tuple(dict.fromkeys(terms("\n".join((title, *heading_path, plain(text))), analyser)))


@lru_cache
def _empty_terms(language: str, analysers: frozenset[str]) -> frozenset[str]:
    """The terms of the words of a language that carry no meaning of their own."""
    words = function_words(language)
    return frozenset(term for word in words for analyser in analysers for term in terms(word, analyser))
