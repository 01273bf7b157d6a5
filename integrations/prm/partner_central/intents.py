"""What is about to be sent, kept before the call, so that a repeated key never makes a second record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Update, and_, bindparam, delete, insert, select, update

from assistant.errors import InvalidRecord, KeyReused, Problem
from assistant.ports.prm import Write
from integrations.prm.aws_wire.tables import intents
from integrations.prm.register.database import Database, micros

T = TypeVar("T")
LONGEST_KEY = 255
MINE = and_(
    intents.c.tenant == bindparam("my_tenant"),
    intents.c.principal == bindparam("my_principal"),
    intents.c.key == bindparam("my_key"),
)
FOUND = select(intents.c.digest, intents.c.record_id, intents.c.outcome).where(MINE)
ADDED = insert(intents)
NAMED = update(intents).where(MINE).values(record_id=bindparam("said"))
ENDED = update(intents).where(MINE).values(outcome=bindparam("said"))
FORGOTTEN = delete(intents).where(MINE, intents.c.record_id == "")


@dataclass(frozen=True, slots=True)
class Intent(Generic[T]):
    """A write under its key.

    `token` is the ClientToken of every call it makes, the same each time; `resumed` says that an earlier attempt may
    have been carried out; `record_id` what it made so far; `outcome` how it ended.
    """

    write: Write
    token: str
    resumed: bool = False
    record_id: str = ""
    outcome: T | None = None


class Intents(Generic[T]):
    """The intents of an installation whose outcomes are of one kind."""

    def __init__(self, database: Database, kind: type[T]) -> None:
        self._database = database
        self._json: TypeAdapter[T] = TypeAdapter(kind)

    def begin(self, write: Write, operation: str, target: str, body: object) -> Intent[T]:
        """The intent for a write, kept before anything is sent. Raises KeyReused for the same key with another body."""
        if not 1 <= len(write.key) <= LONGEST_KEY:
            message = f"must have 1 to {LONGEST_KEY} characters"
            raise InvalidRecord.of(Problem(field="key", code="required", message=message))
        digest = _digest(write, operation, target, body)
        name = f"{write.requester.tenant}\0{write.requester.name}\0{write.key}"
        token = hashlib.sha256(name.encode()).hexdigest()
        with self._database.writing(write.requester.tenant) as unit:
            row = unit.connection.execute(FOUND, _mine(write)).first()
            if row is None:
                values = {"tenant": unit.tenant, "principal": write.requester.name, "key": write.key}
                unit.connection.execute(ADDED, {**values, "digest": digest, "at": micros(unit.now)})
                return Intent(write, token)
        if row.digest != digest:
            message = f"The key {write.key!r} was used for another request."
            raise KeyReused(message, problems=(Problem(field="key", code="key_reused", message=message),))
        outcome = self._json.validate_json(row.outcome) if row.outcome else None
        return Intent(write, token, resumed=True, record_id=row.record_id, outcome=outcome)

    def made(self, write: Write, record_id: str) -> None:
        """Keep the id of the record a write made."""
        self._say(write, NAMED, record_id)

    def ended(self, write: Write, outcome: T) -> T:
        """Keep how a write ended; the outcome."""
        self._say(write, ENDED, self._json.dump_json(outcome).decode())
        return outcome

    def refused(self, write: Write) -> None:
        """Forget a write that surely changed nothing, so that a corrected one may use the key."""
        with self._database.writing(write.requester.tenant) as unit:
            unit.connection.execute(FORGOTTEN, _mine(write))

    def _say(self, write: Write, statement: Update, said: str) -> None:
        with self._database.writing(write.requester.tenant) as unit:
            unit.connection.execute(statement, {**_mine(write), "said": said})


def _mine(write: Write) -> dict[str, str]:
    who = write.requester
    return {"my_tenant": who.tenant, "my_principal": who.name, "my_key": write.key}


def _digest(write: Write, operation: str, target: str, body: object) -> str:
    kind: Any = type(body)
    said = _adapter(kind).dump_json(body)
    parts = (operation.encode(), target.encode(), write.expected_version.encode(), said)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
