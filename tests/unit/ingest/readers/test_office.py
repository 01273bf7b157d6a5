"""Word, PowerPoint, Excel and delimited files: structure becomes Markdown, hidden parts stay hidden."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

import docx
import openpyxl
import pptx
import pytest
from pptx.util import Inches

from ingest.readers import csv
from ingest.readers import docx as docx_reader
from ingest.readers import pptx as pptx_reader
from ingest.readers import xlsx as xlsx_reader
from ingest.section import ReadDocument


def test_a_word_file_keeps_headings_lists_and_tables_in_order() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Confidential header"
    document.add_heading("Guide", 0)
    document.add_paragraph("Intro.")
    document.add_heading("Tiers", 1)
    document.add_paragraph("Gold", style="List Bullet")
    document.add_paragraph("Silver", style="List Bullet")
    table = document.add_table(rows=2, cols=3)
    for row, texts in zip(table.rows, [("Tier", "Min", "Max"), ("Gold", "20 %", "")], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(1, 1).merge(table.cell(1, 2))
    document.add_paragraph("After.")
    buffer = io.BytesIO()
    document.save(buffer)
    read = docx_reader.read(buffer.getvalue(), "a.docx")
    assert read.title == "Guide"
    assert [(s.heading_path, s.text) for s in read.sections] == [
        (("Guide",), "Intro."),
        (("Tiers",), "- Gold\n- Silver\n\n| Tier | Min | Max |\n| --- | --- | --- |\n| Gold | 20 % |  |\n\nAfter."),
    ]
    assert str(read.sections[1].locator) == "paragraphs 4–7"


def test_a_deck_gives_slides_tables_groups_and_notes_but_no_hidden_slide() -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Tiers"
    frame = slide.placeholders[1].text_frame
    frame.text = "Gold"
    deeper = frame.add_paragraph()
    deeper.text, deeper.level = "20 %", 1
    group = slide.shapes.add_group_shape().shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "Deep in groups"
    table = slide.shapes.add_table(2, 2, 0, 0, Inches(2), Inches(2)).table
    for column, (head, value) in enumerate([("Tier", "Gold"), ("Rate", "20 %")]):
        table.cell(0, column).text, table.cell(1, column).text = head, value
    slide.notes_slide.notes_text_frame.text = "Say this slowly."
    hidden = deck.slides.add_slide(deck.slide_layouts[1])
    hidden.shapes.title.text = "Secret"
    hidden._element.set("show", "0")
    buffer = io.BytesIO()
    deck.save(buffer)
    read = pptx_reader.read(buffer.getvalue(), "a.pptx")
    shown, notes = read.sections
    assert shown.text == "- Gold\n  - 20 %\n\nDeep in groups\n\n| Tier | Rate |\n| --- | --- |\n| Gold | 20 % |"
    assert (notes.heading_path, notes.text, str(notes.locator)) == (("Tiers",), "Say this slowly.", "slide 1 (notes)")
    assert read.warnings == ("hidden slide 2 was left out",)


def workbook_of(rows: Sequence[Sequence[object]]) -> ReadDocument:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Prices"
    for row in rows:
        sheet.append(row)
    for cell in sheet["B"]:
        if isinstance(cell.value, float):
            cell.number_format = "0%"
    secret = workbook.create_sheet("Secret")
    secret["A1"] = "margin"
    secret.sheet_state = "hidden"
    buffer = io.BytesIO()
    workbook.save(buffer)
    return xlsx_reader.read(buffer.getvalue(), "prices.xlsx")


def test_a_sheet_gives_its_tables_as_shown_and_hidden_sheets_are_left_out() -> None:
    read = workbook_of(
        [["Price list"], ["Product", "Share", "Since"], ["Keep", 0.25, datetime(2026, 3, 1)], [], ["Note", 0.5, None]]  # noqa: DTZ001 (Excel has no zones)
    )
    assert [(section.text, str(section.locator)) for section in read.sections] == [
        (
            "Price list\n\n| Product | Share | Since |\n| --- | --- | --- |\n| Keep | 25% | 2026-03-01 |",
            "sheet Prices, rows 1–3",
        ),
        ("| Product | Share | Since |\n| --- | --- | --- |\n| Note | 50% |  |", "sheet Prices, row 5"),
    ]
    assert read.warnings == ("hidden sheet Secret was left out",)


def test_every_block_of_a_long_sheet_repeats_the_header_and_no_row_is_lost() -> None:
    read = workbook_of([["Code", "Text"], *[[f"K{n}", "word " * 10] for n in range(200)]])
    assert len(read.sections) > 10
    assert all(section.text.startswith("| Code | Text |\n") for section in read.sections)
    assert [int(section.locator.start) for section in read.sections[1:]] == [
        int(section.locator.end) + 1 for section in read.sections[:-1]
    ]
    assert all(f"| K{n} |" in "".join(section.text for section in read.sections) for n in range(200))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_delimited_file_reads_the_same_whatever_separates_it(delimiter: str, encoding: str) -> None:
    rows = [["Stufe", "Prämie für Händler"], ["Gold", "zwanzig"], ["Silber", "zehn"]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    read = csv.read(text.encode(encoding), "a.csv")
    assert read.sections[0].text == (
        "| Stufe | Prämie für Händler |\n| --- | --- |\n| Gold | zwanzig |\n| Silber | zehn |"
    )
    assert str(read.sections[0].locator) == "rows 2–3"


def test_a_quoted_cell_keeps_its_delimiters_and_line_ends() -> None:
    text = csv.read(b'Name,Note\n"Keep, large","two\nlines"\n', "a.csv").sections[0].text
    assert text.endswith("| Keep, large | two lines |")
