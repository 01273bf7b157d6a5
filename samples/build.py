"""Builds the binary sample documents from their Markdown sources, byte for byte the same each time.

    python samples/build.py [TARGET]     TARGET defaults to samples/content

A source `sources/a/b.docx.md` becomes `TARGET/a/b.docx`; likewise for `.pptx`, `.pdf` and `.xlsx`. The Markdown is
plain: headings, paragraphs, lists and pipe tables. In decks a level-2 heading starts a slide and a block quote is its
speaker notes; in workbooks it starts a sheet; in PDFs a rule (`---`) breaks the page.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

import docx
import openpyxl
import pptx
from docx.document import Document
from docx.text.paragraph import Paragraph as DocxParagraph
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from openpyxl.styles import Font
from pptx.util import Inches, Pt
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

HERE = Path(__file__).parent
AUTHOR = "Skerrow Systems plc"
STAMP = datetime(2026, 11, 2, 9, 0)  # noqa: DTZ001 - the document properties of Office files carry no zone
CJK = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
JAPANESE_FONT = "HeiseiMin-W3"
Kind = Literal["heading", "paragraph", "bullet", "number", "table", "notes", "rule"]
KINDS: dict[str, Kind] = {
    "heading": "heading",
    "paragraph": "paragraph",
    "bullet_list": "bullet",
    "ordered_list": "number",
    "blockquote": "notes",
    "hr": "rule",
}


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a source: `lines` holds the text, or the items of a list; `rows` the cells of a table."""

    kind: Kind
    lines: tuple[str, ...] = ()
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = field(default=())

    @property
    def text(self) -> str:
        """Its first line."""
        return self.lines[0] if self.lines else ""


def blocks_of(source: str) -> list[Block]:
    """The blocks of a Markdown source in order; a construct the builder does not know raises ValueError."""
    root = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(source))
    return [block_of(node) for node in root.children]


def block_of(node: SyntaxTreeNode) -> Block:
    """One top-level Markdown node as a block."""
    if node.type == "table":
        rows = [row for part in node.children for row in part.children]
        return Block("table", rows=tuple(tuple(plain(cell) for cell in row.children) for row in rows))
    if node.type not in KINDS:
        raise ValueError(f"unsupported Markdown in a sample source: {node.type}")
    kind = KINDS[node.type]
    items = node.children if kind in {"bullet", "number"} else [node]
    return Block(kind, tuple(plain(item) for item in items), level=int(node.tag[1]) if kind == "heading" else 0)


def plain(node: SyntaxTreeNode) -> str:
    """The text of a node without markup, its lines joined by blanks."""
    if node.type == "softbreak":
        return " "
    if not node.children:
        return node.content
    return "".join(plain(child) for child in node.children)


