"""What language models took, for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

Group = Literal["user", "partner", "tenant", "model"]


@dataclass(frozen=True, slots=True)
class Spending:
    """The model calls of one answer. `partner` is "" for somebody who belongs to none; cost in `currency`."""

    at: datetime
    tenant: str
    partner: str
    user: str
    model: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost: Decimal = Decimal(0)
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Spent:
    """The sum of some spendings; `who` is what they were grouped by."""

    who: str = ""
    answers: int = 0
    tokens: int = 0
    cost: Decimal = Decimal(0)


class ModelLedger(Protocol):
    """Keeps spendings. Raises StorageError when it cannot."""

    async def record(self, spending: Spending) -> None:
        """Keep a spending; it counts from now on."""
        ...

    async def spent(self, since: datetime, *, tenant: str, partner: str = "", user: str = "") -> Spent:
        """What a tenant, a partner of it or a user of it took since then."""
        ...

    async def by(self, group: Group, *, since: datetime, tenant: str = "") -> list[Spent]:
        """What each took since then, most tokens first; of all tenants where none is named."""
        ...
