"""Money that a text names: the amount as a plain decimal string, the currency where it is certain, and the period."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

import regex
from babel import Locale
from babel.numbers import get_territory_currencies

from assistant.agents.understanding.lexicon import Lexicon

SIGNS = {
    "€": "EUR", "£": "GBP", "R$": "BRL", "US$": "USD", "CA$": "CAD", "C$": "CAD", "A$": "AUD", "AU$": "AUD",
    "NZ$": "NZD", "S$": "SGD", "HK$": "HKD", "MX$": "MXN", "円": "JPY", "₹": "INR", "zł": "PLN", "Kč": "CZK",
    "₩": "KRW", "₺": "TRY", "₪": "ILS", "$": "?dollar", "¥": "?yen", "￥": "?yen",
}  # fmt: skip
JAPANESE_UNITS = {"億": 100_000_000, "千万": 10_000_000, "百万": 1_000_000, "万": 10_000, "千": 1_000}
LEAST_BARE = 1_000  # a number without currency or scale is money only from here


@dataclass(frozen=True, slots=True)
class Amount:
    """A mention of money; `currency` is empty when none is stated and "?dollar" and the like when it is ambiguous.

    `low` and `high` differ for a range. `bare` numbers have neither currency nor a scale word.
    """

    low: Decimal
    high: Decimal
    currency: str
    start: int
    end: int
    bare: bool = False
    scale: Decimal = Decimal(1)

    @property
    def exact(self) -> bool:
        """Whether it is one value."""
        return self.low == self.high


def plain(value: Decimal) -> str:
    """Without separators; cents only when there are any."""
    return f"{value.quantize(Decimal(1)) if value == value.to_integral() else value.quantize(Decimal('0.01'))}"


@cache
def _codes() -> frozenset[str]:
    return frozenset(str(code) for code in Locale("en").currencies) - {"XXX", "ALL", "TOP", "CUP", "PAB"}


@cache
def _rule(language: str, scales: tuple[str, ...], words: tuple[str, ...]) -> regex.Pattern[str]:
    def alternatives(items: tuple[str, ...]) -> str:
        return "|".join(regex.escape(item) for item in sorted(items, key=len, reverse=True))

    sign = rf"(?:{alternatives(tuple(SIGNS))})"
    code = r"(?:(?<!\p{L})|(?<=\dT|\d\sT))(?:" + "|".join(sorted(_codes())) + r")(?!\p{Latin})"
    word = rf"(?:(?:{alternatives(words)})(?!\p{{Latin}}))"
    number = r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{2,3})*(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?"
    units = "億|千万|百万|万|千"
    scale = rf"(?:\s?(?:{units})|\s?T(?=EUR|USD|CHF|GBP)|\s?(?:{alternatives(scales)})(?!\p{{Latin}}))"
    thousands = r"(?<!\p{L})T(?=EUR|USD|CHF|GBP)"
    glue = r"\s?(?:de |d'|di )?"
    one = rf"(?:(?:{number}){scale}?(?:\d+(?:,\d+)*千?(?:百)?万?)?)"
    to = r"\s?(?:-|–|—|〜|～|~|to|bis|à|a|e|y|et|tot|und|and|から|até|hasta)\s?"
    first = rf"(?P<pre>{thousands})?(?P<c1>{sign}|{code}|{word})?\s?(?P<n1>{one})"
    upper = rf"{to}(?P<c3>{sign}|{code})?\s?(?P<n2>{one}){glue}(?P<c4>{sign}|{code}|{word})?"
    second = rf"(?:{glue}(?P<c2>{sign}|{code}|{word}))?(?:{upper})?"
    spaced = language != "ja"
    before = r"\p{L}" if spaced else r"\p{Latin}"
    return regex.compile(rf"(?<![{before}\d.,/\-]){first}{second}(?![\d%])", regex.IGNORECASE if spaced else 0)


def amounts(text: str, words: Lexicon) -> list[Amount]:
    """Every mention of money in order."""
    rule = _rule(words.language, tuple(words.scales), tuple(words.currencies))
    found = []
    for match in rule.finditer(text):
        amount = _amount(match, words)
        if amount is not None:
            found.append(amount)
    return found


def _amount(match: regex.Match[str], words: Lexicon) -> Amount | None:
    first, second = _value(match["n1"], words), _value(match["n2"] or "", words)
    if first is None:
        return None
    named = next((match[name] for name in ("c1", "c2", "c3", "c4") if match[name]), "")
    scale = Decimal(1000) if match["pre"] else Decimal(1)
    low, unit = first[0] * scale, first[1] * scale
    high = low
    end = match.end()
    if second is not None:
        high = second[0] * scale
        if first[1] == 1 and second[1] > 1:
            low *= second[1]
        if high <= low or (not named and first[1] == second[1] == 1):
            high, end = low, match.end("c2") if match["c2"] else match.end("n1")
    bare = not named and unit == 1
    if bare and (low < LEAST_BARE or regex.fullmatch(r"20\d\d", match["n1"].strip())):
        return None
    return Amount(low, high, _currency(named, words), match.start(), end, bare=bare, scale=unit)


def _value(text: str, words: Lexicon) -> tuple[Decimal, Decimal] | None:
    if not text:
        return None
    if regex.search(r"[億万千]", text):
        total = Decimal(0)
        for number, unit in regex.findall(r"([\d,.]+)\s?(億|千万|百万|万|千)?", text):
            total += (_decimal(number) or Decimal(0)) * JAPANESE_UNITS.get(unit, 1)
        return total, Decimal(2)
    match = regex.fullmatch(r"([\d.,'’\u00a0\u202f ]*\d)\s?(\D*)", text)
    number = _decimal(match[1]) if match else None
    if match is None or number is None:
        return None
    spoken = match[2].strip().lower()
    scale = (
        Decimal(1000)
        if spoken == "t"
        else next((Decimal(value) for word, value in words.scales.items() if word.lower() == spoken), Decimal(1))
    )
    return number * scale, scale


def _decimal(text: str) -> Decimal | None:
    """A number in any locale: the last separator is decimal unless three digits follow it or it repeats."""
    compact = regex.sub(r"[\s'’\u00a0\u202f]", "", text)
    marks = [mark for mark in compact if mark in ".,"]
    if marks:
        last = marks[-1]
        tail = len(compact) - compact.rindex(last) - 1
        if tail != 3 and marks.count(last) == 1:
            compact = compact.replace("," if last == "." else ".", "").replace(last, ".")
        else:
            compact = compact.replace(",", "").replace(".", "")
    try:
        return Decimal(compact)
    except InvalidOperation:
        return None


def _currency(named: str, words: Lexicon) -> str:
    if not named:
        return ""
    by_sign = next((code for sign, code in SIGNS.items() if sign.lower() == named.lower()), "")
    by_word = next((code for word, code in words.currencies.items() if word.lower() == named.lower()), "")
    return by_sign or by_word or named.upper()


def certain_currency(stated: str, *, country: str, language: str) -> str:
    """The code of what was stated, given the customer's country; "" when it stays ambiguous."""
    if not stated.startswith("?"):
        return stated
    own = str(get_territory_currencies(country)[0]) if country else ""
    kinds = {
        "?dollar": "USD" if own == "USD" else "",
        "?yen": "JPY" if language == "ja" or own == "JPY" else own if own == "CNY" else "",
        "?dollars": "USD" if own and not _is_dollar(own) else own if own == "USD" else "",
        "?peso": own if own in {"ARS", "CLP", "COP", "CUP", "DOP", "MXN", "PHP", "UYU"} else "",
        "?krone": own if own in {"DKK", "ISK", "NOK", "SEK", "CZK"} else "",
        "?franc": own if own in {"CHF", "XOF", "XAF", "XPF"} else "CHF" if language == "de" else "",
        "?rupee": own if own in {"INR", "LKR", "NPR", "PKR", "MUR"} else "",
    }
    return kinds.get(stated, "")


def _is_dollar(code: str) -> bool:
    return "Dollar" in str(Locale("en").currencies.get(code, ""))
