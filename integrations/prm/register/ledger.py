"""Each idempotency key does its work once: the outcome is kept with the work, in the same transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError
from sqlalchemy import bindparam, insert, select

from assistant.errors import InvalidRecord, KeyReused, Problem
from assistant.ports.prm import Write
from integrations.prm.register import schema
from integrations.prm.register.database import Unit, micros

T = TypeVar("T")
LONGEST_KEY = 255
_COLUMNS = schema.idempotency.c
_KNOWN = select(_COLUMNS.digest, _COLUMNS.outcome).where(
    *(column == bindparam(column.name) for column in (_COLUMNS.tenant, _COLUMNS.principal, _COLUMNS.key))
)
_KEEP = insert(schema.idempotency)


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
    outcomes, digest = _json(cast("Any", kind)), _readable_digest(write, request)
    mine = {"tenant": unit.tenant, "principal": write.requester.name, "key": write.key}
    row = unit.connection.execute(_KNOWN, mine).first()
    if row is None:
        outcome = work()
        kept = outcomes.dump_json(outcome).decode()
        unit.connection.execute(_KEEP, {"digest": digest, "outcome": kept, "at": micros(unit.now), **mine})
        return outcome
    if row.digest != digest:
        message = f"The key {write.key!r} was used for another request."
        raise KeyReused(message, problems=(Problem(field="key", code="key_reused", message=message),))
    repeated: T = outcomes.validate_json(row.outcome)
    return repeated


@cache
def _json(kind: type[Any]) -> TypeAdapter[Any]:
    """How records of a kind are read and written; made once, as making it costs more than a write."""
    return TypeAdapter(kind)


def _readable_digest(write: Write, request: Request) -> str:
    try:
        return _digest(write, request)
    except (UnicodeEncodeError, PydanticSerializationError) as error:
        message = "contains half a character; send valid Unicode"
        raise InvalidRecord.of(Problem(field="", code="malformed_text", message=message)) from error


def _digest(write: Write, request: Request) -> str:
    body = _json(cast("Any", type(request.body))).dump_json(request.body)
    parts = (request.operation.encode(), request.target.encode(), write.expected_version.encode(), body)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
