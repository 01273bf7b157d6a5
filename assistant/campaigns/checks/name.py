"""Names: what is never translated stands in the target exactly as in the source."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import regex

from assistant.campaigns.finding import Finding, error
from assistant.campaigns.segment import Segment

LONG_ENOUGH = 5  # shorter words are near too many others
LATIN = regex.compile(r"\p{Latin}[\p{Latin}\p{N}]+")
OTHER_ALPHABET = regex.compile(r"[\p{Cyrillic}\p{Greek}]")
MIXED = regex.compile(r"(?=[\p{L}]*\p{Latin})(?=[\p{L}]*[\p{Cyrillic}\p{Greek}])\p{L}+")


def check(segment: Segment) -> Iterator[Finding]:
    """Errors for names that are missing, in another case, misspelt, or written with letters of another alphabet."""
    for match in MIXED.finditer(segment.bare_target) if OTHER_ALPHABET.search(segment.bare_target) else ():
        if match[0] not in segment.source:
            yield error("name", f"“{match[0]}” mixes letters of two alphabets", match[0])
    source, target = segment.source, _plain(segment.target)
    for name in sorted(segment.names, key=len, reverse=True):
        wanted = _count(source, name)
        if not wanted:
            continue
        found = target.count(name)
        if found:
            target = target.replace(name, " ")
        source = source.replace(name, " ")
        if not found:
            yield error("name", f"“{name}” must stay as it is", name)
        elif found < wanted:
            yield from _altered(name, target, segment)


def _altered(name: str, target: str, segment: Segment) -> Iterator[Finding]:
    low = name.casefold()
    if low in target.casefold() and low != name and not _inside_link(segment.target, low):
        yield error("name", f"“{name}” is written in another case", name)
        return
    for word in LATIN.findall(target):
        for part in name.split():
            if (_near(word, part) or _near(word[: len(part)], part)) and word not in segment.source:
                yield error("name", f"“{word}” looks like “{name}” misspelt", word)
                return


def _near(word: str, name: str) -> bool:
    if len(name) < LONG_ENOUGH or abs(len(word) - len(name)) > 1 or word[:-1] == name[:-1] or word[:1] != name[:1]:
        return False
    return sorted(word.casefold()) == sorted(name.casefold()) or _edits(word, name) == 1


def _edits(word: str, name: str) -> int:
    """1 when one letter was dropped, added or exchanged; 2 for anything more."""
    start = 0
    while start < min(len(word), len(name)) and word[start] == name[start]:
        start += 1
    rests = {(word[start + a :], name[start + b :]) for a, b in ((1, 0), (0, 1), (1, 1))}
    return 1 if any(left == right for left, right in rests) else 2


def _inside_link(text: str, name: str) -> bool:
    return regex.search(rf"[\w.@/-]*{regex.escape(name)}[.][a-z]", text.casefold()) is not None


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def _count(text: str, name: str) -> int:
    return len(_pattern(name).findall(text)) if name in text else 0


@lru_cache(maxsize=2048)
def _pattern(name: str) -> regex.Pattern[str]:
    return regex.compile(rf"(?<![\p{{Latin}}\p{{N}}]){regex.escape(name)}(?![\p{{Latin}}\p{{N}}])")
