"""What people call the fields of records and where values came from, in their language."""

from __future__ import annotations

from decimal import Decimal

import regex
from babel import Locale
from babel.core import UnknownLocaleError
from babel.numbers import format_decimal

from assistant.domain.approvals import Source
from assistant.domain.money import Money
from prompts.messages import message

PLACE = regex.compile(r"\[\d+\]")


def label(path: str, language: str) -> str:
    """The name of a field such as "customer.name"; the path itself where nobody gave it one."""
    named = PLACE.sub("", path).replace(".", "_")
    try:
        return message(f"field_{named}", language)
    except KeyError:
        return path


def number_told(value: Decimal | int, language: str) -> str:
    """A number as people of a language write it: 6,000 in English, 6.000 in German (Unicode CLDR)."""
    try:
        return str(format_decimal(value, locale=Locale.parse(language.replace("-", "_")), decimal_quantization=False))
    except (UnknownLocaleError, ValueError):
        return f"{value:,}"


def money_told(money: Money, language: str) -> str:
    """An amount as people of a language write it, with the currency's code."""
    return f"{number_told(money.amount, language)} {money.currency}"


def country_told(code: str, language: str) -> str:
    """A country as people of a language call it (Unicode CLDR); its code where nobody calls it anything."""
    try:
        return str(Locale.parse(language.replace("-", "_")).territories.get(code, code))
    except (UnknownLocaleError, ValueError):
        return code


def origin_label(source: Source, quote: str, language: str) -> str:
    """Where a value came from, with the words it stands in where they say it in another way."""
    told = message(f"origin_{source.value}", language)
    return f"{told}: “{quote}”" if quote else told
