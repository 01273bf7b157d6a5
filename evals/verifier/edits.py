"""True sentences made untrue, one kind of error at a time. Written apart from the verifier and its word lists."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

NUMBER = re.compile(r"(?<![\w.,:$€£/-])(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\w/-]|[.,:]\d)")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DATE = re.compile(rf"\b({'|'.join(MONTHS)})\b(?= \d)")
YEAR = re.compile(r"\b(19\d\d|20[0-3]\d)\b")
SPELLED = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "twelve",
    "fifteen",
    "twenty",
    "thirty",
    "sixty",
    "ninety",
]
WORD_NUMBER = re.compile(rf"\b({'|'.join(SPELLED)})\b")
UNITS = {
    "days": ("hours", "weeks", "months"),
    "day": ("hour", "week"),
    "hours": ("days", "minutes"),
    "months": ("weeks", "years"),
    "month": ("week", "year"),
    "years": ("months", "weeks"),
    "year": ("month",),
    "weeks": ("days", "months"),
    "minutes": ("hours", "seconds"),
    "%": (" points", " USD"),
    "percent": ("dollars",),
    "USD": ("EUR", "JPY"),
    "GB": ("TB", "MB"),
    "monthly": ("weekly", "annually"),
    "annual": ("monthly",),
    "dollars": ("euros",),
    "miles": ("kilometres",),
    "EUR": ("USD",),
}
UNIT = re.compile(r"(?<![\w])(" + "|".join(re.escape(u) for u in sorted(UNITS, key=len, reverse=True)) + r")(?![\w-])")
NAME = re.compile(r"(?<=[a-z,;)] )(?:the )?((?:[A-Z][\w&]*[a-z0-9][\w&]*)(?: [A-Z][\w&]*)*|[A-Z]{2,6})\b(?!['’])")
VERB = re.compile(r"\b(is|are|was|were|can|must|will|should|may|has been|have been|could|does|do)\b(?! not|n't)")
PLAIN_VERB = re.compile(
    r"\b(supports|requires|includes|provides|allows|contains|receives|applies|shows|helps|offers)\b"
)
NOT = re.compile(
    r"\b(is|are|was|were|can|must|will|should|may|does|do|did|has|have|could)(?:\s+not|n['’]t)\b|\bcannot\b|\bcan['’]t\b"
)
MODALS = {
    "must": ("may", "can", "should"),
    "may": ("must",),
    "can": ("must",),
    "should": ("must",),
    "required": ("optional",),
    "need to": ("may",),
    "have to": ("may",),
    "optional": ("required",),
    "has to": ("may",),
}
MODAL = re.compile(r"\b(" + "|".join(MODALS) + r")\b(?! not|n't)")
CONDITION = re.compile(r"(?:,)? (?:if|unless|only if|provided that|as long as|except|until|when) [^,.]{8,90}(?=\.$)")
OPENING = re.compile(r"^(?:If|Unless|When|As long as|Until) [^,.]{8,90}, (\w)")
ONLY = re.compile(r"\b[Oo]nly ")
TIERS = ["gold", "silver", "bronze", "platinum", "registered"]
TIER = re.compile(r"\b(gold|silver|bronze|platinum|registered)\b", re.IGNORECASE)
QUANTITY = {
    "all": "some",
    "every": "some",
    "each": "some",
    "any": "no",
    "some": "all",
    "always": "sometimes",
    "at least": "at most",
    "up to": "at least",
    "more than": "less than",
    "less than": "more than",
    "minimum": "maximum",
    "maximum": "minimum",
    "before": "after",
    "after": "before",
    "most": "all",
    "many": "all",
    "at most": "at least",
    "several": "all",
    "usually": "never",
    "often": "never",
    "first": "last",
}
QUANTIFIER = re.compile(r"\b(" + "|".join(QUANTITY) + r")\b")


@dataclass(frozen=True, slots=True)
class Pool:
    """What is swapped in: names of other documents, and sentences of others."""

    names: Sequence[str]
    sentences: Sequence[str]


Edit = Callable[[str, random.Random, Pool], str | None]


def number(sentence: str, chance: random.Random, _pool: Pool) -> str | None:
    """Another number of the same order of magnitude."""
    found = [m for m in NUMBER.finditer(sentence) if m.start() > 0 and not YEAR.fullmatch(m.group(0))]
    spelled = list(WORD_NUMBER.finditer(sentence))
    if not found and not spelled:
        return None
    match = chance.choice(found or spelled)
    if not found:
        return _put(sentence, match, chance.choice([word for word in SPELLED if word != match.group(0)]))
    text = match.group(0)
    value = float(text.replace(",", ""))
    other = chance.choice([value * 2, value + chance.randint(1, 9), value * 10, max(value - 1, 0) or value + 3])
    written = f"{other:,.0f}" if "," in text or other == int(other) else f"{other:.2f}".rstrip("0")
    return _put(sentence, match, written.replace(",", "") if "," not in text else written)


def unit(sentence: str, chance: random.Random, _pool: Pool) -> str | None:
    """Another unit after a number, or another period."""
    found = [
        m
        for m in UNIT.finditer(sentence)
        if re.search(r"[\d]\s?$|(?:" + "|".join(SPELLED) + r") $", sentence[: m.start()])
        or m.group(0) in {"monthly", "annual"}
    ]
    if not found:
        return None
    match = chance.choice(found)
    return _put(sentence, match, chance.choice(UNITS[match.group(0)]))


def date(sentence: str, chance: random.Random, _pool: Pool) -> str | None:
    """Another month or year."""
    found = [*DATE.finditer(sentence), *YEAR.finditer(sentence)]
    if not found:
        return None
    match = chance.choice(found)
    if match.group(0).isdigit():
        return _put(sentence, match, str(int(match.group(0)) + chance.choice([-3, -2, -1, 1, 2, 10])))
    return _put(sentence, match, chance.choice([month for month in MONTHS if month != match.group(0)]))


def entity(sentence: str, chance: random.Random, pool: Pool) -> str | None:
    """A name of another document in the place of one of this sentence."""
    found = list(NAME.finditer(sentence))
    if not found:
        return None
    match = chance.choice(found)
    others = [name for name in pool.names if not set(name.lower().split()) & set(sentence.lower().split())]
    start, end = match.span(1)
    return sentence[:start] + chance.choice(others) + sentence[end:] if others else None


def negation(sentence: str, chance: random.Random, _pool: Pool) -> str | None:
    """A "not" taken out, or put in."""
    if (match := NOT.search(sentence)) is not None:
        verb = match.group(1) or "can"
        return _put(sentence, match, verb)
    if found := list(VERB.finditer(sentence)):
        match = chance.choice(found)
        return _put(sentence, match, f"{match.group(0)} not")
    if found := list(PLAIN_VERB.finditer(sentence)):
        match = chance.choice(found)
        return _put(sentence, match, f"never {match.group(0)}")
    return None


def modality(sentence: str, chance: random.Random, _pool: Pool) -> str | None:
    """May for must, and the like."""
    found = list(MODAL.finditer(sentence))
    if not found:
        return None
    match = chance.choice(found)
    return _put(sentence, match, chance.choice(MODALS[match.group(0)]))


def condition(sentence: str, chance: random.Random, _pool: Pool) -> str | None:
    """The condition left out, or "only"."""
    options = []
    if (match := CONDITION.search(sentence)) is not None:
        options.append(_put(sentence, match, ""))
    if (match := OPENING.match(sentence)) is not None:
        options.append(match.group(1).upper() + sentence[match.end() :])
    if (match := ONLY.search(sentence)) is not None and match.start() > 0:
        options.append(_put(sentence, match, ""))
    return chance.choice(options) if options else None


def tier(sentence: str, chance: random.Random, _pool: Pool) -> str | None:
    """Another tier of the programme."""
    found = list(TIER.finditer(sentence))
    if not found:
        return None
    match = chance.choice(found)
    other = chance.choice([t for t in TIERS if t not in sentence.lower()] or TIERS)
    return _put(sentence, match, other.capitalize() if match.group(0)[0].isupper() else other)


def quantifier(sentence: str, chance: random.Random, _pool: Pool) -> str | None:
    """Some for all, at most for at least, after for before."""
    found = list(QUANTIFIER.finditer(sentence))
    if not found:
        return None
    match = chance.choice(found)
    return _put(sentence, match, QUANTITY[match.group(0)])


def invented(sentence: str, chance: random.Random, pool: Pool) -> str | None:
    """A true sentence of another document, as if it stood here."""
    others = [other for other in pool.sentences if other != sentence]
    return chance.choice(others) if others else None


EDITS: dict[str, Edit] = {
    edit.__name__: edit
    for edit in (number, unit, date, entity, negation, modality, condition, tier, quantifier, invented)
}


def _put(sentence: str, match: re.Match[str], words: str) -> str:
    return sentence[: match.start()] + words + sentence[match.end() :]
