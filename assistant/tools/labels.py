"""What people call the fields of records and where values came from, in their language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

import regex

from assistant.domain.approvals import Source
from assistant.domain.written import amount_told, country_told, day_told
from assistant.tools.complaints import code_told
from prompts.messages import message

AMOUNTS = {"value.amount": "value.currency", "amount.amount": "amount.currency"}
DAYS = frozenset({"target_close", "starts", "ends", "until"})
PLACE = regex.compile(r"\[\d+\]")


def label(path: str, language: str) -> str:
    """The name of a field such as "customer.name"; the path itself where nobody gave it one."""
    named = PLACE.sub("", path).replace(".", "_")
    try:
        return message(f"field_{named}", language)
    except KeyError:
        return path


def value_told(name: str, value: str, beside: Mapping[str, str], language: str) -> str:
    """A stored value as people of a language write it: money with its currency, days, countries and codes by name.

    `beside` are the values that stand with it, by path. What is stored, hashed and written stays as it is.
    """
    try:
        if name in AMOUNTS:
            return amount_told(Decimal(value), beside.get(AMOUNTS[name], ""), language).strip()
        if name in DAYS:
            return day_told(date.fromisoformat(value), language)
    except (InvalidOperation, ValueError):
        return value
    return country_told(value, language) if name == "customer.country" else code_told(name, value, language)


def origin_label(source: Source, quote: str, language: str) -> str:
    """Where a value came from, with the words it stands in where they say it in another way."""
    told = message(f"origin_{source.value}", language)
    return f"{told}: “{quote}”" if quote else told
