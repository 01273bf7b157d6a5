"""Records kept as JSON with searchable columns: read, add, replace under a version, and page through them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, Generic, Protocol, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    insert,
    select,
    tuple_,
    update,
)

from assistant.errors import InvalidRecord, Problem, RecordNotFound, StaleVersion, StorageError
from assistant.ports.prm import LARGEST_PAGE, Page, Window
from integrations.prm.register.database import Unit

Scalar = str | int
NAMES = {
    "DealRegistration": "deal",
    "CoSellInvitation": "invitation",
    "FundAllocation": "fund",
    "FundRequest": "fund request",
    "Partner": "partner",
    "Account": "account",
    "Program": "programme",
    "Certification": "certificate",
    "Opportunity": "opportunity",
}
LARGEST_NUMBER = 2**63  # what a column holds


class Record(Protocol):
    """What every kept record has."""

    @property
    def id(self) -> str:
        """Its id, unique within the tenant."""
        ...


T = TypeVar("T", bound=Record)


class Shelf(Generic[T]):
    """All records of one kind. `columns` gives the searchable values of a record."""

    def __init__(self, table: Table, kind: type[T], *, columns: Callable[[T], Mapping[str, Scalar]]) -> None:
        self.table = table
        self._kind = kind
        self._columns = columns
        self._json: TypeAdapter[T] = TypeAdapter(kind)
        self._has_version = "version" in getattr(kind, "__dataclass_fields__", ())
        read: list[ColumnElement[Any]] = [table.c.id, table.c.version, table.c.body]
        self._all: Select[Any] = select(*read).where(table.c.tenant == bindparam("tenant"))
        self._one: Select[Any] = self._all.where(table.c.id == bindparam("id"))
        mine = and_(table.c.tenant == bindparam("of_tenant"), table.c.id == bindparam("of_id"))
        self._add = insert(table)
        self._put = update(table).where(mine, table.c.version == bindparam("before"))

    def find(self, unit: Unit, record_id: str) -> T | None:
        """The record, or None."""
        row = unit.connection.execute(self._one, {"tenant": unit.tenant, "id": record_id}).first()
        return None if row is None else self.read(row)

    def get(self, unit: Unit, record_id: str) -> T:
        """The record; raises RecordNotFound."""
        found = self.find(unit, record_id)
        if found is None:
            raise not_found(self._kind.__name__, record_id)
        return found

    def all(self, unit: Unit, *conditions: ColumnElement[bool]) -> tuple[T, ...]:
        """Every record that meets the conditions, by id."""
        query = self._all.where(*conditions).order_by(self.table.c.id)
        rows = unit.connection.execute(query, {"tenant": unit.tenant})
        return tuple(self.read(row) for row in rows)

    def add(self, unit: Unit, record: T) -> T:
        """Keep a new record as version 1."""
        unit.connection.execute(self._add, self._values(unit, record, version=1))
        return self._versioned(record, 1)

    def add_all(self, unit: Unit, records: Iterable[T]) -> None:
        """Keep many new records, on PostgreSQL by COPY."""
        rows = [self._values(unit, record, version=1) for record in records]
        if rows and unit.connection.dialect.name == "postgresql":
            copied(unit.connection, self.table, rows)
        elif rows:
            unit.connection.execute(self._add, rows)

    def put(self, unit: Unit, record: T, *, version: str) -> T:
        """Replace the record if it still has this version; raises StaleVersion."""
        after = int(version) + 1 if version.isdecimal() and version.isascii() else 0
        mine = {"of_tenant": unit.tenant, "of_id": record.id, "before": after - 1}
        if not unit.connection.execute(self._put, self._values(unit, record, version=after) | mine).rowcount:
            raise stale(record.id, version)
        return self._versioned(record, after)

    def page(
        self, unit: Unit, *conditions: ColumnElement[bool], window: Window, by: str, descending: bool = False
    ) -> Page[T]:
        """A page in the order of a column, ties by id."""
        return self.merged(unit, [conditions], window=window, by=by, descending=descending)

    def merged(
        self,
        unit: Unit,
        branches: Iterable[Sequence[ColumnElement[bool]]],
        *,
        few: Iterable[Sequence[ColumnElement[bool]]] = (),
        window: Window,
        by: str,
        descending: bool = False,
    ) -> Page[T]:
        """A page of the records that meet the conditions of one branch; no record may meet those of two.

        Each branch is read on its own, in the order of its index: one query for all would have to sort them first.
        What the branches in `few` find is sorted: reading in the order of an index could mean to read all there is.
        """
        column, limit = self.table.c[by], checked_limit(window.limit)
        queries = [self._ordered(column, window, limit, descending=descending).where(*each) for each in branches]
        queries += [
            self._ordered(_unindexed(column), window, limit, descending=descending).where(*each) for each in few
        ]
        found = [unit.connection.execute(query, {"tenant": unit.tenant}).all() for query in queries]
        rows = found[0] if len(found) == 1 else sorted(chain(*found), key=_place, reverse=descending)[: limit + 1]
        cursor = write_cursor(rows[limit - 1].place, rows[limit - 1].id) if len(rows) > limit else ""
        return Page(items=tuple(self.read(row) for row in rows[:limit]), cursor=cursor)

    def _ordered(self, place: ColumnElement[Any], window: Window, limit: int, *, descending: bool) -> Select[Any]:
        identity = self.table.c.id
        query = self._all.add_columns(place.label("place"))
        if window.cursor:
            here, last = tuple_(place, identity), tuple_(*read_cursor(window.cursor))
            query = query.where(here < last if descending else here > last)
        order = (place.desc(), identity.desc()) if descending else (place, identity)
        return query.order_by(*order).limit(limit + 1)

    def read(self, row: Row[Any]) -> T:
        """The record of a row of this table."""
        body: str = row.body
        if self._has_version:  # joined to the text: making the record twice would cost as much as reading it
            body = f'{body[:-1]},"version":"{row.version}"}}'
        return self._json.validate_json(body)

    def _values(self, unit: Unit, record: T, *, version: int) -> dict[str, Scalar]:
        body = self._json.dump_json(self._versioned(record, 0), exclude_defaults=True).decode()
        return {"tenant": unit.tenant, "id": record.id, "version": version, "body": body, **self._columns(record)}

    def _versioned(self, record: T, version: int) -> T:
        if not self._has_version or getattr(record, "version", "") == (str(version) if version else ""):
            return record
        return replace(record, version=str(version) if version else "")  # type: ignore[type-var]


def copied(connection: Connection, table: Table, rows: Sequence[Mapping[str, Scalar]]) -> None:
    """Add rows to a table of PostgreSQL, each with the same columns. Raises StorageError."""
    from psycopg import Error  # noqa: PLC0415 - only who is on PostgreSQL needs its driver

    names = list(rows[0])
    driver: Any = connection.connection.driver_connection
    into = f"COPY {table.name} ({', '.join(names)}) FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(into) as copy:
            for row in rows:
                copy.write_row([row[name] for name in names])
    except Error as error:
        raise StorageError(f"The PRM's database refused: {error}", hint="Report this with the log.") from error


def _unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The value of a column in a form that no index has."""
    return column.concat("") if isinstance(column.type, Text) else column + 0


