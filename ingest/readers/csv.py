"""Comma, semicolon or tab separated rows, as tables with their header repeated."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ingest.readers.encoding import decode
from ingest.readers.rows import Row, table_sections
from ingest.readers.sniff import require
from ingest.readers.text import title_from
from ingest.section import ReadDocument

SAMPLE = 16 * 1024
DELIMITERS = ",;\t|"
MAX_FIELD = 1024 * 1024


def read(data: bytes, name: str) -> ReadDocument:
    """Blocks of rows; the locator counts rows from 1, the header included, as a spreadsheet shows them."""
    require(data, name, "text")
    decoded = decode(data, name, repair=True)
    rows = list(_rows(decoded.text))
    return ReadDocument(title_from(name), tuple(table_sections(rows)), warnings=decoded.warnings)


def _rows(text: str) -> Iterator[Row]:
    csv.field_size_limit(MAX_FIELD)
    delimiter = _delimiter(text)
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
        yield Row(number, tuple(cell.strip() for cell in cells))


def _delimiter(text: str) -> str:
    """The separator that gives the first rows the same number of cells, more than one; a comma when none does."""
    if text[:4].lower() == "sep=":
        return text[4:5]
    head = text[:SAMPLE].splitlines()[:20]

    def score(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(head, delimiter=delimiter) if row]
        commonest = max(set(widths), key=widths.count, default=0)
        return (widths.count(commonest) if commonest > 1 else 0, commonest)

    return max(DELIMITERS, key=score)
