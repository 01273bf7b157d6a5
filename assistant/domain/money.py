"""Amounts of money: exact decimals in an ISO 4217 currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

from babel.core import get_global
from babel.numbers import get_currency_precision

from assistant.errors import InvalidRecord, Problem

MOST = Decimal(10) ** 14  # above any contract; catches amounts typed in the wrong unit


@cache
def currencies() -> frozenset[str]:
    """The ISO 4217 codes that are legal tender somewhere today (Unicode CLDR)."""
    rows = (row for rows in get_global("territory_currencies").values() for row in rows)
    return frozenset(code for code, _start, end, tender in rows if tender and end is None)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in one currency, with no more decimals than the currency has.

    Raises InvalidRecord for an unknown currency, an amount that is not finite, or too many decimals.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        problems = tuple(_problems(self.amount, self.currency))
        if problems:
            raise InvalidRecord.of(*problems)

    def __str__(self) -> str:
        return f"{self.amount:,} {self.currency}"

    @classmethod
    def read(cls, amount: str, currency: str) -> Money:
        """Money from text such as "25000.00"; raises InvalidRecord for anything but a plain decimal number."""
        try:
            return cls(amount=Decimal(amount), currency=currency)
        except InvalidOperation:
            message = f"{amount!r} is not a decimal number such as 25000.00"
            raise InvalidRecord.of(Problem(field="amount", code="not_a_number", message=message)) from None

    def plus(self, other: Money) -> Money:
        """The sum; raises InvalidRecord when the currencies differ."""
        if other.currency != self.currency:
            message = f"cannot add {other.currency} to {self.currency}"
            raise InvalidRecord.of(Problem(field="currency", code="wrong_currency", message=message))
        return Money(amount=self.amount + other.amount, currency=self.currency)

    def minus(self, other: Money) -> Money:
        """The difference; raises InvalidRecord when the currencies differ."""
        return self.plus(Money(amount=-other.amount, currency=other.currency))


def _problems(amount: Decimal, currency: str) -> list[Problem]:
    if currency not in currencies():
        message = f"{currency!r} is not an ISO 4217 code in use, such as USD, EUR or JPY"
        return [Problem(field="currency", code="unknown_currency", message=message)]
    if not amount.is_finite() or abs(amount) > MOST:
        return [Problem(field="amount", code="out_of_range", message=f"must be a number up to {MOST:,}")]
    decimals = get_currency_precision(currency)
    exponent = amount.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > decimals:
        message = f"{currency} has {decimals} decimals, {amount} has more"
        return [Problem(field="amount", code="too_many_decimals", message=message)]
    return []
