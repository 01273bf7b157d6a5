"""What is about to be sent, kept before the call, so that a repeated key never makes a second record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, insert, select, update

from assistant.errors import InvalidRecord, KeyReused, Problem
from assistant.ports.prm import Write
from integrations.prm.aws_wire.tables import intents
from integrations.prm.register.database import Database, micros

T = TypeVar("T")
LONGEST_KEY = 255


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
            row = unit.connection.execute(select(intents).where(_mine(write))).first()
            if row is None:
                values = {"tenant": unit.tenant, "principal": write.requester.name, "key": write.key}
                unit.connection.execute(insert(intents).values(digest=digest, at=micros(unit.now), **values))
                return Intent(write, token)
        if row.digest != digest:
            message = f"The key {write.key!r} was used for another request."
            raise KeyReused(message, problems=(Problem(field="key", code="key_reused", message=message),))
        outcome = self._json.validate_json(row.outcome) if row.outcome else None
        return Intent(write, token, resumed=True, record_id=row.record_id, outcome=outcome)

    def made(self, write: Write, record_id: str) -> None:
        """Keep the id of the record a write made."""
        self._set(write, record_id=record_id)

    def ended(self, write: Write, outcome: T) -> T:
        """Keep how a write ended; the outcome."""
        self._set(write, outcome=self._json.dump_json(outcome).decode())
        return outcome

    def refused(self, write: Write) -> None:
        """Forget a write that surely changed nothing, so that a corrected one may use the key."""
        with self._database.writing(write.requester.tenant) as unit:
            unit.connection.execute(intents.delete().where(_mine(write), intents.c.record_id == ""))

    def _set(self, write: Write, **values: str) -> None:
        with self._database.writing(write.requester.tenant) as unit:
            unit.connection.execute(update(intents).where(_mine(write)).values(**values))


def _mine(write: Write) -> ColumnElement[bool]:
    return and_(
        intents.c.tenant == write.requester.tenant,
        intents.c.principal == write.requester.name,
        intents.c.key == write.key,
    )


def _digest(write: Write, operation: str, target: str, body: object) -> str:
    said = TypeAdapter(type(body)).dump_json(body)
    parts = (operation.encode(), target.encode(), write.expected_version.encode(), said)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
