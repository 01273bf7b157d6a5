"""Where a value came from: looked up in the words of the conversation, never taken from a model's word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from unicodedata import normalize

import regex
from babel import Locale
from babel.dates import format_date

from assistant.answering.sanitize import ADDRESS, HOSTLIKE, UNSEEN
from assistant.deals.names import normalised
from assistant.domain.approvals import Source
from assistant.errors import InvalidRecord, Problem
from assistant.tools.tool import Words

LANGUAGES = ("en", "en_GB", "de", "fr", "es", "pt", "it", "nl", "ja")
PATTERNS = (
    "yyyy-MM-dd",
    "d.M.yyyy",
    "dd.MM.yyyy",
    "d/M/yyyy",
    "dd/MM/yyyy",
    "M/d/yyyy",
    "yyyy/M/d",
    "d MMMM",
    "MMMM d",
)
ENDINGS = {1: "st", 2: "nd", 3: "rd"}  # of English ordinals
NUMBER = regex.compile(r"\d(?:[\d.,'’\u00a0\u202f ]*\d)?\s?(?:k\b|K\b|M\b)?")
WORD = regex.compile(r"[\p{L}\p{N}]+")
APART = (r"(?<![\p{Latin}\p{N}])(?<![\p{Latin}\p{N}][.@_+-])", r"(?![\p{Latin}\p{N}])")
CODE = regex.compile(r"[A-Z]{2,3}")  # of a country or currency: "DE" is no word of "the .de domain" or "de"
SYMBOLS = {  # and everyday names that mean one currency wherever they are said
    "EUR": ("€", "euro", "euros"),
    "GBP": ("£", "pounds", "quid"),
    "JPY": ("¥", "円", "yen"),
    "BRL": ("R$", "reais"),
    "USD": ("US$",),
    "CHF": ("Franken",),
}
SHORTEST = 4  # letters of a company's name that is looked for in a text
TEXT = 4  # words above which a value is free text, found by its words and not as one piece
SHARE = 0.75  # of the words of free text that must stand in a conversation


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from, with the words it stands in."""

    source: Source
    quote: str = ""


BY_RULE = Origin(Source.RULE)
ON_RECORD = Origin(Source.RECORD)


def origin_of(value: object, words: Words, *, also: Iterable[str] = ()) -> Origin:
    """The origin of a value: the requester's own words before what they passed on; MODEL when it stands in neither.

    `also` are other ways to write it, such as the names of a country.
    """
    wanted = value.isoformat() if isinstance(value, date) else str(value)
    spellings = [wanted, *also]
    read = [reading for reading in words.readings if _same(reading.value, wanted)]
    for passed_on, texts in ((False, words.said), (True, words.passed_on)):
        source = Source.QUOTED if passed_on else Source.SAID
        for reading in read:
            if reading.passed_on is passed_on:
                return Origin(source, _as_it_stands(reading.quote, value, spellings, texts))
        for text in reversed(texts):
            quote = _found(value, spellings, normalize("NFKC", text))
            if quote:
                return Origin(source, quote)
    return Origin(Source.MODEL)


def _as_it_stands(quote: str, value: object, spellings: list[str], texts: Sequence[str]) -> str:
    """The words of a reading as somebody wrote them, where it tells them in a spelling of its own."""
    if any(quote in text for text in texts):
        return quote
    found = (_found(value, spellings, normalize("NFKC", text)) for text in reversed(texts))
    return next(filter(None, found), quote)


def unsaid(origins: Iterable[tuple[str, Origin]]) -> tuple[Problem, ...]:
    """A problem for each field whose value a model made up: it is asked for, never guessed."""
    told = "stands in nothing the requester wrote; ask them for it and do not guess"
    return tuple(Problem(name, "not_said", told) for name, origin in origins if origin.source is Source.MODEL)


def foreign_addresses(field: str, text: str, words: Words) -> tuple[Problem, ...]:
    """A problem for each web or mail address of a free text that neither the requester nor what they passed on has.

    Whoever reads the record may follow it, so an address that only a model wrote is refused like a name or an amount.
    """
    clean = UNSEEN.sub("", text)
    found = dict.fromkeys(
        each.group().rstrip(".,;:!?") for kind in (ADDRESS, HOSTLIKE) for each in kind.finditer(clean)
    )
    strange = [address for address in found if origin_of(address, words).source is Source.MODEL]
    told = "leads to {}, which stands in nothing the requester wrote; leave it out"
    return tuple(Problem(field, "foreign_address", told.format(address)) for address in strange)


