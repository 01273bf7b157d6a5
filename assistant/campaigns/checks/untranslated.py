"""Untranslated: the target is not the source once more."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from assistant.campaigns.finding import Finding, error, warning
from assistant.campaigns.segment import WORD, Segment, letters, without

NAME_WORDS = 3
ACRONYM = 4  # letters
COMPARING = frozenset({"vs", "versus", "beta"})  # between or behind names, in every language


def check(segment: Segment) -> Iterator[Finding]:
    """An error when both have the same letters, but for names and for words that the language borrowed.

    A warning for a short line of capitalized words, which may be a name that nobody declared, and for names and
    borrowed words together: most languages put those in another order or write them otherwise.
    """
    if not segment.translated:
        return
    source, target = segment.own_words
    if not letters(source) or letters(source) != letters(target):
        return
    words = [word for word in WORD.findall(without(target, segment.world_names)) if not _acronym(word)]
    known = _words(segment.locale.loanwords)
    own = [word for word in words if word.casefold() not in known]
    capitalized = len(own) <= NAME_WORDS and all(word[0].isupper() for word in own)
    if own and not capitalized:
        yield error("untranslated", "the target is the source, not a translation", segment.target)
    elif own or not _alone(segment, words):
        yield warning("untranslated", "the target is the source; declare it as a name if it is one", segment.target)


def _alone(segment: Segment, words: list[str]) -> bool:
    """Whether it is one word, one name of capitalized words, or a comparison of names."""
    whole = segment.bare_target.strip().strip(".:!?* ")
    said = WORD.findall(whole)
    named = whole in segment.names or whole in segment.world_names
    compared = bool(words) and COMPARING.issuperset(word.casefold() for word in words)
    return len(said) == 1 or compared or (named and not any(word.islower() for word in said))


def _acronym(word: str) -> bool:
    return len(word) == 1 or (word.isupper() and len(word) <= ACRONYM)


@lru_cache(maxsize=64)
def _words(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(part for word in words for part in word.casefold().split())
