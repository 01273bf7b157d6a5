"""Deals as a spreadsheet: one row for each deal, one column for each field; and drafts as JSON lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from decimal import Decimal
from typing import Any, TextIO

from assistant.deals.draft import checked
from assistant.domain.deals import DealDraft, DealRegistration
from assistant.errors import InvalidRecord, Problem

FORMULA = {"=", "+", "-", "@", "\t"}
DRAFT_COLUMNS = (
    *("partner_ref", "title", "problem", "product", "value.amount", "value.currency", "target_close", "kind"),
    *("period", "source", "stage", "next_steps", "comments", "delivery", "campaign", "mdf_used", "consumption"),
    *("partner_count", "customer.name", "customer.country", "customer.website", "customer.duns"),
    *("customer.vendor_account_id", "customer.industry", "customer.state", "customer.city"),
    *("customer.postal_code", "customer.street", "contact.email", "contact.first_name", "contact.last_name"),
    *("contact.title", "contact.phone"),
)
DEAL_COLUMNS = ("id", "partner_id", "state", "version", "created_at", "updated_at", "protected_until", "comment")


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
    reader = csv.DictReader(lines)
    unknown = sorted(set(reader.fieldnames or ()) - {*DRAFT_COLUMNS, *DEAL_COLUMNS})
    if unknown or not reader.fieldnames:
        message = f"unknown columns {', '.join(unknown)}; known are {', '.join(DRAFT_COLUMNS)}"
        raise InvalidRecord.of(Problem(field="columns", code="unknown_column", message=message))
    for row in reader:
        yield _draft(_nested(row), line=reader.line_num)


def read_draft_lines(lines: Iterable[str]) -> Iterator[DealDraft]:
    """Deal drafts of JSON lines; raises InvalidRecord that names the line and field."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                values = json.loads(line)
            except ValueError as error:
                problem = Problem(field="", code="malformed", message=f"is no JSON: {error}")
                raise InvalidRecord.of(_on_line(problem, number)) from error
            yield _draft(values, line=number)


def _draft(values: object, *, line: int) -> DealDraft:
    try:
        return checked(values, DealDraft)
    except InvalidRecord as error:
        raise InvalidRecord.of(*(_on_line(problem, line) for problem in error.problems)) from error


def _on_line(problem: Problem, number: int) -> Problem:
    return Problem(
        field=f"line {number}: {problem.field}".removesuffix(": "), code=problem.code, message=problem.message
    )


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
