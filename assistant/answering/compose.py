"""Quoted units to an answer: sentences joined, lists and tables kept, every piece numbered to its source."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.extract import Extract
from assistant.answering.unit import Unit
from assistant.domain.answer import AnswerSentence
from assistant.domain.content import Citation, Document
from assistant.domain.prose import ITEM, plain

CELL_END = re.compile(r"(?<!\\)\|")  # a bar that is not escaped


def cite(extract: Extract, document: Document) -> Citation:
    """The span from the first to the last quoted unit of a passage."""
    passage = extract.source.passage
    start, end = extract.units[0].span.start, extract.units[-1].span.end
    return Citation(
        document_id=document.id,
        passage_id=passage.id,
        title=document.title,
        heading_path=passage.heading_path,
        locator=passage.locator,
        link=document.uri,
        quote=passage.text[start:end],
        start=passage.start + start,
        end=passage.start + end,
        version=document.version,
        content_hash=document.content_hash,
    )


def sentences_of(extracts: Sequence[Extract]) -> tuple[AnswerSentence, ...]:
    """Every quoted unit with the number of its citation."""
    return tuple(
        AnswerSentence(text=unit.words, citations=(number,))
        for number, extract in enumerate(extracts, start=1)
        for unit in extract.units
    )


def pieces_of(extracts: Sequence[Extract]) -> list[str]:
    """The Markdown of every quoted unit in order: joined, they are the text of the answer.

    One paragraph, list or table per source, with its number at the end.
    """
    pieces: list[str] = []
    for number, extract in enumerate(extracts, start=1):
        last: Unit | None = None
        for unit in extract.units:
            pieces.append(_separator(unit, last, first=not pieces) + _shown(unit, extract.source.passage.text))
            last = unit
        pieces[-1] += f" [{number}]"
    return pieces


def _separator(unit: Unit, last: Unit | None, *, first: bool) -> str:
    """What stands between a unit and the one before it in the answer."""
    if last is None:
        return "" if first else "\n\n"
    return " " if last.block == unit.block and unit.span.kind == "prose" else "\n"


def _shown(unit: Unit, text: str) -> str:
    """A unit as the answer shows it: items keep their marker and rows their cells."""
    verbatim = unit.span.of(text)
    if unit.span.kind == "code":
        return verbatim
    if unit.span.kind == "table":
        return " · ".join(cell for cell in cells_of(verbatim) if cell)
    if unit.span.kind == "list" and (marker := ITEM.match(verbatim)):
        sign = marker.group(0)[:-1].strip(" \t>")
        return f"{sign if sign[0].isdigit() else '-'} {unit.words.removeprefix(sign).strip()}"
    return unit.words


def cells_of(row: str) -> list[str]:
    """The words of each cell of a table row, empty cells included; the bars around the row make none."""
    cells = CELL_END.split(row.strip())
    opened, closed = not cells[0].strip(), not cells[-1].strip()
    return [plain(cell) for cell in cells[int(opened) : len(cells) - int(closed)]]
