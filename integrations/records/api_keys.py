"""API keys in the database of the content, on SQLite or PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from assistant.ports.api_keys import ApiKey
from integrations.records.database import reading, writing
from integrations.records.schema import api_keys


class ApiKeyRecords:
    """Keeps API keys on one SQLAlchemy engine. Close it when done."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    async def find(self, key_id: str) -> ApiKey | None:
        """The key with this id, revoked and expired ones included."""

        def read(connection: Connection) -> ApiKey | None:
            row = connection.execute(select(api_keys).where(api_keys.c.id == key_id)).first()
            return _key_from(row) if row else None

        return await asyncio.to_thread(reading, self._engine, read)

    async def all(self) -> list[ApiKey]:
        """Every key, oldest first."""

        def read(connection: Connection) -> list[ApiKey]:
            rows = connection.execute(select(api_keys).order_by(api_keys.c.created, api_keys.c.id))
            return [_key_from(row) for row in rows]

        return await asyncio.to_thread(reading, self._engine, read)

    async def put(self, key: ApiKey) -> None:
        """Store a key, in place of the one with the same id."""
        await asyncio.to_thread(self._put, key)

    def _put(self, key: ApiKey) -> None:
        with writing(self._engine) as connection:
            connection.execute(api_keys.delete().where(api_keys.c.id == key.id))
            connection.execute(
                api_keys.insert().values(
                    id=key.id,
                    name=key.name,
                    principal=key.principal,
                    scopes=" ".join(sorted(key.scopes)),
                    digest=key.digest,
                    created=key.created.isoformat(),
                    expires=_text(key.expires),
                    revoked=_text(key.revoked),
                    previous_digest=key.previous_digest,
                    previous_until=_text(key.previous_until),
                    rate_per_minute=key.rate_per_minute,
                )
            )


def _key_from(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        principal=row.principal,
        scopes=frozenset(row.scopes.split()),
        digest=row.digest,
        created=datetime.fromisoformat(row.created),
        expires=_moment(row.expires),
        revoked=_moment(row.revoked),
        previous_digest=row.previous_digest,
        previous_until=_moment(row.previous_until),
        rate_per_minute=row.rate_per_minute,
    )


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