def worded(told: str, words: Words, *, field: str, longest: int) -> tuple[str, Origin]:
    """A free text with its origin: what was told, else the requester's own last message, which says why they ask.

    Raises InvalidRecord when there is neither.
    """
    if told.strip():
        return told.strip(), origin_of(told, words)
    if not words.said or not words.said[-1].strip():
        raise InvalidRecord.of(Problem(field, "missing", "is missing; ask the requester"))
    text = " ".join(words.said[-1].split())
    return text[:longest], Origin(Source.SAID)


def named_in(name: str, text: str) -> bool:
    """Whether a text names a company, with or without its legal form and however it is spaced."""
    wanted = normalised(name).compact
    return len(wanted) >= SHORTEST and wanted in normalised(text).compact


@lru_cache(maxsize=512)
def country_names(code: str) -> tuple[str, ...]:
    """How people call a country (Unicode CLDR)."""
    found = (Locale.parse(language).territories.get(code, "") for language in LANGUAGES)
    return tuple(dict.fromkeys(name for name in found if name))


@lru_cache(maxsize=512)
def currency_names(code: str) -> tuple[str, ...]:
    """How people write a currency (Unicode CLDR)."""
    found = (Locale.parse(language).currencies.get(code, "") for language in LANGUAGES)
    return tuple(dict.fromkeys((*SYMBOLS.get(code, ()), *(name for name in found if name))))


def _same(read: str, wanted: str) -> bool:
    return read == wanted or _plain(read) == _plain(wanted) != ""


def _plain(text: str) -> str:
    return " ".join(WORD.findall(normalize("NFKC", text).casefold()))


def _found(value: object, spellings: list[str], text: str) -> str:
    """The words of a text that say a value, or nothing."""
    if isinstance(value, Decimal):
        return _number_in(value, text)
    if isinstance(value, date):
        spellings = [*spellings, *_days(value)]
    for spelling in spellings:
        found = _piece(spelling).search(text) if spelling.strip() else None
        if found:
            return str(found.group())
    return _prose(spellings[0], text)


def _prose(value: str, text: str) -> str:
    """The value itself when it is free text most of whose words stand in the text."""
    words = WORD.findall(normalize("NFKC", value).casefold())
    if len(words) <= TEXT:
        return ""
    known = set(WORD.findall(text.casefold()))
    return value if sum(word in known for word in words) >= SHARE * len(words) else ""


@lru_cache(maxsize=4096)
def _piece(spelling: str) -> regex.Pattern[str]:
    """A pattern for a value as people write it: any case, any white space, and not as a part of a longer word."""
    parts = [regex.escape(part) for part in normalize("NFKC", spelling).split()]
    spaced = regex.match(r"[\p{Latin}\p{N}]", spelling) is not None
    body = (r"\s+" if spaced else r"\s*").join(parts)
    flags = 0 if CODE.fullmatch(spelling) else regex.IGNORECASE
    return regex.compile(rf"{APART[0]}{body}{APART[1]}" if spaced else body, flags)


@lru_cache(maxsize=512)
def _days(day: date) -> tuple[str, ...]:
    """The ways to write a day in the languages that are read."""
    return tuple(dict.fromkeys(_written(day)))


def _written(day: date) -> Iterator[str]:
    for language in LANGUAGES:
        for form in ("medium", "long", *PATTERNS):
            yield str(format_date(day, format=form, locale=language))
    nth = f"{day.day}{'th' if day.day in {11, 12, 13} else ENDINGS.get(day.day % 10, 'th')}"
    for form in ("MMMM", "MMM"):
        month = format_date(day, format=form, locale="en")
        yield from (f"{month} {nth}", f"{nth} {month}", f"{nth} of {month}")


def _number_in(value: Decimal, text: str) -> str:
    for match in NUMBER.finditer(text):
        said: str = match.group().strip()
        scale = {"k": 1_000, "K": 1_000, "M": 1_000_000}.get(said[-1], 1)
        if any(number * scale == value for number in _numbers(said.rstrip("kKM "))):
            return said
    return ""


def _numbers(said: str) -> Iterator[Decimal]:
    """What digits may mean: all separators group thousands, or the last one stands before the decimals."""
    digits = regex.sub(r"\D", "", said)
    yield Decimal(digits)
    last = regex.search(r"[.,](\d+)$", said)
    if last:
        yield Decimal(f"{digits[: -len(last[1])] or '0'}.{last[1]}")
