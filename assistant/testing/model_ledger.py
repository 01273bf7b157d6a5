"""A ledger of model spendings in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from assistant.ports.model_ledger import Group, Spending, Spent


@dataclass
class MemoryModelLedger:
    """A ModelLedger that forgets when the process ends."""

    kept: list[Spending] = field(default_factory=list)

    async def record(self, spending: Spending) -> None:
        """Keep a spending."""
        self.kept.append(spending)

    async def spent(self, since: datetime, *, tenant: str, partner: str = "", user: str = "") -> Spent:
        """What a tenant, a partner of it or a user of it took since then."""
        mine = (s for s in self.kept if s.at >= since and s.tenant == tenant)
        return _sum("", [s for s in mine if partner in {"", s.partner} and user in {"", s.user}])

    async def by(self, group: Group, *, since: datetime, tenant: str = "") -> list[Spent]:
        """What each took since then, most tokens first."""
        mine = [s for s in self.kept if s.at >= since and tenant in {"", s.tenant}]
        who = sorted({str(getattr(s, group)) for s in mine})
        sums = [_sum(each, [s for s in mine if getattr(s, group) == each]) for each in who]
        return sorted(sums, key=lambda spent: (-spent.tokens, spent.who))


def _sum(who: str, spendings: Iterable[Spending]) -> Spent:
    found = list(spendings)
    tokens = sum(s.input_tokens + s.output_tokens for s in found)
    return Spent(who, len(found), tokens, sum((s.cost for s in found), Decimal(0)))
