"""Whether two identities are the same company, how surely, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import log

from rapidfuzz.distance import Indel, JaroWinkler

from assistant.deals.identity import Identity
from assistant.deals.names import Name, weak_words
from assistant.domain.deals_check import Evidence, Likeness

WEAK = 0.25
ALIKE = 0.82
SHORTENED = 3
CERTAIN, LIKELY, POSSIBLE = 0.97, 0.82, 0.68
SAME_CITY, OTHER_CITY, SAME_STREET = 0.12, -0.04, 0.12
WordWeight = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Match:
    """Two identities that seem to be one company; `score` is 0..1."""

    likeness: Likeness
    score: float
    evidence: tuple[Evidence, ...]


@lru_cache(maxsize=16384)
def word_weight(word: str) -> float:
    """How much a word tells: words that many names share tell little, long words more than short ones."""
    return WEAK if word in weak_words() else min(1.0, 0.4 + log(1 + len(word)) / 4)


def match(mine: Identity, other: Identity, *, weigh: WordWeight = word_weight) -> Match | None:
    """The match, or None when they are different companies or nothing ties them.

    A DUNS number or vendor account id decides when both sides have one; a web domain is certain enough alone, and so is
    the same name in the same country unless the domains differ; otherwise likeness of names, with city and street as
    corroboration.
    The evidence holds values of `mine` only.
    """
    for key, label in (("duns", "DUNS number"), ("vendor_account_id", "vendor account id")):
        value, theirs = getattr(mine, key), getattr(other, key)
        if value and value == theirs:
            return Match(Likeness.CERTAIN, 1.0, (Evidence(label, value, 1.0),))
    if mine.domain and mine.domain == other.domain:
        return Match(Likeness.CERTAIN, 1.0, (Evidence("web domain", mine.domain, 1.0),))
    if mine.country != other.country or not mine.name.words or not other.name.words:
        return None
    if mine.duns and other.duns:
        return None
    return _by_name(mine, other, weigh)


def _by_name(mine: Identity, other: Identity, weigh: WordWeight) -> Match | None:
    name = name_likeness(mine.name, other.name, weigh=weigh)
    evidence = [Evidence("company name", mine.name.text, round(name, 3))]
    score = name
    if mine.city and other.city:
        same = JaroWinkler.similarity(mine.city, other.city) > 0.88
        score += SAME_CITY * (1 - name) * 4 if same else OTHER_CITY
        evidence += [Evidence("city", mine.city, 1.0)] if same else []
    if mine.street and other.street and Indel.normalized_similarity(mine.street, other.street) > 0.75:
        score += SAME_STREET
        evidence.append(Evidence("street", mine.street, 1.0))
    if score < POSSIBLE or name < 0.3:
        return None
    other_domain = mine.domain and other.domain
    likeness = (
        Likeness.CERTAIN
        if name >= CERTAIN and not other_domain
        else Likeness.LIKELY
        if score >= LIKELY
        else Likeness.POSSIBLE
    )
    return Match(likeness, min(1.0, score), tuple(evidence))


def name_likeness(mine: Name, other: Name, *, weigh: WordWeight = word_weight) -> float:
    """How alike two names are, 0..1: the weight of the words they share against the weight of all their words.

    A soft Dice coefficient over aligned words (Cohen, Ravikumar & Fienberg 2003, soft TF-IDF), with shortened words
    and written-together names counted as alike, and names contained in the other favoured. Names whose numbers differ
    ("Subsea 7", "Subsea 8") are not alike.
    """
    if mine.compact == other.compact:
        return 1.0
    if mine.numerals != other.numerals and mine.numerals and other.numerals:
        return 0.0
    weights_mine, weights_other = [weigh(word) for word in mine.words], [weigh(word) for word in other.words]
    alike = [[_alike(word, theirs) for theirs in other.words] for word in mine.words]
    shared_mine = sum(weight * max(row) for weight, row in zip(weights_mine, alike, strict=True))
    shared_other = sum(weight * max(row) for weight, row in zip(weights_other, zip(*alike, strict=True), strict=True))
    total_mine, total_other = sum(weights_mine), sum(weights_other)
    dice = (shared_mine + shared_other) / (total_mine + total_other)
    contained = max(shared_mine / total_mine, shared_other / total_other)
    telling = min(1.0, max(shared_mine, shared_other))
    written_together = float(Indel.normalized_similarity(mine.compact, other.compact))
    acronym = 0.75 if _acronym(mine, other) or _acronym(other, mine) else 0.0
    return float(max(0.55 * dice + 0.45 * contained * telling, written_together * 0.95 - 0.05, acronym))


def _acronym(short: Name, long: Name) -> bool:
    return len(short.words) == 1 and len(long.words) > 2 and short.compact == long.initials


@lru_cache(maxsize=16384)
def _alike(word: str, other: str) -> float:
    """How alike two words are, the same in both directions."""
    if word == other:
        return 1.0
    short, long = (word, other) if len(word) <= len(other) else (other, word)
    if len(short) >= SHORTENED and long.startswith(short):
        return 0.9
    return Indel.normalized_similarity(word, other, score_cutoff=ALIKE)
