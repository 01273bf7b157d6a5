"""Passages and quotes as people read them: the quote marked, tables as tables, places in the page's language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.answering.compose import cells_of
from assistant.domain.prose import Span, blocks, lines

RULE = re.compile(r"[\s|:>-]+")  # the line under the head of a table


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a text as the source view shows it; the quoted one is marked."""

    text: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; marked when the quote touches it."""

    cells: tuple[str, ...]
    quoted: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of prose, or a table."""

    stretches: tuple[Stretch, ...] = ()
    rows: tuple[Row, ...] = ()


def parts(text: str, *, offset: int, start: int, end: int) -> list[Part]:
    """A passage that begins at `offset` of its document, the quote [start, end) of the document marked."""
    found: list[Part] = []
    at = 0
    for table in [block for block in blocks(text) if block.kind == "table"]:
        found.append(_prose(text, at, table.start, offset=offset, quote=(start, end)))
        found.append(_table(text, table, offset=offset, quote=(start, end)))
        at = table.end
    found.append(_prose(text, at, len(text), offset=offset, quote=(start, end)))
    return [part for part in found if part.rows or part.stretches]


def _prose(text: str, first: int, last: int, *, offset: int, quote: tuple[int, int]) -> Part:
    piece = text[first:last]
    first += len(piece) - len(piece.lstrip("\n"))
    return Part(
        stretches=tuple(stretches(text[first:last].rstrip(), offset=offset + first, start=quote[0], end=quote[1]))
    )


def _table(text: str, table: Span, *, offset: int, quote: tuple[int, int]) -> Part:
    rows = []
    for line in lines(text, table):
        words = line.of(text)
        if not RULE.fullmatch(words):
            quoted = line.start + offset < quote[1] and quote[0] < line.end + offset
            rows.append(Row(tuple(cells_of(words)), quoted))
    return Part(rows=tuple(rows))


def stretches(text: str, *, offset: int, start: int, end: int) -> list[Stretch]:
    """A text that begins at `offset` of its document, cut where the quote [start, end) of the document lies."""
    first = min(max(start - offset, 0), len(text))
    last = min(max(end - offset, first), len(text))
    cut = ((text[:first], False), (text[first:last], True), (text[last:], False))
    return [Stretch(piece, quoted=quoted) for piece, quoted in cut if piece]


def readable(quote: str) -> str:
    """A quote in few lines: rows of a table without their bars, nothing between paragraphs."""
    told = []
    for part in parts(quote, offset=0, start=0, end=0):
        told += [" · ".join(cell for cell in row.cells if cell) for row in part.rows]
        told += [line.strip() for stretch in part.stretches for line in stretch.text.splitlines()]
    return "\n".join(line for line in told if line)
