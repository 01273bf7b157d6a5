"""Which Slack account was linked to which principal, and the codes that make such links."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import Connection, Engine, delete, select

from assistant.errors import Forbidden
from assistant.ports.clock import Clock
from integrations.records.database import reading, written
from integrations.records.slack.schema import codes, links


class LinkRecords:
    """Explicit links of accounts, on one SQLAlchemy engine. A code is kept as its digest and is good once."""

    def __init__(self, engine: Engine, *, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def principal(self, team: str, user: str) -> str:
        """The principal that an account is linked to; "" when it is not."""
        chosen = select(links.c.principal).where(links.c.team == team, links.c.person == user)

        def read(connection: Connection) -> str:
            return str(connection.execute(chosen).scalar_one_or_none() or "")

        return await asyncio.to_thread(reading, self._engine, read)

    async def linked(self, prefix: str) -> tuple[tuple[str, str], ...]:
        """The accounts, each its team and user, that are linked to a principal whose name begins so."""
        chosen = select(links.c.team, links.c.person).where(links.c.principal.startswith(prefix, autoescape=True))

        def read(connection: Connection) -> tuple[tuple[str, str], ...]:
            return tuple((row.team, row.person) for row in connection.execute(chosen.order_by(links.c.person)))

        return await asyncio.to_thread(reading, self._engine, read)

    async def new_code(self, principal: str, *, lifetime: timedelta) -> str:
        """A code that links whoever gives it first to a principal."""
        code = secrets.token_urlsafe(18)
        expires = (self._clock.now() + lifetime).isoformat()
        row = {"digest": _digest(code), "principal": principal, "expires": expires}
        await written(self._engine, lambda connection: connection.execute(codes.insert().values(row)))
        return code

    async def link(self, team: str, user: str, *, code: str) -> str:
        """Link an account by a code; the principal it now stands for. Raises Forbidden for a code that is not good."""
        now = self._clock.now()
        taken = delete(codes).where(codes.c.digest == _digest(code)).returning(codes.c.principal, codes.c.expires)

        def work(connection: Connection) -> str:
            found = connection.execute(taken).first()
            if found is None or found.expires <= now.isoformat():
                return ""
            _unlink(connection, team, user)
            row = {"team": team, "person": user, "principal": found.principal, "linked_at": now.isoformat()}
            connection.execute(links.insert().values(row))
            return str(found.principal)

        principal = await written(self._engine, work)
        if not principal:
            hint = "Ask your channel manager for a new one; each is good once and for a short time."
            raise Forbidden("This code is unknown, used or expired.", hint=hint)
        return principal

    async def unlink(self, team: str, user: str) -> None:
        """Forget the link of an account."""
        await written(self._engine, lambda connection: _unlink(connection, team, user))


def _unlink(connection: Connection, team: str, user: str) -> None:
    connection.execute(delete(links).where(links.c.team == team, links.c.person == user))


def _digest(code: str) -> str:
    return hashlib.sha256(code.strip().encode()).hexdigest()
