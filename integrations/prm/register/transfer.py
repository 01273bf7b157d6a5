"""Moving whole tenants in and out: records to tables, JSON lines, and deals as CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any, TextIO

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Table, func, insert, select

from assistant.deals.draft import invalid
from assistant.domain.deals import DealDraft, DealRegistration
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
FORMULA = {"=", "+", "-", "@", "\t"}
ENDED = [state.value for state in TERMINAL]
BATCH = 2000
INDEXED = {schema.deals: schema.deal_keys, schema.accounts: schema.account_keys}
DRAFT_COLUMNS = (
    *("partner_ref", "title", "problem", "product", "value.amount", "value.currency", "target_close", "kind"),
    *("period", "source", "stage", "next_steps", "comments", "delivery", "campaign", "mdf_used", "consumption"),
    *("partner_count", "customer.name", "customer.country", "customer.website", "customer.duns"),
    *("customer.vendor_account_id", "customer.industry", "customer.state", "customer.city"),
    *("customer.postal_code", "customer.street", "contact.email", "contact.first_name", "contact.last_name"),
    *("contact.title", "contact.phone"),
)
DEAL_COLUMNS = ("id", "partner_id", "state", "version", "created_at", "updated_at", "protected_until", "comment")


def empty(unit: Unit) -> bool:
    """Whether the tenant has no partners yet."""
    table = schema.partners.c
    return not unit.connection.scalar(select(func.count()).where(table.tenant == unit.tenant))


def load(unit: Unit, archive: Archive) -> int:
    """Add every record of an archive; how many. Existing ids are an error of the database."""
    count = 0
    before = {table: unit.connection.scalar(select(func.max(table.c.no))) or 0 for table in INDEXED}
    for name, shelf in SHELVES.items():
        records = getattr(archive, name)
        for place in range(0, len(records), BATCH):
            shelf.add_all(unit, records[place : place + BATCH])
        count += len(records)
    rows = [
        {"tenant": unit.tenant, "partner_id": member.partner_id, "opportunity_id": opportunity.id}
        for opportunity in archive.opportunities
        for member in opportunity.team
    ]
    if rows:
        unit.connection.execute(insert(schema.members), rows)
    for table, keys in INDEXED.items():
        _index(unit, table, keys, after=before[table])
    return count


def _index(unit: Unit, table: Table, keys: Table, *, after: int) -> None:
    """Make the records added since findable by identity."""
    query = select(table.c.no, table.c.identity).where(table.c.tenant == unit.tenant, table.c.no > after)
    if table is schema.deals:
        query = query.where(table.c.state.not_in(ENDED))
    for rows in unit.connection.execute(query).partitions(BATCH):
        keep_keys(unit, keys, ((row.no, unpacked(row.identity)) for row in rows))


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


def read_lines(lines: Iterable[str]) -> Archive:
    """The archive of JSON lines; raises InvalidRecord that names the line and field."""
    kinds: dict[str, list[object]] = {name: [] for name in SHELVES}
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            kinds[row["kind"]].append(row["record"])
        except (ValueError, TypeError, KeyError) as error:
            message = f"is no JSON object with a known kind and a record: {error}"
            raise InvalidRecord.of(Problem(field=f"line {number}", code="malformed", message=message)) from error
    return checked_archive(kinds)


def checked_archive(kinds: Mapping[str, Sequence[object]]) -> Archive:
    """The archive of plain values; raises InvalidRecord that names each field."""
    try:
        return ARCHIVE.validate_python(kinds)
    except ValidationError as error:
        raise invalid(error) from error


def write_deals(deals: Iterable[DealRegistration], out: TextIO) -> int:
    """Deals as CSV, one column for each field; how many."""
    writer = csv.writer(out)
    writer.writerow([*DEAL_COLUMNS, *DRAFT_COLUMNS])
    count = 0
    for deal in deals:
        own = [_cell(getattr(deal, name)) for name in DEAL_COLUMNS]
        writer.writerow([*own, *(_cell(_at(deal.draft, name)) for name in DRAFT_COLUMNS)])
        count += 1
    return count


def read_drafts(lines: Iterable[str]) -> Iterator[DealDraft]:
    """Deal drafts of a CSV with some of those columns; raises InvalidRecord that names the line and field."""
    drafts: TypeAdapter[DealDraft] = TypeAdapter(DealDraft)
    reader = csv.DictReader(lines)
    unknown = sorted(set(reader.fieldnames or ()) - {*DRAFT_COLUMNS, *DEAL_COLUMNS})
    if unknown or not reader.fieldnames:
        message = f"unknown columns {', '.join(unknown)}; known are {', '.join(DRAFT_COLUMNS)}"
        raise InvalidRecord.of(Problem(field="columns", code="unknown_column", message=message))
    for row in reader:
        try:
            yield drafts.validate_python(_nested(row))
        except (ValidationError, InvalidRecord) as error:
            found = error.problems if isinstance(error, InvalidRecord) else invalid(error).problems
            raise InvalidRecord.of(*(_on_line(problem, reader.line_num) for problem in found)) from error


def _on_line(problem: Problem, number: int) -> Problem:
    return Problem(field=f"line {number}: {problem.field}", code=problem.code, message=problem.message)


def _nested(row: Mapping[str, str | None]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for name in DRAFT_COLUMNS:
        value = row.get(name)
        if value:
            *parents, last = name.split(".")
            place = nested
            for parent in parents:
                place = place.setdefault(parent, {})
            place[last] = value[1:] if value[0] == "'" and value[1:2] in FORMULA else value
    return nested


def _at(record: object, path: str) -> object:
    for name in path.split("."):
        record = getattr(record, name) if is_dataclass(record) else record
    return record


def _cell(value: object) -> str:
    """A value for a spreadsheet; text that a spreadsheet would run as a formula is quoted."""
    if value is None:
        return ""
    if isinstance(value, bool | Decimal | int):
        return str(value).lower() if isinstance(value, bool) else str(value)
    text = str(value)
    return f"'{text}" if text[:1] in FORMULA else text


assert {field.name for field in fields(Archive)} == set(SHELVES)  # noqa: S101 - both lists name every kind
