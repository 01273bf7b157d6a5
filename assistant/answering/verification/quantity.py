"""Numbers with their units as they are written in any of our languages: "1,5 %", "fifteen percent", "€ 2.000"."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import takewhile, zip_longest

import regex

from assistant.answering.verification.vocabulary import Unit, units, vocabulary

LATIN = r"A-Za-z\u00c0-\u024f"
NUMBER = regex.compile(
    rf"(?<![{LATIN}\d_])(?<![{LATIN}][-.,#&])(?<!\d[.,])"
    r"(?<digits>\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d,.]\d)(?!\d)|\d++(?:[.,'’]\d++)*+)"
)
GAP = regex.compile(r"[ \u00a0\u202f-]{0,2}")
WORD = regex.compile(r"[\p{L}]+(?:-[\p{L}]+)*")
BEFORE = regex.compile(r"(?:[A-Za-z]{1,3}\$|\p{Sc}|\b[A-Z]{3})[ \u00a0\u202f]?$")
RANGE = regex.compile(r"\s?(?:[-–—]|to|bis|à|a|und|and|or|oder|through)\s?$")
LONGEST_UNIT = 3  # words


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at `start`..`end` of its text. `values` holds every reading ("1.500" is 1500 or 1.5).

    `family` is the kind of unit, values are in the smallest unit of that family; "" is a plain number.
    `bare` are the numbers as they are written, without unit.
    """

    values: frozenset[Decimal]
    family: str
    unit: str
    start: int
    end: int
    words: str
    spelled: bool = False
    bare: frozenset[Decimal] = frozenset()

    def equals(self, other: Quantity) -> bool:
        """Whether both can be the same number of the same unit."""
        return self.family == other.family and bool(self.values & other.values)


def quantities(text: str, language: str) -> list[Quantity]:
    """The quantities of a text in order. `language` decides which words are numbers."""
    found = [q for match in NUMBER.finditer(text) if (q := _written(text, match)) is not None]
    found += _spelled(text, language)
    found.sort(key=lambda q: q.start)
    apart = [q for place, q in enumerate(found) if place == 0 or q.start >= found[place - 1].end]
    return _ranges(text, apart)


def _written(text: str, match: regex.Match[str]) -> Quantity | None:
    digits = match.group("digits")
    if digits.count(".") > 1 and not regex.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", digits):
        return None  # a version number or an address: a name, not a quantity
    values = readings(digits)
    start, end = match.span("digits")
    scale, end = _scale(text, end)
    before = BEFORE.search(text, max(0, start - 5), start)
    unit = units().get(before.group(0).strip().lower()) if before else None
    if unit is None:
        unit, end = _unit_after(text, end)
    size = unit.size if unit else Decimal(1)
    family = unit.family if unit else ""
    scaled = frozenset((value * scale * size).normalize() for value in values)
    bare = frozenset((value * scale).normalize() for value in values)
    return Quantity(scaled, family, unit.name if unit else "", start, end, text[start:end], bare=bare)


def readings(digits: str) -> frozenset[Decimal]:
    """What digits with separators can mean: English and continental, where both are possible."""
    plain = regex.sub(r"[ \u00a0\u202f'’]", "", digits)
    comma, dot = plain.rfind(","), plain.rfind(".")
    if comma >= 0 and dot >= 0:
        last = "," if comma > dot else "."
        other = "." if last == "," else ","
        return frozenset({Decimal(plain.replace(other, "").replace(last, ".")).normalize()})
    mark = "," if comma >= 0 else "."
    if mark not in plain:
        return frozenset({Decimal(plain).normalize()})
    grouped = regex.fullmatch(rf"[1-9]\d{{0,2}}(?:\{mark}\d{{3}})+", plain)
    found = set()
    if grouped:
        found.add(Decimal(plain.replace(mark, "")).normalize())
    if plain.count(mark) == 1 and (not grouped or mark == "."):
        found.add(Decimal(plain.replace(mark, ".")).normalize())
    return frozenset(found or {Decimal(plain.replace(mark, "")).normalize()})


def _scale(text: str, end: int) -> tuple[Decimal, int]:
    gap = GAP.match(text, end)
    after = gap.end() if gap else end
    if after < len(text) and text[after] in "千万億":
        return Decimal(vocabulary().scales[text[after]]), after + 1
    word = WORD.match(text, after)
    scale = vocabulary().scales.get(word.group(0).lower()) if word else None
    if word is None or scale is None or (after > end and len(word.group(0)) == 1):
        return Decimal(1), end
    return Decimal(scale), word.end()


def _unit_after(text: str, end: int) -> tuple[Unit | None, int]:
    gap = GAP.match(text, end)
    after = gap.end() if gap else end
    rest = text[after : after + 30].lower()
    for word in _unit_words():
        if rest.startswith(word):
            stop = len(word)
            closed = stop == len(rest) or not (word[-1].isascii() and word[-1].isalpha() and rest[stop].isalpha())
            if closed or not word[-1].isalpha():
                return units()[word], after + stop
    return None, end


@cache
def _unit_words() -> tuple[str, ...]:
    return tuple(sorted(units(), key=len, reverse=True))


def _spelled(text: str, language: str) -> list[Quantity]:
    """Numbers in words: "fifteen", "twenty-five", "two hundred thousand". One is left out: it is an article."""
    known = vocabulary().numbers.get(language)
    if not known:
        return []
    found: list[Quantity] = []
    run: list[tuple[int, int, int]] = []
    for match in [*WORD.finditer(text), None]:
        # Of "ninety-day" the number is the first part; the unit is found behind it.
        parts = list(takewhile(known.__contains__, match.group(0).lower().split("-"))) if match else []
        is_number = bool(parts)
        gap = text[run[-1][2] : match.start()] if run and match else ""
        if run and not (is_number and gap.strip() in {"", "and"}):
            found += _number_of(text, run)
            run = []
        if match and is_number:
            run += [(known[part], match.start(), match.start() + len("-".join(parts))) for part in parts]
    return found


def _number_of(text: str, run: list[tuple[int, int, int]]) -> list[Quantity]:
    total = current = 0
    for value, _, _ in run:
        if value == 1000:
            total, current = total + max(current, 1) * 1000, 0
        elif value == 100:
            current = max(current, 1) * 100
        else:
            current += value
    number, start, end = total + current, run[0][1], run[-1][2]
    if number < 2:
        return []
    scale, end = _scale(text, end)
    unit, end = _unit_after(text, end)
    size = unit.size if unit else Decimal(1)
    scaled = (Decimal(number) * scale * size).normalize()
    family, name = (unit.family, unit.name) if unit else ("", "")
    bare = frozenset({Decimal(number).normalize()})
    return [Quantity(frozenset({scaled}), family, name, start, end, text[start:end], spelled=True, bare=bare)]


def _ranges(text: str, found: list[Quantity]) -> list[Quantity]:
    """Of "10–15 %" the first number has the unit of the second."""
    result: list[Quantity] = []
    for here, following in zip_longest(found, found[1:]):
        bare = here.family == "" and following is not None and following.family
        if following is not None and bare and RANGE.fullmatch(text[here.end : following.start]):
            size = next(u.size for u in units().values() if u.name == following.unit)
            values = frozenset((value * size).normalize() for value in here.values)
            result.append(
                Quantity(
                    values, following.family, following.unit, here.start, here.end, here.words, here.spelled, here.bare
                )
            )
        else:
            result.append(here)
    return result
