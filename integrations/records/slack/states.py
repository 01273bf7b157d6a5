"""The states of installations that were begun: each is good once, for ten minutes, in the browser that began it."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from sqlalchemy import Connection, Engine, delete

from assistant.ports.clock import Clock
from integrations.records.database import written
from integrations.records.slack.schema import states

SECONDS = 600


class StateRecords(AsyncOAuthStateStore):
    """States on one SQLAlchemy engine, kept as digests. The SDK's store lets two requests consume one state."""

    def __init__(self, engine: Engine, *, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def async_issue(self, *_args: Any, **_kwargs: Any) -> str:  # noqa: ANN401 - the SDK's signature
        """A new state. Raises StorageError."""
        state, now = secrets.token_urlsafe(32), self._now()
        row = {"digest": _digest(state), "expires": now + SECONDS}

        def work(connection: Connection) -> None:
            connection.execute(delete(states).where(states.c.expires <= now))
            connection.execute(states.insert().values(row))

        await written(self._engine, work)
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether a state was issued, is not too old, and was not consumed before. Raises StorageError."""
        taken = delete(states).where(states.c.digest == _digest(state)).returning(states.c.expires)
        expires = await written(self._engine, lambda connection: connection.execute(taken).scalar_one_or_none())
        return expires is not None and float(expires) > self._now()

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
