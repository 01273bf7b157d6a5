"""The durable inbox of Slack events on SQLite or PostgreSQL."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Connection, Engine, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from assistant.ports.clock import Clock
from assistant.ports.event_inbox import Arrival, Claim
from integrations.records.database import driven, reading, written
from integrations.records.slack.schema import inbox


class InboxRecords:
    """Implements EventInbox on one SQLAlchemy engine."""

    def __init__(self, engine: Engine, *, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
        # No RETURNING: the driver then takes all rows in one call, at a third of the time.
        self._insert = dialect.insert(inbox).on_conflict_do_nothing(index_elements=["key"])
        self._written = str(self._insert.compile(dialect=engine.dialect))  # the columns in the order of the table

    async def put(self, arrivals: Sequence[Arrival]) -> int:
        """See EventInbox."""
        distinct = {each.key: each for each in arrivals}
        if not distinct:
            return 0
        now = self._now()
        # Rows in the order of their keys: two writers of the same events never wait for each other in a circle.
        ordered = [distinct[key] for key in sorted(distinct)]
        rows = [(each.key, each.kind, each.body, now, now, 0, "", 0.0) for each in ordered]
        if self._engine.dialect.name == "sqlite":
            return await asyncio.to_thread(driven, self._engine, self._written, rows)
        named = [dict(zip(inbox.columns.keys(), row, strict=True)) for row in rows]

        def work(connection: Connection) -> int:
            kept = connection.execute(self._insert, named, execution_options={"preserve_rowcount": True})
            return int(kept.rowcount)

        return await written(self._engine, work)

    async def claim(self, *, limit: int, lease: timedelta) -> tuple[Claim, ...]:
        """See EventInbox."""
        now, holder = self._now(), uuid.uuid4().hex
        free = select(inbox.c.key).where(inbox.c.over == 0, inbox.c.free_at <= now)
        chosen = free.order_by(inbox.c.free_at).limit(limit).with_for_update(skip_locked=True)
        lent = {"holder": holder, "free_at": now + lease.total_seconds(), "attempts": inbox.c.attempts + 1}

        def work(connection: Connection) -> tuple[Claim, ...]:
            keys = list(connection.execute(chosen).scalars())
            if not keys:
                return ()
            taken = update(inbox).where(inbox.c.key.in_(keys)).values(lent).returning(inbox)
            rows = sorted(connection.execute(taken).all(), key=lambda row: float(row.arrived))
            return tuple(
                Claim(Arrival(key=row.key, kind=row.kind, body=row.body), attempt=row.attempts, holder=holder)
                for row in rows
            )

        return await written(self._engine, work)

    async def renew(self, claims: Sequence[Claim], *, lease: timedelta) -> None:
        """See EventInbox."""
        await self._change(claims, {"free_at": self._now() + lease.total_seconds()})

    async def finish(self, claims: Sequence[Claim]) -> None:
        """See EventInbox."""
        await self._change(claims, {"over": self._now(), "body": ""})

    async def release(self, claims: Sequence[Claim], *, after: timedelta = timedelta(0)) -> None:
        """See EventInbox."""
        await self._change(claims, {"free_at": self._now() + after.total_seconds(), "holder": ""})

    async def bury(self, claims: Sequence[Claim]) -> None:
        """See EventInbox."""
        await self.finish(claims)

    async def waiting(self) -> int:
        """See EventInbox."""
        counted = select(func.count()).select_from(inbox).where(inbox.c.over == 0)
        return int(await asyncio.to_thread(reading, self._engine, lambda found: found.execute(counted).scalar_one()))

    async def sweep(self, *, older: timedelta) -> int:
        """See EventInbox."""
        gone = delete(inbox).where(inbox.c.over > 0, inbox.c.over < self._now() - older.total_seconds())
        return await written(self._engine, lambda connection: connection.execute(gone).rowcount)

    async def _change(self, claims: Sequence[Claim], values: Mapping[str, object]) -> None:
        held = (inbox.c.key == bindparam("claimed")) & (inbox.c.holder == bindparam("lent_to")) & (inbox.c.over == 0)
        changed = update(inbox).where(held).values(dict(values))
        rows = sorted(({"claimed": c.arrival.key, "lent_to": c.holder} for c in claims), key=lambda row: row["claimed"])
        if rows:
            await written(self._engine, lambda connection: connection.execute(changed, rows).rowcount)

    def _now(self) -> float:
        return self._clock.now().timestamp()
