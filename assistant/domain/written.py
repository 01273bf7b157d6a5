"""Numbers, amounts, days and countries as people of a language write them (Unicode CLDR)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import format_decimal, format_percent, get_currency_precision

from assistant.domain.money import Money

COMMAS = {"ar": "، ", "ja": "、"}
PLAIN = ""  # the language of whoever reads digits and ISO 8601: a model


def number_told(value: Decimal | int, language: str) -> str:
    """A number with all its digits: 6,000 in English, 6.000 in German."""
    locale = _locale(language)
    return str(format_decimal(value, locale=locale, decimal_quantization=False)) if locale else f"{value:,}"


def amount_told(amount: Decimal, currency: str, language: str) -> str:
    """An amount with the currency's code; what is not whole has the decimals of its currency, and nothing is rounded.

    The code and not a sign, since "$" is the money of many countries.
    """
    exact, locale = amount.normalize(), _locale(language)
    digits = -int(exact.as_tuple().exponent) if exact.is_finite() else 0
    shown = max(digits, get_currency_precision(currency)) if digits > 0 else 0
    if locale is None:
        return f"{amount:,.{shown}f} {currency}"
    grouped = locale.decimal_formats[None].pattern.partition(".")[0]
    pattern = f"{grouped}.{'0' * shown}"
    return f"{format_decimal(amount, format=pattern, locale=locale)} {currency}"


def money_told(money: Money, language: str) -> str:
    """An amount of money, as amount_told."""
    return amount_told(money.amount, money.currency, language)


def share_told(share: float, language: str, *, decimals: int = 1) -> str:
    """A share in percent: 12.5% in English, 12,5 % in German."""
    locale = _locale(language)
    if locale is None:
        return f"{share:.{decimals}%}"
    pattern = locale.percent_formats[None].pattern
    pattern = pattern.replace("0", f"0.{'0' * decimals}") if decimals else pattern
    return str(format_percent(share, format=pattern, locale=locale))


def day_told(day: date, language: str) -> str:
    """A day with its month as a word, so that nobody takes it for the day: 1 December is never the 12th of January."""
    locale = _locale(language)
    return str(format_date(day, format="long", locale=locale)) if locale else f"{day:%Y-%m-%d}"


def moment_told(moment: datetime, language: str) -> str:
    """A day and a time of it, in UTC."""
    at, locale = moment.astimezone(UTC), _locale(language)
    if locale is None:
        return f"{at:%Y-%m-%d, %H:%M} UTC"
    time = format_time(at, format="short", locale=locale)
    both = str(get_datetime_format("medium", locale=locale))  # "{1}, {0}" in most languages
    return f"{both.format(time, day_told(at, language))} UTC"


def country_told(code: str, language: str) -> str:
    """The name of a country; its code where nobody calls it anything."""
    locale = _locale(language)
    return str(locale.territories.get(code, code)) if locale else code


def listed(told: Iterable[str], language: str) -> str:
    """Several things in a row, with the comma of the language; beside figures a Latin one reads as theirs in Arabic."""
    return COMMAS.get(language.replace("_", "-").split("-")[0].lower(), ", ").join(told)


@lru_cache(maxsize=256)
def _locale(language: str) -> Locale | None:
    """What is known of a language; None for one that nobody described."""
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
