"""Escalations on SQLite or PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, select, update

from assistant.domain.escalation import Escalation, Topic
from assistant.domain.people import Requester, Role
from assistant.errors import Forbidden, RecordNotFound
from integrations.records.conversations.rows import insert_new
from integrations.records.conversations.schema import escalations
from integrations.records.database import reading, writing

STAFF = {Role.CHANNEL_MANAGER, Role.ADMINISTRATOR}


class EscalationRecords:
    """Implements Escalations."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def add(self, escalation: Escalation) -> Escalation:
        """See Escalations."""
        return await asyncio.to_thread(self._add, escalation)

    def _add(self, escalation: Escalation) -> Escalation:
        values = {
            "tenant": escalation.tenant,
            "id": escalation.id,
            "requester": escalation.requester,
            "person": escalation.user,
            "thread": escalation.thread,
            "topic": escalation.topic.value,
            "words": escalation.words,
            "at": escalation.at.astimezone(UTC).isoformat(),
            "closed_at": "",
            "closed_by": "",
        }
        with writing(self._engine) as connection:
            insert_new(connection, escalations, values)
            return _kept(connection, escalation.tenant, escalation.id)

    async def open(self, *, requester: Requester) -> tuple[Escalation, ...]:
        """See Escalations."""
        table = escalations.c
        chosen = select(escalations).where(table.tenant == requester.tenant, table.closed_at == "")
        if requester.role not in STAFF:
            chosen = chosen.where(table.requester == requester.name, table.person == requester.user)
        chosen = chosen.order_by(table.at, table.id)

        def read(connection: Connection) -> tuple[Escalation, ...]:
            return tuple(_from(row) for row in connection.execute(chosen))

        return await asyncio.to_thread(reading, self._engine, read)

    async def close(self, escalation_id: str, *, requester: Requester) -> Escalation:
        """See Escalations."""
        if requester.role not in STAFF:
            raise Forbidden("Only channel managers and administrators close escalations.")
        return await asyncio.to_thread(self._close, escalation_id, requester)

    def _close(self, escalation_id: str, requester: Requester) -> Escalation:
        table = escalations.c
        waits = and_(table.tenant == requester.tenant, table.id == escalation_id, table.closed_at == "")
        values = {"closed_at": datetime.now(UTC).isoformat(), "closed_by": requester.name}
        with writing(self._engine) as connection:
            connection.execute(update(escalations).where(waits).values(values))
            return _kept(connection, requester.tenant, escalation_id)


def _kept(connection: Connection, tenant: str, escalation_id: str) -> Escalation:
    table = escalations.c
    row = connection.execute(select(escalations).where(table.tenant == tenant, table.id == escalation_id)).first()
    if row is None:
        raise RecordNotFound(f"There is no escalation {escalation_id!r}.", hint="See `liaison escalations list`.")
    return _from(row)


def _from(row: Row[Any]) -> Escalation:
    return Escalation(
        id=row.id,
        tenant=row.tenant,
        requester=row.requester,
        user=row.person,
        thread=row.thread,
        topic=Topic(row.topic),
        words=row.words,
        at=datetime.fromisoformat(row.at),
        closed_at=datetime.fromisoformat(row.closed_at) if row.closed_at else None,
        closed_by=row.closed_by,
    )
