"""Days, months and quarters as they are written in any of our languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import regex

LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pt", "sv")
ISO = regex.compile(r"(?<!\d)(?<y>(?:19|20)\d\d)[-/](?<m>0?[1-9]|1[0-2])(?:[-/](?<d>0?[1-9]|[12]\d|3[01]))?(?!\d)")
CJK = regex.compile(r"(?:(?<y>(?:19|20)\d\d)\s?年\s?)?(?<m>1[0-2]|0?[1-9])\s?月(?:\s?(?<d>[12]\d|3[01]|0?[1-9])\s?日)?")
NUMERIC = regex.compile(r"(?<![\d.])(?<a>\d{1,2})(?<s>[./-])(?<b>\d{1,2})(?P=s)(?<y>(?:19|20)\d\d)(?!\d)")
QUARTER = regex.compile(r"\b(?:Q(?<q>[1-4])|(?<q>[1-4])\.\s?Quartal)(?:[ /]?(?:FY)?\s?(?<y>(?:19|20)\d\d))?\b")


@dataclass(frozen=True, slots=True)
class Day:
    """A date as far as it is told; `months` holds both readings of "10/1/2023". A quarter has only `quarter`."""

    start: int
    end: int
    words: str
    year: int | None = None
    months: frozenset[tuple[int, int | None]] = frozenset()
    quarter: int | None = None

    def within(self, other: Day) -> bool:
        """Whether everything this date tells is told by the other one."""
        if self.quarter != other.quarter or (self.year is not None and other.year not in {None, self.year}):
            return False
        if self.year is not None and other.year is None and not self.months:
            return False
        return not self.months or any(
            month == m and day in {None, d} for month, day in self.months for m, d in other.months
        )


def dates(text: str) -> list[Day]:
    """The dates of a text in order, without overlaps. A bare year is a number."""
    found = [*_matches(ISO, text), *_matches(CJK, text), *_numeric(text), *_named(text), *_quarters(text)]
    found.sort(key=lambda day: (day.start, -day.end))
    kept: list[Day] = []
    for day in found:
        if not kept or day.start >= kept[-1].end:
            kept.append(day)
    return kept


def _day(match: regex.Match[str], month: int) -> Day:
    groups = match.groupdict()
    year, day = groups.get("y"), groups.get("d")
    months = frozenset({(month, int(day) if day else None)})
    return Day(match.start(), match.end(), match.group(0), int(year) if year else None, months)


def _matches(pattern: regex.Pattern[str], text: str) -> list[Day]:
    return [_day(match, int(match.group("m"))) for match in pattern.finditer(text)]


def _numeric(text: str) -> list[Day]:
    found = []
    for match in NUMERIC.finditer(text):
        a, b = int(match.group("a")), int(match.group("b"))
        orders = [(b, a)] if match.group("s") == "." else [(a, b), (b, a)]
        months = frozenset((month, day) for month, day in orders if 1 <= month <= 12 and 1 <= day <= 31)
        if months:
            found.append(Day(match.start(), match.end(), match.group(0), int(match.group("y")), months))
    return found


def _named(text: str) -> list[Day]:
    if not regex.search(r"\d", text):
        return []
    return [_day(m, _months()[m.group("n").lower().rstrip(".")]) for p in _named_patterns() for m in p.finditer(text)]


def _quarters(text: str) -> list[Day]:
    return [
        Day(m.start(), m.end(), m.group(0), int(m["y"]) if m["y"] else None, quarter=int(m.captures("q")[0]))
        for m in QUARTER.finditer(text)
    ]


@cache
def _months() -> dict[str, int]:
    from babel import Locale  # noqa: PLC0415 - takes its time, and most answers never need it

    names: dict[str, int] = {}
    for language in LANGUAGES:
        months = Locale.parse(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                names |= {name.lower().rstrip("."): number for number, name in months[context][width].items()}
    return names | {"sept": 9}


@cache
def _named_patterns() -> tuple[regex.Pattern[str], ...]:
    names = "|".join(regex.escape(name) for name in sorted(_months(), key=len, reverse=True))
    of = r"(?:\s?(?:de|del|of|,))?"
    year = rf"(?:{of},?\s*(?<y>(?:19|20)\d\d))"
    day = r"(?<d>[12]\d|3[01]|0?[1-9])"
    comma = r"(?:,?\s*(?<y>(?:19|20)\d\d))?"
    flags = regex.IGNORECASE
    return (
        regex.compile(rf"(?<![\d.,]){day}(?:\.|st|nd|rd|th|er|º)?{of}\s+(?<n>{names})\b\.?{year}?", flags),
        regex.compile(rf"\b(?<n>{names})\b\.?\s+{day}(?:st|nd|rd|th)?\b(?![.,]\d|\s?%){comma}", flags),
        regex.compile(rf"\b(?<n>{names})\b\.?{year}", flags),
    )
