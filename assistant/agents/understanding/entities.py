"""Everything in a text that has a form of its own: addresses, ids, days, money, products, countries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import regex
from babel import Locale
from rapidfuzz.distance import OSA

from assistant.agents.understanding.amounts import Amount, amounts
from assistant.agents.understanding.dates import Calendar, Day, days
from assistant.agents.understanding.lexicon import LANGUAGES, lexicon
from assistant.agents.understanding.reading import Catalogue

EMAIL = regex.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")
SPELLED_EMAIL = regex.compile(
    r"\b(?P<user>[\w.\-]+(?:\s(?:dot|punkt|point|punto|ponto|punt)\s[\w\-]+)*)\s(?:at|ät|arobase|arroba|chiocciola|apenstaartje)\s"
    r"(?P<host>[\w\-]+(?:\s?(?:\s(?:dot|punkt|point|punto|ponto|punt)\s|\.)[\w\-]+)+)",
    regex.IGNORECASE,
)
DOT = regex.compile(r"\s(?:dot|punkt|point|punto|ponto|punt)\s", regex.IGNORECASE)
DOMAIN = regex.compile(
    r"(?<![@\w.\-])(?:https?://)?(?:www\.)?(?P<host>[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.(?:example|[a-z]{2,24}))(?:/\S*)?(?![\w@])"
)
# REG-7655 as vendors number registrations, or deal-1f0c… as the embedded PRM does.
DEAL_ID = regex.compile(
    r"(?<![\p{Latin}\d])(?:(?:deal|invitation)-(?=[0-9a-f]*\d)[0-9a-f]{1,16}|[A-Z]{2,6}-\d{3,})(?![\p{Latin}\d])",
    regex.IGNORECASE,
)
PHONE = regex.compile(r"(?<![\w.])\+\d[\d\s()/\-]{7,}\d")
DUNS = regex.compile(r"D-?U-?N-?S\D{0,12}(?P<digits>\d{2}-?\d{3}-?\d{4})", regex.IGNORECASE)
FILL = "\ue000"


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing of some kind at a place of a text; `value` is its normal form."""

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with its entities in order. In `rest` every one is replaced by as many private characters."""

    text: str
    entities: tuple[Entity, ...]
    days: tuple[Day, ...]
    amounts: tuple[Amount, ...]

    @property
    def rest(self) -> str:
        """What is left of the text, at the same offsets."""
        left = list(self.text)
        for entity in self.entities:
            left[entity.start : entity.end] = FILL * (entity.end - entity.start)
        return "".join(left)

    def of(self, kind: str) -> list[Entity]:
        """The entities of one kind."""
        return [entity for entity in self.entities if entity.kind == kind]


def marked(text: str, *, how: Calendar, catalogue: Catalogue) -> Marked:
    """The text with everything recognised; where two claims overlap the more specific one stands."""
    words = lexicon(how.language)
    taken: list[Entity] = []

    def free(start: int, end: int) -> bool:
        return not any(start < other.end and other.start < end for other in taken)

    for entity in (*_addresses(text), *_ids(text)):
        taken += [entity] if free(entity.start, entity.end) else []
    masked = _masked(text, taken)
    found_days = days(masked, how)
    taken += [Entity("day", day.day.isoformat() if day.day else "", day.start, day.end) for day in found_days]
    money = [amount for amount in amounts(_masked(text, taken), words) if free(amount.start, amount.end)]
    taken += [Entity("money", str(amount.low), amount.start, amount.end) for amount in money]
    for entity in (*_products(text, catalogue), *_countries(text, how.language)):
        taken += [entity] if free(entity.start, entity.end) else []
    ordered = tuple(sorted(taken, key=lambda entity: entity.start))
    return Marked(text, ordered, tuple(found_days), tuple(money))


def _masked(text: str, taken: list[Entity]) -> str:
    left = list(text)
    for entity in taken:
        left[entity.start : entity.end] = FILL * (entity.end - entity.start)
    return "".join(left)


def _addresses(text: str) -> list[Entity]:
    found = [Entity("email", match.group().lower().rstrip("."), *match.span()) for match in EMAIL.finditer(text)]
    for match in SPELLED_EMAIL.finditer(text):
        host = DOT.sub(".", match["host"]).replace(" ", "")
        address = f"{DOT.sub('.', match['user'])}@{host}"
        found.append(Entity("email", address.lower(), *match.span()))
    return found + [Entity("domain", match["host"].lower(), *match.span()) for match in DOMAIN.finditer(text)]


def _ids(text: str) -> list[Entity]:
    return [
        *(Entity("deal_id", match.group().upper(), *match.span()) for match in DEAL_ID.finditer(text)),
        *(Entity("duns", match["digits"].replace("-", ""), *match.span()) for match in DUNS.finditer(text)),
        *(Entity("phone", regex.sub(r"[^\d+]", "", match.group()), *match.span()) for match in PHONE.finditer(text)),
    ]


def _products(text: str, catalogue: Catalogue) -> list[Entity]:
    found = []
    vendor = rf"(?P<vendor>{regex.escape(catalogue.vendor)}[\s　]+)?" if catalogue.vendor else "(?P<vendor>(?!))?"
    for name in catalogue.products:
        rule = regex.compile(rf"(?<!\p{{Latin}}){vendor}{regex.escape(name)}(?!\p{{Latin}})", regex.IGNORECASE)
        found += [
            Entity("product", match.group(), *match.span())
            for match in rule.finditer(text)
            if match["vendor"] or name.lower() != match.group()  # a product name in lower case is an ordinary word
        ]
    if catalogue.vendor and not found:
        found = _misspelled(text, catalogue)
    return found


def _misspelled(text: str, catalogue: Catalogue) -> list[Entity]:
    """A word with one slip (a letter off, missing, doubled, or two swapped) in a text that names no product rightly."""
    found = []
    for match in regex.finditer(r"(?<![\p{L}\p{N}@.])\p{Latin}{4,}(?![\p{L}@])", text):
        for name in catalogue.products:
            if OSA.distance(match.group().lower(), name.lower()) <= 1:
                vendor = regex.search(rf"{regex.escape(catalogue.vendor)}\s+$", text[: match.start()], regex.IGNORECASE)
                found.append(Entity("product", name, vendor.start() if vendor else match.start(), match.end()))
    return found


@cache
def country_names(language: str) -> dict[str, str]:
    """Names to ISO codes: CLDR in this language and English, then the everyday names of the lexicon."""
    names: dict[str, str] = {}
    for code in ("en", language):
        for territory, name in Locale(code).territories.items():
            if (
                len(territory) == 2
                and territory.isalpha()
                and territory not in {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
            ):
                names[str(name)] = str(territory)
    for code in LANGUAGES if language == "en" else ("en", language):
        names |= lexicon(code).countries
    return names


@cache
def _country_rule(language: str) -> regex.Pattern[str]:
    names = sorted((regex.escape(name) for name in country_names(language)), key=len, reverse=True)
    edge = ("", "") if language == "ja" else (r"(?<![\p{L}\-])", r"(?![\p{L}\-])")
    return regex.compile(f"{edge[0]}(?:{'|'.join(names)}){edge[1]}")


def _countries(text: str, language: str) -> list[Entity]:
    names = country_names(language)
    found = [Entity("country", names[match.group()], *match.span()) for match in _country_rule(language).finditer(text)]
    codes = set(names.values())
    iso = regex.finditer(r"(?:(?<=[,(（、]\s?))([A-Z]{2})(?=\s*(?:[,.;)）、]|$))", text)
    return found + [Entity("country", match[1], *match.span(1)) for match in iso if match[1] in codes]
