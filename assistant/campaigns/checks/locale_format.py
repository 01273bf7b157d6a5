"""Formats: numbers of the target are written as its locale writes them, by CLDR."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import regex
from babel import Locale

from assistant.campaigns.finding import Finding, warning
from assistant.campaigns.segment import Segment

GROUPED = regex.compile(r"(?<![\d.,])(\d{1,3}(?:([.,])\d{3})+(?!\d)(?:([.,])\d{1,2})?)(?![\d.,]*\d)")
DECIMAL = regex.compile(r"(?<![\d.,/])\d+([.,])\d{1,2}(?![\d.,]*\d)")
DIGIT = regex.compile(r"\p{Nd}")
PERCENT = regex.compile(r"\d([ \u00a0\u202f]?)[%٪]")


def check(segment: Segment) -> Iterator[Finding]:
    """Warnings for separators of another locale and for per cent signs that are set otherwise."""
    text = segment.bare_target
    if not DIGIT.search(text):
        return
    group, decimal = _symbols(segment.locale.tag)
    for match in GROUPED.finditer(text):
        wrong = match[2] == decimal or (match[3] is not None and match[3] == group)
        if wrong:
            yield warning("locale_format", f"{match[0]} is not how {segment.locale.name} writes numbers", match[0])
    for match in DECIMAL.finditer(text):
        if match[1] != decimal and match[1] == group and not _version(segment.source, match[0]):
            yield warning("locale_format", f"{match[0]} has the decimal sign of another locale", match[0])
    wanted = segment.locale.percent
    for match in PERCENT.finditer(text):
        if (wanted == "spaced" and not match[1]) or (wanted == "closed" and match[1]):
            yield warning("locale_format", f"the space in {match[0]} is not as in {segment.locale.name}", match[0])


def _version(source: str, number: str) -> bool:
    return regex.search(rf"\p{{L}}[\p{{L}}+]* {regex.escape(number)}", source) is not None


@lru_cache
def _symbols(tag: str) -> tuple[str, str]:
    symbols = Locale.parse(tag).number_symbols
    latin = symbols.get("latn", symbols)
    return str(latin["group"]), str(latin["decimal"])