def build_docx(blocks: list[Block]) -> bytes:
    """A Word document with heading, list and table styles."""
    document = docx.Document()
    set_properties(document.core_properties, blocks)
    styles = {"bullet": "List Bullet", "number": "List Number"}
    for block in blocks:
        if block.kind == "heading":
            document.add_heading(block.text, level=block.level)
        elif block.kind == "table":
            table = document.add_table(rows=len(block.rows), cols=len(block.rows[0]), style="Light Grid Accent 1")
            for row, cells in zip(table.rows, block.rows, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        else:
            added = [document.add_paragraph(line, style=styles.get(block.kind)) for line in block.lines]
            if block.kind == "number":
                restart_numbering(document, added)
    return repacked(saved(document.save))


def restart_numbering(document: Document, paragraphs: list[DocxParagraph]) -> None:
    """Makes the paragraphs a list of their own that starts at 1; Word would go on counting from the list before."""
    numbering = document.part.numbering_part.element
    style = document.styles["List Number"].element.pPr.numPr.numId.val
    abstract = next(num.abstractNumId.val for num in numbering.num_lst if num.numId == style)
    num = numbering.add_num(abstract)
    num.add_lvlOverride(ilvl=0).add_startOverride(1)
    for paragraph in paragraphs:
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001 - python-docx has no public way
        properties.get_or_add_ilvl().val = 0
        properties.get_or_add_numId().val = num.numId


def build_pptx(blocks: list[Block]) -> bytes:
    """A deck: the level-1 heading is the title slide, each level-2 heading one more, quotes are speaker notes."""
    deck = pptx.Presentation()
    set_properties(deck.core_properties, blocks)
    slide = body = None
    for block in blocks:
        if block.kind == "heading":
            slide = deck.slides.add_slide(deck.slide_layouts[0 if block.level == 1 else 1])
            slide.shapes.title.text = block.text
            body = slide.placeholders[1].text_frame
        elif slide is None or body is None:
            raise ValueError("a deck starts with a heading")
        elif block.kind == "notes":
            slide.notes_slide.notes_text_frame.text = block.text
        elif block.kind == "table":
            slide.placeholders[1]._element.getparent().remove(slide.placeholders[1]._element)  # noqa: SLF001
            add_slide_table(slide, block)
        else:
            for line in block.lines:
                paragraph = body.paragraphs[0] if not body.text else body.add_paragraph()
                paragraph.text = line
    return repacked(saved(deck.save))


def add_slide_table(slide: pptx.slide.Slide, block: Block) -> None:
    """Puts a table below the title of a slide."""
    rows, columns = len(block.rows), len(block.rows[0])
    shape = slide.shapes.add_table(rows, columns, Inches(0.6), Inches(1.8), Inches(8.8), Inches(0.45 * rows))
    for at, cells in enumerate(block.rows):
        for column, text in enumerate(cells):
            cell = shape.table.cell(at, column)
            cell.text = text
            cell.text_frame.paragraphs[0].font.size = Pt(14)


def build_xlsx(blocks: list[Block]) -> bytes:
    """A workbook with one sheet per level-2 heading; cells that read as numbers are numbers."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for heading, table in zip(blocks[1::2], blocks[2::2], strict=True):
        sheet = book.create_sheet(heading.text)
        for cells in table.rows:
            sheet.append([number_or_text(cell) for cell in cells])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for column in sheet.columns:
            width = max(len(str(cell.value or "")) for cell in column)
            sheet.column_dimensions[column[0].column_letter].width = min(width + 2, 60)
        sheet.freeze_panes = "A2"
    set_properties(book.properties, blocks)
    return repacked(saved(book.save))


def number_or_text(cell: str) -> str | int | float:
    """A cell as the spreadsheet holds it."""
    if re.fullmatch(r"\d{1,3}(,\d{3})+|\d+", cell):
        return int(cell.replace(",", ""))
    return float(cell) if re.fullmatch(r"\d+\.\d+", cell) else cell


def build_pdf(blocks: list[Block]) -> bytes:
    """An A4 document; a rule breaks the page and Japanese text is set in a CID font."""
    japanese = any(CJK.search(line) for block in blocks for line in block.lines)
    if japanese:
        pdfmetrics.registerFont(UnicodeCIDFont(JAPANESE_FONT))
    out = io.BytesIO()
    template = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        title=blocks[0].text,
        author=AUTHOR,
        invariant=1,
        pageCompression=0,
    )
    template.build([part for block in blocks for part in pdf_parts(block, japanese=japanese)])
    return out.getvalue()


class Heading(Paragraph):  # type: ignore[misc] # reportlab has no types
    """A PDF heading that is also a bookmark."""

    def __init__(self, text: str, style: ParagraphStyle, *, level: int) -> None:
        super().__init__(text, style)
        self.entry, self.level = text, level

    def draw(self) -> None:
        """Draws the heading and enters it in the document's outline."""
        self.canv.bookmarkHorizontal(self.entry, 0, self.height)
        self.canv.addOutlineEntry(self.entry, self.entry, self.level - 1)
        super().draw()


def pdf_parts(block: Block, *, japanese: bool) -> list[Flowable]:
    """The flowables of one block."""
    if block.kind == "rule":
        return [PageBreak()]
    name = {"heading": f"Heading{block.level}"}.get(block.kind, "BodyText")
    style = getSampleStyleSheet()[name]
    if japanese:
        style = ParagraphStyle(name, parent=style, fontName=JAPANESE_FONT, wordWrap="CJK")
    if block.kind == "heading":
        return [Heading(block.text, style, level=block.level)]
    if block.kind == "table":
        cells = [[Paragraph(cell, style) for cell in row] for row in block.rows]
        grid = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")])
        return [Table(cells, style=grid, hAlign="LEFT"), Spacer(1, 4 * mm)]
    marks = {"bullet": "• ", "number": "{}. "}
    prefix = marks.get(block.kind, "")
    return [Paragraph(prefix.format(at) + line, style) for at, line in enumerate(block.lines, start=1)]


def set_properties(properties: object, blocks: list[Block]) -> None:
    """Fixed author and dates, so that the same source gives the same bytes."""
    author = "creator" if hasattr(properties, "creator") else "author"
    for name, value in (("title", blocks[0].text), (author, AUTHOR), ("created", STAMP), ("modified", STAMP)):
        setattr(properties, name, value)


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    """What `save` writes."""
    out = io.BytesIO()
    save(out)
    return out.getvalue()


def repacked(package: bytes) -> bytes:
    """The same Office package with fixed file times; openpyxl stamps the moment of saving, which is replaced."""
    out = io.BytesIO()
    moment = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + moment, data)
            new.writestr(zipfile.ZipInfo(item.filename, STAMP.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


BUILDERS: dict[str, Callable[[list[Block]], bytes]] = {
    ".docx": build_docx,
    ".pptx": build_pptx,
    ".xlsx": build_xlsx,
    ".pdf": build_pdf,
}


def build(target: Path) -> list[Path]:
    """Writes every binary sample below `target`; returns their paths relative to it, sorted."""
    built = []
    for source in sorted((HERE / "sources").rglob("*.md")):
        relative = source.relative_to(HERE / "sources").with_suffix("")
        path = target / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(BUILDERS[relative.suffix](blocks_of(source.read_text(encoding="utf-8"))))
        built.append(relative)
    return built


def main() -> None:
    """Builds into the folder named on the command line, or into samples/content."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "content"
    for path in build(target):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
