"""Sentence pairs from the same document in two languages: which documents belong together, and which parts of them.

Parts are aligned by dynamic programming over their lengths (Gale & Church 1993) and the numbers and names they share.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from assistant.domain.content import Document
from assistant.domain.prose import blocks, lines, plain, sentences
from assistant.retrieval.language import primary
from ingest.crosslingual.pairs import Pair

ANCHOR = re.compile(
    r"\d[\d.,]*|\b[A-Z][A-Za-z0-9]*[A-Z0-9][A-Za-z0-9]*\b"
)  # numbers, and names such as CSP or OneDrive
SKIPPED = 1.2  # what leaving a part out costs
UNKNOWN = 0.3  # how unlike two parts are taken to be that have neither numbers nor names
ALIKE = 0.5  # the share of the parts that must find a partner
LONGEST_PARTS = 4000  # of one document
BAND = 60  # parts that two documents may be out of step
FARTHEST = 1.2  # logarithm of the lengths' ratio beyond which two parts are no translation

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Read:
    """A document and its text as Markdown."""

    document: Document
    text: str


@dataclass(frozen=True, slots=True)
class Translated:
    """An English document and one in another language that say the same."""

    english: Read
    foreign: Read
    language: str


def translations(documents: Sequence[Read]) -> list[Translated]:
    """Documents that belong together: of one series, or of one path but for the name of the language in it.

    Folders before the path may differ too, where that leaves no doubt: de/partner-center/guide.md and en/guide.md.
    """
    languages: dict[str, list[Read]] = {}
    for read in documents:
        languages.setdefault(primary(read.document.language), []).append(read)
    originals = languages.pop("en", [])
    found: dict[tuple[str, str], Translated] = {}
    for language, foreign in languages.items():
        for english, read in (*_of_one_series(originals, foreign), *_of_one_path(originals, foreign)):
            found[english.document.id, read.document.id] = Translated(english, read, language)
    return [found[key] for key in sorted(found)]


def pairs_of(translated: Translated) -> Iterator[Pair]:
    """The pairs of two documents, named after the English one; what cannot be told to say the same is left out."""
    ours, theirs = _parts(translated.english.text), _parts(translated.foreign.text)
    ratio = math.log(max(1, sum(map(len, ours))) / max(1, sum(map(len, theirs))))
    together = _aligned(ours, theirs, ratio=ratio)
    if len(together) < ALIKE * max(len(ours), len(theirs)):
        return  # they are about the same, but one is no translation of the other
    for english, foreign in together:
        for left, right in _split(english, foreign):
            if any(c.isalpha() for c in left) and left.casefold() != right.casefold():
                yield Pair(left, right, translated.english.document.path)


def _of_one_series(originals: Iterable[Read], foreign: Iterable[Read]) -> Iterator[tuple[Read, Read]]:
    named = _grouped((read.document.series, read) for read in originals if read.document.series)
    for read in foreign:
        if read.document.series in named:
            yield _closest(named[read.document.series], read), read


def _of_one_path(originals: Iterable[Read], foreign: Iterable[Read]) -> Iterator[tuple[Read, Read]]:
    english = _grouped((_without_language(read.document), read) for read in originals)
    theirs = _grouped((_without_language(read.document), read) for read in foreign)
    endings = _grouped((end, path) for path in english for end in _ends(path))
    longer = _grouped((end, path) for path in theirs.keys() - english.keys() for end in _ends(path))
    for path, reads in theirs.items():
        within = [end for end in _ends(path) if end in english and end not in theirs and longer[end] == [path]]
        around = endings.get(path, []) if path not in longer else []
        places = [path] if path in english else within[:1] or (around if len(around) == 1 else [])
        yield from ((_closest(english[place], read), read) for place in places for read in reads)


def _ends(path: str) -> list[str]:
    """The path without its first folder, without its first two, and so on."""
    parts = path.split("/")
    return ["/".join(parts[start:]) for start in range(1, len(parts))]


def _grouped(pairs: Iterable[tuple[str, Value]]) -> dict[str, list[Value]]:
    groups: dict[str, list[Value]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


def _closest(originals: Sequence[Read], foreign: Read) -> Read:
    """The original of the same version, else any."""
    return max(originals, key=lambda read: (read.document.version == foreign.document.version, read.document.id))


def _without_language(document: Document) -> str:
    """The path in lower case without its language: de/guide.md, de-DE/guide.md and guide.de.md become guide.md."""
    tag = rf"{primary(document.language)}(?:[-_][a-z]{{2,4}})?"
    path = re.sub(rf"(?:^|(?<=/)){tag}/", "", document.path.lower())
    return re.sub(rf"[._-]{tag}(?=\.[a-z]+$)", "", path)


def _parts(text: str) -> list[str]:
    """Headings, paragraphs, list items and rows in their order, as plain words."""
    spans = (part for block in blocks(text) for part in ([block] if block.kind == "prose" else lines(text, block)))
    said = (" ".join(plain(span.of(text)).strip(" |#-*\n").split()) for span in spans)
    return [part for part in said if part][:LONGEST_PARTS]


def _aligned(ours: Sequence[str], theirs: Sequence[str], *, ratio: float) -> list[tuple[str, str]]:
    """The cheapest way through both in order, where a part stands for one part or is left out."""
    left, right = [_Part.of(text) for text in ours], [_Part.of(text) for text in theirs]
    cost = {(0, 0): 0.0}
    came: dict[tuple[int, int], tuple[int, int]] = {}
    for i in range(len(left) + 1):
        middle = i * len(right) // max(1, len(left))
        for j in range(max(0, middle - BAND), min(len(right), middle + BAND) + 1):
            ways = [(cost[place] + SKIPPED, place) for place in ((i - 1, j), (i, j - 1)) if place in cost]
            if (i - 1, j - 1) in cost:
                ways.append((cost[i - 1, j - 1] + left[i - 1].distance(right[j - 1], ratio=ratio), (i - 1, j - 1)))
            if ways:
                cost[i, j], came[i, j] = min(ways)
    place, found = (len(left), len(right)), list[tuple[str, str]]()
    while place in came:
        before = came[place]
        if before == (place[0] - 1, place[1] - 1):
            found.append((ours[before[0]], theirs[before[1]]))
        place = before
    return found[::-1]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a document as the alignment sees it."""

    length: int
    anchors: frozenset[str]

    @classmethod
    def of(cls, text: str) -> _Part:
        return cls(len(text) + 10, frozenset(ANCHOR.findall(text)))  # ten characters more or less say nothing

    def distance(self, other: _Part, *, ratio: float) -> float:
        """0 for the expected length and the same anchors; infinite when one is much longer."""
        stretch = abs(math.log(self.length / other.length) - ratio)
        together = self.anchors | other.anchors
        unlike = 1 - len(self.anchors & other.anchors) / len(together) if together else UNKNOWN
        return math.inf if stretch > FARTHEST else 2 * stretch + 2 * unlike


def _split(english: str, foreign: str) -> list[tuple[str, str]]:
    """Sentence by sentence where both have as many, else the whole."""
    left, right = _sentences(english), _sentences(foreign)
    return list(zip(left, right, strict=True)) if len(left) == len(right) else [(english, foreign)]


def _sentences(text: str) -> list[str]:
    return [span.of(text) for block in blocks(text) for span in sentences(text, block)]
