"""Moving whole tenants in and out: records to tables, and JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from itertools import islice
from typing import Any, TextIO

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import BigInteger, Column, MetaData, Table, func, insert, select, text

from assistant.deals.draft import invalid
from assistant.domain.deals_lifecycle import TERMINAL
from assistant.errors import InvalidRecord, Problem
from assistant.ports.prm_archive import Archive
from integrations.prm.register import kept, schema
from integrations.prm.register.candidates import keep_keys
from integrations.prm.register.database import Unit
from integrations.prm.register.kept import unpacked
from integrations.prm.register.shelf import Shelf

SHELVES: dict[str, Shelf[Any]] = {
    "programs": kept.PROGRAMS,
    "territories": kept.TERRITORIES,
    "partners": kept.PARTNERS,
    "certifications": kept.CERTIFICATIONS,
    "accounts": kept.ACCOUNTS,
    "deals": kept.DEALS,
    "opportunities": kept.OPPORTUNITIES,
    "invitations": kept.INVITATIONS,
    "allocations": kept.ALLOCATIONS,
    "fund_requests": kept.FUND_REQUESTS,
}
ARCHIVE: TypeAdapter[Archive] = TypeAdapter(Archive)
ENDED = [state.value for state in TERMINAL]
BATCH = 2000
INDEXED = {schema.deals: schema.deal_keys, schema.accounts: schema.account_keys}
_unsorted = Table(
    "prm_unsorted_keys",
    MetaData(),
    Column("key", BigInteger),
    Column("record", BigInteger),
    prefixes=["TEMPORARY"],
)


def empty(unit: Unit) -> bool:
    """Whether the tenant has no partners yet."""
    table = schema.partners.c
    return not unit.connection.scalar(select(func.count()).where(table.tenant == unit.tenant))


def load(unit: Unit, archives: Iterable[Archive]) -> int:
    """Add every record of the archives, read one after the other so that memory stays small; how many.

    Existing ids are an error of the database.
    """
    before = {table: unit.connection.scalar(select(func.max(table.c.no))) or 0 for table in INDEXED}
    filled = [part for table, keys in INDEXED.items() if not before[table] for part in (table, keys)]
    with _indexed_at_the_end(unit, filled):
        count = sum(_add(unit, archive) for archive in archives)
        for table, keys in INDEXED.items():
            _key(unit, table, keys, after=before[table])
    return count


@contextmanager
def _indexed_at_the_end(unit: Unit, tables: Iterable[Table]) -> Iterator[None]:
    """Fill empty tables first and index them then: sorting once is far quicker than keeping the order in between."""
    indexes = [index for table in tables for index in sorted(table.indexes, key=str)]
    for index in indexes:
        index.drop(unit.connection)
    yield
    for index in indexes:
        index.create(unit.connection)
    if unit.connection.dialect.name == "postgresql":
        unit.connection.execute(text("ANALYZE"))


def _add(unit: Unit, archive: Archive) -> int:
    for name, shelf in SHELVES.items():
        records = getattr(archive, name)
        for place in range(0, len(records), BATCH):
            shelf.add_all(unit, records[place : place + BATCH])
    rows = [
        {"tenant": unit.tenant, "partner_id": member.partner_id, "opportunity_id": opportunity.id}
        for opportunity in archive.opportunities
        for member in opportunity.team
    ]
    if rows:
        unit.connection.execute(insert(schema.members), rows)
    return sum(len(getattr(archive, name)) for name in SHELVES)


def _key(unit: Unit, table: Table, keys: Table, *, after: int) -> None:
    """Make the records added since findable by identity: their keys are kept in sorted order, from a table beside."""
    query = select(table.c.no, table.c.identity).where(table.c.tenant == unit.tenant, table.c.no > after)
    if table is schema.deals:
        query = query.where(table.c.state.not_in(ENDED))
    _unsorted.create(unit.connection)
    for rows in unit.connection.execute(query, execution_options={"yield_per": BATCH}).partitions():
        keep_keys(unit, _unsorted, ((row.no, unpacked(row.identity)) for row in rows))
    ordered = select(_unsorted).order_by(_unsorted.c.key, _unsorted.c.record)
    unit.connection.execute(insert(keys).from_select(("key", "record"), ordered))
    _unsorted.drop(unit.connection)


def dump(unit: Unit) -> Archive:
    """Every record of the tenant."""
    return Archive(**{name: shelf.all(unit) for name, shelf in SHELVES.items()})


def write_lines(archive: Archive, out: TextIO) -> int:
    """The archive as JSON lines {"kind", "record"}; how many lines."""
    count = 0
    for name, records in json.loads(ARCHIVE.dump_json(archive)).items():
        for record in records:
            out.write(json.dumps({"kind": name, "record": record}, ensure_ascii=False) + "\n")
            count += 1
    return count


def read_lines(lines: Iterable[str]) -> Iterator[Archive]:
    """The archives of JSON lines, some thousand records each; raises InvalidRecord that names the line and field."""
    numbered = enumerate(lines, start=1)
    while batch := list(islice(numbered, BATCH)):
        kinds: dict[str, list[object]] = {name: [] for name in SHELVES}
        for number, line in batch:
            try:
                row = json.loads(line)
                kinds[row["kind"]].append(row["record"])
            except (ValueError, TypeError, KeyError) as error:
                message = f"is no JSON object with a known kind and a record: {error}"
                raise InvalidRecord.of(Problem(field=f"line {number}", code="malformed", message=message)) from error
        yield checked_archive(kinds)


def checked_archive(kinds: Mapping[str, Sequence[object]]) -> Archive:
    """The archive of plain values; raises InvalidRecord that names each field."""
    try:
        return ARCHIVE.validate_python(kinds)
    except ValidationError as error:
        raise invalid(error) from error


assert {field.name for field in fields(Archive)} == set(SHELVES)  # noqa: S101 - both lists name every kind