def _place(row: Row[Any]) -> tuple[Scalar, str]:
    return row.place, row.id


def checked_limit(limit: int) -> int:
    """The limit when it is one; raises InvalidRecord."""
    if not 1 <= limit <= LARGEST_PAGE:
        raise InvalidRecord.of(Problem(field="limit", code="out_of_range", message=f"must be 1 to {LARGEST_PAGE}"))
    return limit


def write_cursor(value: Scalar, record_id: str) -> str:
    """An opaque cursor that starts after this record."""
    return base64.urlsafe_b64encode(json.dumps([value, record_id]).encode()).decode()


def read_cursor(cursor: str) -> tuple[Scalar, str]:
    """What a cursor says; raises InvalidRecord for one we never made."""
    try:
        value, record_id = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
    except ValueError:
        value, record_id = None, None
    fits = isinstance(value, str) or (type(value) is int and abs(value) < LARGEST_NUMBER)
    if not fits or not isinstance(record_id, str):
        raise InvalidRecord.of(Problem(field="cursor", code="malformed", message="is not a cursor of an earlier page"))
    return value, record_id


def not_found(kind: str, record_id: str) -> RecordNotFound:
    """The one answer for what is not there and for what may not be seen."""
    message = f"There is no {NAMES.get(kind, kind)} {record_id!r} that you can see."
    return RecordNotFound(message, problems=(Problem(field="id", code="not_found", message=message),))


def stale(record_id: str, version: str) -> StaleVersion:
    """The error for a write on an old version."""
    message = f"{record_id} is no longer at version {version!r}."
    return StaleVersion(
        message, problems=(Problem(field="version", code="stale_version", message=message, retryable=True),)
    )
