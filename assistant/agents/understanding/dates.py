"""Days that a text names, by its language and an injected today; vague ones are marked, not guessed."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import regex
from babel import Locale
from babel.dates import get_day_names, get_month_names

from assistant.agents.understanding.lexicon import LANGUAGES, lexicon, pattern

CENTURY = 100
LATEST_MONTH = 12
THURSDAY = 3


@dataclass(frozen=True, slots=True)
class Day:
    """A mention of a time; `day` is None when it is too vague or ambiguous to be a date."""

    day: date | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """How to read dates: the language, today, and which part of 2/5/2027 comes first ("d", "m" or "" for unknown)."""

    language: str
    today: date
    first: str = "d"


@cache
def _months() -> dict[str, int]:
    names: dict[str, int] = {}
    for code in (*LANGUAGES, "de_AT", "pt_PT"):
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context=context, locale=code).items():
                    plain = str(name).lower().rstrip(".")
                    if not plain[0].isdigit():
                        names.setdefault(plain, number)
    return names | {"sept": 9, "mrt": 3, "märz": 3, "maerz": 3}


@cache
def _weekdays(language: str) -> dict[str, int]:
    locale = Locale.parse(language)
    return {str(name).lower(): number for number, name in get_day_names("wide", locale=locale).items()}


@cache
def _month_words() -> str:
    return "|".join(sorted((regex.escape(name) for name in _months()), key=len, reverse=True))


@cache
def _grammar(language: str) -> tuple[tuple[str, regex.Pattern[str]], ...]:
    month = rf"(?P<name>{_month_words()})(?!\p{{L}})\.?"
    year = r"(?P<year>(?:20)\d\d)"
    nth = r"(?P<d>[0-3]?\d)(?:\.|st|nd|rd|th|er|º|°|ª)?"
    of = r"(?:\s+(?:de|of|del|di|den))?\s+"
    end = pattern(language, "cues", "end_of").pattern
    table = (
        ("ymd", r"(?P<year>20\d\d)(?:-|/|\.|年)\s?(?P<m>\d?\d)(?:-|/|\.|月)\s?(?P<d>\d?\d)日?(?!\d)"),
        ("md_ja", r"(?<!\d)(?P<m>\d?\d)月(?P<d>\d?\d)日"),
        ("part_ja", r"(?:(?P<year>20\d\d)年)?(?P<m>\d?\d)月(?P<part>末|上旬|中旬|下旬|頃|ごろ|初め|初旬|中)?日?"),
        ("end_month", rf"{end}\s*{month}(?:(?:\s+(?:de|del|of))?\s+{year})?"),
        ("dmy", rf"(?<!\d){nth}{of}{month}(?:(?:,|\s+(?:de|del|of))?\s*{year})?"),
        ("mdy", rf"(?<!\p{{L}}){month}\s+{nth}(?!\d)(?:,?\s*{year})?"),
        ("number", r"(?<![\d/.\-])(?P<a>\d?\d)(?P<sep>[./-])(?P<b>\d?\d)(?P=sep)(?P<year>20\d\d|\d\d)(?![\d/])"),
        ("short", r"(?<![\d/.,\-€$£])(?P<a>\d?\d)(?:/(?P<b>\d?\d)(?![\d/%\p{L}]|[.,]\d)|\.\s?(?P<b>\d?\d)\.(?!\d))"),
        ("month", rf"(?<!\p{{L}}){month}(?:(?:\s+(?:de|del|of))?\s+{year})?(?!\p{{L}})"),
    )
    return tuple((kind, regex.compile(rule, regex.IGNORECASE)) for kind, rule in table)


def days(text: str, how: Calendar) -> list[Day]:
    """Every mention of a day or vague time, in order; none overlaps another."""
    found: list[Day] = []
    for day in (*_periods(text, how), *_written(text, how), *_relative(text, how)):
        if not any(day.start < other.end and other.start < day.end for other in found):
            found.append(_unless_vague(day, text, how))
    return sorted(found, key=lambda day: day.start)


def _unless_vague(day: Day, text: str, how: Calendar) -> Day:
    before, after = text[max(0, day.start - 24) : day.start], text[day.end : day.end + 12]
    vague = pattern(how.language, "cues", "vague_before").pattern
    rough = regex.search(rf"{vague}[\s\-]*$", before, regex.IGNORECASE)
    return Day(None, day.start, day.end) if rough or regex.match(r"\s*(頃|ごろ|前後)", after) else day


def _written(text: str, how: Calendar) -> list[Day]:
    found: list[Day] = []
    for kind, rule in _grammar(how.language):
        for match in rule.finditer(text):
            if not any(match.start() < day.end and day.start < match.end() for day in found):
                day = _read(kind, match.groupdict(), how)
                if day != "no date":
                    end = match.end() - (kind != "short" and match.group().endswith("."))
                    found.append(Day(day if isinstance(day, date) else None, match.start(), end))
    return found


def _read(kind: str, part: dict[str, str | None], how: Calendar) -> date | str | None:
    year = _year(part.get("year"))
    month = _months()[str(part["name"]).lower().rstrip(".")] if part.get("name") else int(part.get("m") or 0)
    if kind == "month":
        return None
    if kind == "part_ja":
        return _last_day(year, month, how.today) if part.get("part") == "末" else None
    if kind == "end_month":
        return _last_day(year, month, how.today)
    if kind in {"number", "short"}:
        return _numeric(int(part["a"] or 0), int(part["b"] or 0), year, how)
    return _date(year, month, int(part["d"] or 0), how.today)


def _numeric(first: int, second: int, year: int | None, how: Calendar) -> date | str | None:
    if max(first, second) > 31 or min(first, second) == 0 or min(first, second) > LATEST_MONTH:
        return "no date"
    if first > LATEST_MONTH or second > LATEST_MONTH:
        day, month = max(first, second), min(first, second)
    elif first == second:
        day = month = first
    elif how.first:
        day, month = (first, second) if how.first == "d" else (second, first)
    else:
        return None
    return _date(year, month, day, how.today)


def _year(text: str | None) -> int | None:
    if not text:
        return None
    number = int(text)
    return number + 2000 if number < CENTURY else number


def _date(year: int | None, month: int, day: int, today: date) -> date | str:
    try:
        if year is not None:
            return date(year, month, day)
        this_year = date(today.year, month, day)
        return this_year if this_year >= today else date(today.year + 1, month, day)
    except ValueError:
        return "no date"


def _last_day(year: int | None, month: int, today: date) -> date | str:
    if not 1 <= month <= LATEST_MONTH:
        return "no date"
    chosen = year or (today.year if month >= today.month else today.year + 1)
    return date(chosen, month, calendar.monthrange(chosen, month)[1])


def _periods(text: str, how: Calendar) -> list[Day]:
    """Ends of quarters, years and of this or the next month."""
    found = []
    for kind in ("end_quarter", "end_year", "end_this_month", "end_next_month", "end_this_quarter", "end_next_quarter"):
        mentions = pattern(how.language, "cues", kind).finditer(text)
        found += [Day(_period_end(kind, match.groupdict(), how.today), *match.span()) for match in mentions]
    return found


def _period_end(kind: str, part: dict[str, str | None], today: date) -> date:
    year, quarter = _year(part.get("year")), (today.month - 1) // 3 + 1
    if kind == "end_year":
        return date(year or today.year + (1 if part.get("next") else 0), 12, 31)
    if kind.endswith("month"):
        ahead = 0 if kind == "end_this_month" else 1
    else:
        wanted = _ordinal(part.get("q")) or quarter
        ahead = wanted * 3 - today.month + (3 if kind == "end_next_quarter" else 0)
        if year:
            return date(year, wanted * 3, calendar.monthrange(year, wanted * 3)[1])
        ahead += 12 if ahead < 0 else 0
    months = today.month - 1 + ahead
    at = (today.year + months // 12, months % 12 + 1)
    return date(*at, calendar.monthrange(*at)[1])


def _ordinal(word: str | None) -> int:
    if not word:
        return 0
    digit = regex.search(r"[1-4]", word)
    if digit:
        return int(digit.group())
    starts = (
        ("fir", "ers", "pre", "pri", "eer", "第一"),
        ("sec", "zwe", "deu", "seg", "twe"),
        ("thi", "dri", "tro", "ter", "der"),
    )
    return next((n for n, heads in enumerate(starts, start=1) if word.lower()[:3] in heads), 4)


def _relative(text: str, how: Calendar) -> list[Day]:
    found = [Day(_ahead(m, how.today), m.start(), m.end()) for m in lexicon(how.language).all("in_days", text)]
    for cue, step in (("today", 0), ("tomorrow", 1)):
        found += [Day(how.today + timedelta(step), m.start(), m.end()) for m in lexicon(how.language).all(cue, text)]
    return found + _weekday_mentions(text, how)


def _ahead(match: regex.Match[str], today: date) -> date | None:
    part = match.groupdict()
    for unit, days_each in (("days", 1), ("weeks", 7)):
        if part.get(unit):
            return today + timedelta(int(part[unit]) * days_each)
    if part.get("months"):
        months = today.month - 1 + int(part["months"])
        year, month = today.year + months // 12, months % 12 + 1
        return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
    return None


def _weekday_mentions(text: str, how: Calendar) -> list[Day]:
    found = []
    next_word = pattern(how.language, "cues", "next").pattern
    names = "|".join(sorted(_weekdays(how.language), key=len, reverse=True))
    for match in regex.finditer(rf"(?P<next>{next_word}\s*)(?P<day>{names})(?!\p{{L}})", text, regex.IGNORECASE):
        ahead = (_weekdays(how.language)[match["day"].lower()] - how.today.weekday()) % 7 or 7
        said_early = how.today.weekday() <= THURSDAY
        found.append(Day(None if said_early else how.today + timedelta(ahead), match.start(), match.end()))
    return found
