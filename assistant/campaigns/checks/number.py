"""Numbers: what the source says in figures the target says too, whatever its separators, digits or scales."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

import regex

from assistant.campaigns.finding import Finding, error
from assistant.campaigns.segment import Segment

NUMBER = regex.compile(r"\p{Nd}+(?:[.,'’٫٬\u00a0\u202f\u2009 ]\p{Nd}{3}(?!\p{Nd}))*(?:[.,٫:]\p{Nd}+)*")
DIGIT = regex.compile(r"\p{Nd}")
SCALES: dict[str, int] = {
    word: exponent
    for exponent, words in {
        2: "hundred",
        3: "thousand tausend mille mil mila duizend tysiąc tysięcy tusen 千 천 ألف",
        4: "万 만",
        6: "million millions millionen millones millón milhões milhão milioni milione miljoen miljoner miljon milionów "
        "miliony مليون ملايين",
        8: "億 亿 억",
        9: "billion billions milliarden milliards milliard bilhões miljard miliardi miljarder miliardów مليار",
    }.items()
    for word in words.split()
}
SCALE = regex.compile(
    r"[ \u00a0\u202f-]?(?:" + "|".join(sorted(SCALES, key=len, reverse=True)) + r")", regex.IGNORECASE
)
CLOCK = regex.compile(r"\b(?:a\.?m|p\.?m)\b", regex.IGNORECASE)
SPELLED = 12  # style guides spell numbers up to twelve


def check(segment: Segment) -> Iterator[Finding]:
    """Errors for numbers that were lost or changed."""
    source, target = figures(segment.bare_source), figures(segment.bare_target)
    missing, added = source - target, target - source
    if not missing and not added:
        return
    yield from _compared(segment, list(missing.elements()), list(added.elements()), (source, target))


def _compared(
    segment: Segment, missing: list[str], added: list[str], all_figures: tuple[Counter[str], Counter[str]]
) -> Iterator[Finding]:
    clock = bool(CLOCK.search(segment.bare_source))
    for number in missing:
        if clock and number.isdecimal() and str(int(number) + 12) in "".join(added):
            continue
        if number in all_figures[1] and not added:  # said once instead of twice
            continue
        small = number.isdecimal() and int(number) <= SPELLED
        if small and not added:
            continue
        yield error("number", f"{number} of the source is not in the target", number)
    for number in added:
        if number in all_figures[0] or missing or clock:
            continue
        if number.isdecimal() and (int(number) <= SPELLED or int(number) in {24, 100, 365, 1000}):
            continue
        yield error("number", f"{number} is not in the source", number)


def figures(text: str) -> Counter[str]:
    """The numbers of a text as digits without separators; "1.5 million" and "150万" are 1500000 both."""
    return Counter(_figures(text))


@lru_cache(maxsize=1024)
def _figures(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for match in NUMBER.finditer(text) if DIGIT.search(text) else ():
        digits = "".join(str(unicodedata.decimal(char)) for char in match[0] if char.isdecimal())
        scale = SCALE.match(text, match.end())
        if scale is not None:
            exponent = SCALES[scale[0].strip(" \u00a0\u202f-").casefold()]
            digits = _times(match[0], digits, exponent)
        found.append(digits.lstrip("0") or "0")
    return tuple(found)


def _times(written: str, digits: str, exponent: int) -> str:
    separator = max(written.rfind("."), written.rfind(","), written.rfind("٫"))
    fraction = len(written) - separator - 1 if separator >= 0 else 0
    if fraction in {0, 3}:
        return digits + "0" * exponent
    return str(int(Decimal(digits).scaleb(exponent - fraction)))
