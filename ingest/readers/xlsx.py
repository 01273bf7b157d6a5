"""Excel workbooks: the visible sheets' tables as shown, row by row."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time

import openpyxl

from ingest.readers.archive import check_package
from ingest.readers.rows import Row, table_sections
from ingest.readers.text import one_line, title_from
from ingest.section import ReadDocument, Section

MAX_CELLS = 2_000_000
Value = str | int | float | bool | datetime | date | time | None


def read(data: bytes, name: str) -> ReadDocument:
    """Blocks of rows under (sheet,); the locator names sheet and rows. Formulas give the values last calculated."""
    check_package(data, name, "XLSX")
    workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    sections: list[Section] = []
    warnings: list[str] = []
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            warnings.append(f"hidden sheet {sheet.title} was left out")
            continue
        rows = list(_rows(sheet))
        sections += table_sections(rows, path=(one_line(sheet.title),), part=one_line(sheet.title))
    properties = workbook.properties
    metadata = {"title": properties.title, "author": properties.creator, "subject": properties.subject}
    kept = {key: one_line(value) for key, value in metadata.items() if value}
    return ReadDocument(kept.get("title") or title_from(name), tuple(sections), metadata=kept, warnings=tuple(warnings))


def _rows(sheet: openpyxl.worksheet._read_only.ReadOnlyWorksheet) -> Iterator[Row]:
    """The rows that have text; blank ones in between are one blank row."""
    sheet.reset_dimensions()  # what a file says of its own size cannot be trusted
    blank, cells = True, 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        texts = tuple(_shown(cell.value, getattr(cell, "number_format", "")) for cell in row)
        cells += len(texts)
        if cells > MAX_CELLS:
            raise MemoryError
        if any(texts):
            blank = False
            yield Row(number, texts)
        elif not blank:
            blank = True
            yield Row(number, ())


def _shown(value: Value, number_format: str) -> str:
    """A cell as a person sees it, dates in ISO form."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            return value.date().isoformat() if not (value.hour or value.minute) else value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
        case int() | float():
            return f"{round(value * 100, 6):g}%" if "%" in (number_format or "") else _number(value)
        case _:
            return one_line(str(value))


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.12g}"
