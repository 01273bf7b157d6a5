"""What a scripted model makes up: true sentences made false, false citations, and sentences from nowhere."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered passage of the prompt and its whole sentences."""

    number: int
    text: str
    sentences: tuple[str, ...]


Made = tuple[str, int] | None
Lie = Callable[[str, Source, Sequence[Source], random.Random], Made]
DIGITS = re.compile(r"(?<![\w.,/:-])\d+(?:[.,]\d+)*(?![\w/:-]|[.,]\d)")
PROPER = re.compile(r"(?<=[a-z] )[A-Z][a-zA-Z]{2,}(?: [A-Z][a-zA-Z]+)*")
SOMEBODY = (
    "Fabrikam",
    "Northwind Traders",
    "Oracle Fusion",
    "Brussels",
    "Adatum",
    "Wingtip Toys",
    "Salesforce",
    "Madrid",
)
AUXILIARY = re.compile(r"\b(is|are|can|must|will|should|may|was|were)\b(?! not)")
NEGATED = re.compile(
    r"\b(is|are|can|must|will|should|may|was|were|do|does) not\b|\bcannot\b|\b(ca|is|are|do|does)n['’]t\b"
)
INVENTIONS = (
    "Every partner also receives a complimentary marketing consultant for twelve months.",
    "The fee is refunded automatically when a customer leaves within a fortnight.",
    "A regional director must countersign the form in blue ink.",
    "Support is reachable by fax on public holidays.",
    "Applications from universities are handled by the embassy.",
    "The programme pays a travel allowance for trips to headquarters.",
    "Unused credits are converted into airline miles at the end of the season.",
)
SWAPS = {"must": "may", "may": "must", "all": "some", "before": "after", "after": "before", "monthly": "yearly"}
SWAPS |= {"days": "weeks", "months": "days", "only": "always", "required": "optional", "minimum": "maximum"}
SWAPS |= {"first": "last", "increase": "decrease", "enable": "disable", "customer": "supplier", "public": "private"}
SWAP = re.compile(r"\b(" + "|".join(SWAPS) + r")\b")


def number(sentence: str, source: Source, sources: Sequence[Source], chance: random.Random) -> Made:
    """Another number."""
    del sources
    found = [m for m in DIGITS.finditer(sentence) if m.start() > 0]
    if not found:
        return None
    match = chance.choice(found)
    value = int(re.sub(r"\D", "", match.group(0)) or 0)
    other = str(value + chance.choice([1, 3, 7, 20, 100]))
    return sentence[: match.start()] + other + sentence[match.end() :], source.number


def name(sentence: str, source: Source, sources: Sequence[Source], chance: random.Random) -> Made:
    """Somebody else."""
    del sources
    found = list(PROPER.finditer(sentence))
    if not found:
        return None
    match = chance.choice(found)
    other = chance.choice([each for each in SOMEBODY if each not in source.text])
    return sentence[: match.start()] + other + sentence[match.end() :], source.number


def denial(sentence: str, source: Source, sources: Sequence[Source], chance: random.Random) -> Made:
    """The opposite."""
    del sources
    if match := NEGATED.search(sentence):
        words = match.group(1) or {"ca": "can"}.get(match.group(2) or "", match.group(2)) or "can"
        return sentence[: match.start()] + words + sentence[match.end() :], source.number
    found = list(AUXILIARY.finditer(sentence))
    if not found:
        return None
    match = chance.choice(found)
    return f"{sentence[: match.end()]} not{sentence[match.end() :]}", source.number


def swap(sentence: str, source: Source, sources: Sequence[Source], chance: random.Random) -> Made:
    """A small word with another meaning."""
    del sources
    found = list(SWAP.finditer(sentence))
    if not found:
        return None
    match = chance.choice(found)
    return sentence[: match.start()] + SWAPS[match.group(0)] + sentence[match.end() :], source.number


def invention(
    sentence: str, source: Source, sources: Sequence[Source], chance: random.Random
) -> tuple[str, int] | None:
    """A sentence from nowhere."""
    del sentence, sources
    return chance.choice(INVENTIONS), source.number


def citation(sentence: str, source: Source, sources: Sequence[Source], chance: random.Random) -> Made:
    """A true sentence with the number of a passage that does not say it."""
    words = set(re.findall(r"\w{4,}", sentence.lower()))
    others = [s.number for s in sources if s is not source and len(words & _words(s)) < len(words) / 3]
    return (sentence, chance.choice(others)) if others else None


def nowhere(sentence: str, source: Source, sources: Sequence[Source], chance: random.Random) -> Made:
    """A number of no passage."""
    del source, chance
    return sentence, len(sources) + 40


def _words(source: Source) -> set[str]:
    return set(re.findall(r"\w{4,}", source.text.lower()))


LIES: dict[str, Lie] = {
    "number": number,
    "name": name,
    "denial": denial,
    "swap": swap,
    "invention": invention,
    "citation": citation,
    "nowhere": nowhere,
}
