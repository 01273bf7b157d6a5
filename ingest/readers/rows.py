"""Rows of a sheet to sections: tables found between blank rows, their header repeated in each block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.domain.content import Locator
from ingest.readers.text import one_line, pipe_row
from ingest.section import Section

# A block of rows is one retrievable fact sheet, not a whole price list.
BLOCK = 900
NUMBER = re.compile(r"[-+(]?[$€£¥]?\s*[\d.,\s]+\s*[%€$£]?\)?$")


@dataclass(frozen=True, slots=True)
class Row:
    """A row's number as the file counts it, from 1, and its cells as text."""

    number: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> int:
        """How many cells have text."""
        return sum(bool(cell.strip()) for cell in self.cells)


@dataclass(slots=True)
class _Table:
    """The rows between two blank rows: single-cell rows on top are captions, then perhaps a header, then the body."""

    captions: list[Row] = field(default_factory=list)
    header: tuple[str, ...] = ()
    body: list[Row] = field(default_factory=list)


def table_sections(rows: Sequence[Row], *, path: tuple[str, ...] = (), part: str = "") -> Iterator[Section]:
    """The rows as pipe tables of about 900 characters, captions above them as plain lines."""
    header: tuple[str, ...] = ()
    for run in _runs(rows):
        table = _table(run, header)
        header = table.header
        yield from _sections(table, path, part)


def _runs(rows: Sequence[Row]) -> Iterator[list[Row]]:
    run: list[Row] = []
    for row in rows:
        if row.filled:
            run.append(row)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _table(run: list[Row], previous: tuple[str, ...]) -> _Table:
    wide = max(row.filled for row in run)
    captions = 0
    while wide > 1 and captions < len(run) and run[captions].filled == 1:
        captions += 1
    body = run[captions:]
    if wide == 1:
        return _Table(captions=run) if not previous else _Table(header=previous, body=run)
    if len(body) > 1 and not any(NUMBER.match(cell) for cell in body[0].cells if cell):
        return _Table(run[:captions], body[0].cells, body[1:])
    if len(body) == 1 and not previous:
        return _Table(run[:captions], (), body)
    return _Table(run[:captions], previous, body)


def _sections(table: _Table, path: tuple[str, ...], part: str) -> Iterator[Section]:
    captions = [one_line(" ".join(row.cells)) for row in table.captions]
    start = table.captions[0].number if table.captions else 0
    if not table.body:
        for first, last, lines in _blocks(
            [(row.number, text) for row, text in zip(table.captions, captions, strict=True)]
        ):
            yield Section(path, "\n".join(lines), Locator("row", str(first), str(last), part))
        return
    columns = _columns([table.header, *(row.cells for row in table.body)])
    head = [pipe_row(_picked(table.header, columns)), "|" + " --- |" * len(columns)]
    rows = [(row.number, pipe_row(_picked(row.cells, columns))) for row in table.body]
    for number, (first, last, lines) in enumerate(_blocks(rows)):
        above = [*captions, ""] if captions and not number else []
        locator = Locator("row", str(start if above else first), str(last), part)
        yield Section(path, "\n".join([*above, *head, *lines]), locator)


def _blocks(rows: Sequence[tuple[int, str]]) -> Iterator[tuple[int, int, list[str]]]:
    """Runs of rows of at most BLOCK characters, at least one row each: (first number, last number, lines)."""
    lines: list[str] = []
    first = last = size = 0
    for number, text in rows:
        if lines and size + len(text) > BLOCK:
            yield first, last, lines
            lines, size = [], 0
        first = first if lines else number
        last, size = number, size + len(text)
        lines.append(text)
    if lines:
        yield first, last, lines


def _columns(rows: Sequence[tuple[str, ...]]) -> list[int]:
    """The columns that have text in any row."""
    return sorted({column for cells in rows for column, cell in enumerate(cells) if cell.strip()})


def _picked(cells: tuple[str, ...], columns: Sequence[int]) -> list[str]:
    return [cells[column] if column < len(cells) else "" for column in columns]
