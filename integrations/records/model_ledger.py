"""What language models took, in the database of the content, on SQLite or PostgreSQL."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import Connection, Engine, select

from assistant.ports.model_ledger import Group, Spending, Spent
from integrations.records.database import reading, writing
from integrations.records.schema import model_spending

COLUMNS = {"user": "person", "partner": "partner", "tenant": "tenant", "model": "model"}


class ModelLedgerRecords:
    """Keeps spendings on one SQLAlchemy engine. Close it when done. Costs are added exactly."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    async def record(self, spending: Spending) -> None:
        """Keep a spending."""
        await asyncio.to_thread(self._record, spending)

    def _record(self, spending: Spending) -> None:
        with writing(self._engine) as connection:
            connection.execute(
                model_spending.insert().values(
                    at=_moment(spending.at),
                    tenant=spending.tenant,
                    partner=spending.partner,
                    person=spending.user,
                    model=spending.model,
                    calls=spending.calls,
                    input_tokens=spending.input_tokens,
                    output_tokens=spending.output_tokens,
                    cost=str(spending.cost),
                    currency=spending.currency,
                )
            )

    async def spent(self, since: datetime, *, tenant: str, partner: str = "", user: str = "") -> Spent:
        """What a tenant, a partner of it or a user of it took since then."""
        chosen = [model_spending.c.at >= _moment(since), model_spending.c.tenant == tenant]
        if partner:
            chosen.append(model_spending.c.partner == partner)
        if user:
            chosen.append(model_spending.c.person == user)

        def read(connection: Connection) -> Spent:
            rows = connection.execute(
                select(model_spending.c.input_tokens, model_spending.c.output_tokens, model_spending.c.cost).where(
                    *chosen
                )
            ).all()
            return Spent("", len(rows), sum(r[0] + r[1] for r in rows), sum((Decimal(r[2]) for r in rows), Decimal(0)))

        return await asyncio.to_thread(reading, self._engine, read)

    async def by(self, group: Group, *, since: datetime, tenant: str = "") -> list[Spent]:
        """What each took since then, most tokens first."""
        chosen = [model_spending.c.at >= _moment(since)]
        if tenant:
            chosen.append(model_spending.c.tenant == tenant)

        def read(connection: Connection) -> list[Spent]:
            found: dict[str, Spent] = defaultdict(Spent)
            for row in connection.execute(select(model_spending).where(*chosen)).mappings():
                who, so_far = row[COLUMNS[group]], found[row[COLUMNS[group]]]
                tokens = so_far.tokens + row["input_tokens"] + row["output_tokens"]
                found[who] = Spent(who, so_far.answers + 1, tokens, so_far.cost + Decimal(row["cost"]))
            return sorted(found.values(), key=lambda spent: (-spent.tokens, spent.who))

        return await asyncio.to_thread(reading, self._engine, read)


def _moment(at: datetime) -> str:
    """A moment in UTC, so that text sorts as time does."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
