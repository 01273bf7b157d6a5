"""Word documents: headings, paragraphs, lists and tables in document order."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.styles.style import BaseStyle
from docx.table import Table, _Cell
from docx.text.hyperlink import Hyperlink
from docx.text.paragraph import Paragraph

from ingest.readers.archive import check_package
from ingest.readers.outline import Block, outline_sections
from ingest.readers.text import clean, one_line, pipe_table, title_from
from ingest.section import ReadDocument

HEADING = re.compile(r"heading ([1-9])$", re.IGNORECASE)
NUMBERED = re.compile(r"list number", re.IGNORECASE)
BULLETED = re.compile(r"list bullet|list paragraph bullet", re.IGNORECASE)
MAX_TABLE_DEPTH = 10
NUMBERING = f"{qn('w:pPr')}/{qn('w:numPr')}"


def read(data: bytes, name: str) -> ReadDocument:
    """Sections by heading style; headers, footers, comments and pictures are left out."""
    check_package(data, name, "DOCX")
    document = docx.Document(io.BytesIO(data))
    styles = _Styles(document)
    blocks = [block for item in document.iter_inner_content() for block in _blocks(item, styles)]
    properties = document.core_properties
    metadata = {"title": properties.title, "author": properties.author, "subject": properties.subject}
    kept = {key: one_line(value) for key, value in metadata.items() if value}
    first = next((block.text for block in blocks if block.level == 1), "")
    title = first or kept.get("title") or title_from(name)
    language = one_line(properties.language or "")
    return ReadDocument(title, tuple(outline_sections(blocks)), language, kept)


class _Styles:
    """What a paragraph's style and numbering say: a heading's rank, or a list item, how deep and whether it counts."""

    def __init__(self, document: Document) -> None:
        self._names: dict[str, str] = {}
        self._levels: dict[str, int] = {}
        for style in document.styles:
            self._names[style.style_id] = style.name or ""
            self._levels[style.style_id] = _level(style)
        self.counting: set[tuple[str, str]] = set()
        part = next((r.target_part for r in document.part.rels.values() if r.reltype.endswith("/numbering")), None)
        if part is None:
            return
        root = part.element
        abstract = {node.get(qn("w:abstractNumId")): node for node in root.iter(qn("w:abstractNum"))}
        for instance in root.iter(qn("w:num")):
            link = instance.find(qn("w:abstractNumId"))
            levels = abstract.get(link.get(qn("w:val"))) if link is not None else None
            for level in levels.iter(qn("w:lvl")) if levels is not None else ():
                form = level.find(qn("w:numFmt"))
                if form is not None and form.get(qn("w:val")) not in {"bullet", "none"}:
                    self.counting.add((instance.get(qn("w:numId")), level.get(qn("w:ilvl"))))

    def level(self, paragraph: Paragraph) -> int:
        """The rank of a heading, 0 for other paragraphs."""
        return self._levels.get(_style(paragraph), 0)

    def mark(self, paragraph: Paragraph) -> str:
        """`- ` or `1. ` with its indentation, nothing for a paragraph outside lists."""
        style = self._names.get(_style(paragraph), "")
        own = paragraph._p.find(NUMBERING)  # noqa: SLF001 (no public access)
        number, level = (_value(own, "w:numId"), _value(own, "w:ilvl")) if own is not None else ("0", "0")
        if number == "0":
            if NUMBERED.match(style):
                return "1. "
            return "- " if BULLETED.match(style) else ""
        depth = int(level) if level.isdecimal() else 0
        return "   " * min(depth, 9) + ("1. " if (number, level) in self.counting else "- ")


def _blocks(item: Paragraph | Table, styles: _Styles) -> Iterator[Block]:
    if isinstance(item, Table):
        table = pipe_table(list(_rows(item)))
        if table:
            yield Block(table)
        return
    level = styles.level(item)
    text = _text(item)
    if level:
        yield Block(one_line(text), level if text else 0)
    elif text:
        mark = styles.mark(item)
        yield Block(mark + text, item=bool(mark))
    else:
        yield Block("")


def _value(parent: BaseOxmlElement, tag: str) -> str:
    child = parent.find(qn(tag))
    return str(child.get(qn("w:val")) or "0") if child is not None else "0"


def _style(paragraph: Paragraph) -> str:
    return paragraph._p.style or "Normal"  # noqa: SLF001 (the public property looks up the style object each time)


def _level(style: BaseStyle | None) -> int:
    """The heading rank of a style; styles based on a heading style are headings too."""
    steps = 0
    while style is not None and steps < 10:
        name = style.name or ""
        if name.lower() == "title":
            return 1
        match = HEADING.match(name)
        if match:
            return int(match[1])
        style, steps = getattr(style, "base_style", None), steps + 1
    return 0


def _text(paragraph: Paragraph) -> str:
    """The paragraph with its web links as Markdown."""
    parts: list[str] = []
    for piece in paragraph.iter_inner_content():
        if isinstance(piece, Hyperlink) and piece.text and piece.url.startswith(("http://", "https://")):
            parts.append(f"[{piece.text}]({piece.url})")
        else:
            parts.append(piece.text)
    return clean("".join(parts))


def _rows(table: Table, depth: int = 0) -> Iterator[list[str]]:
    """Rows as they are written, not as the library's grid sees them: that fails on tables Word itself shows.

    A cell merged over columns is followed by blanks, one merged over rows is blank from its second row on.
    """
    for row in table._tbl.tr_lst:  # noqa: SLF001 (see above)
        texts: list[str] = []
        for cell in row.tc_lst:
            shown = "" if cell.vMerge == "continue" else _cell_text(_Cell(cell, table), depth)
            texts += [shown, *[""] * (min(cell.grid_span, 64) - 1)]
        yield texts


def _cell_text(cell: _Cell, depth: int) -> str:
    """A cell's paragraphs, and the cells of tables inside it, on one line."""
    texts: list[str] = []
    for item in cell.iter_inner_content():
        if isinstance(item, Paragraph):
            texts.append(_text(item))
        elif depth < MAX_TABLE_DEPTH:
            texts += [text for row in _rows(item, depth + 1) for text in row]
    return one_line(" ".join(text for text in texts if text))
