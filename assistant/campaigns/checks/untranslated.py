"""Untranslated: the target is not the source once more."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from assistant.campaigns.finding import Finding, error, warning
from assistant.campaigns.segment import WORD, Segment, letters

NAME_WORDS = 3
ACRONYM = 4  # letters


def check(segment: Segment) -> Iterator[Finding]:
    """An error when both have the same letters, but for names and for words that the language borrowed.

    A short line of capitalized words may be a name that nobody declared: a warning.
    """
    if not segment.translated:
        return
    source, target = segment.own_words
    if not letters(source) or letters(source) != letters(target):
        return
    known = _words(segment.locale.loanwords) | _words(segment.world_names)
    own = [word for word in WORD.findall(target) if word.casefold() not in known and not _acronym(word)]
    if own and len(own) <= NAME_WORDS and all(word[0].isupper() for word in own):
        yield warning("untranslated", "the target is the source; declare it as a name if it is one", segment.target)
    elif own:
        yield error("untranslated", "the target is the source, not a translation", segment.target)


def _acronym(word: str) -> bool:
    return len(word) == 1 or (word.isupper() and len(word) <= ACRONYM)


@lru_cache(maxsize=64)
def _words(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(part for word in words for part in word.casefold().split())
