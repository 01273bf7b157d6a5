"""Each idempotency key does its work once: the outcome is kept with the work, in the same transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError
from sqlalchemy import insert, select

from assistant.errors import InvalidRecord, KeyReused, Problem
from assistant.ports.prm import Write
from integrations.prm.register import schema
from integrations.prm.register.database import Unit, micros

T = TypeVar("T")
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: the operation's name, the record it is about, and its body."""

    operation: str
    target: str
    body: object


def once(unit: Unit, write: Write, request: Request, kind: type[T], work: Callable[[], T]) -> T:
    """What `work` returns, done at most once for this key; raises KeyReused for the same key with another request."""
    if not 1 <= len(write.key) <= LONGEST_KEY:
        message = f"must have 1 to {LONGEST_KEY} characters"
        raise InvalidRecord.of(Problem(field="key", code="required", message=message))
    outcomes: TypeAdapter[Any] = TypeAdapter(kind)
    table, digest = schema.idempotency, _readable_digest(write, request)
    mine = {"tenant": unit.tenant, "principal": write.requester.name, "key": write.key}
    row = unit.connection.execute(select(table).filter_by(**mine)).first()
    if row is None:
        outcome = work()
        kept = outcomes.dump_json(outcome).decode()
        unit.connection.execute(insert(table).values(digest=digest, outcome=kept, at=micros(unit.now), **mine))
        return outcome
    if row.digest != digest:
        message = f"The key {write.key!r} was used for another request."
        raise KeyReused(message, problems=(Problem(field="key", code="key_reused", message=message),))
    repeated: T = outcomes.validate_json(row.outcome)
    return repeated


def _readable_digest(write: Write, request: Request) -> str:
    try:
        return _digest(write, request)
    except (UnicodeEncodeError, PydanticSerializationError) as error:
        message = "contains half a character; send valid Unicode"
        raise InvalidRecord.of(Problem(field="", code="malformed_text", message=message)) from error


def _digest(write: Write, request: Request) -> str:
    body = TypeAdapter(type(request.body)).dump_json(request.body)
    parts = (request.operation.encode(), request.target.encode(), write.expected_version.encode(), body)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
