"""Hostile files made on the fly: each is small on disk and ruinous to a parser that trusts it."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable

import docx
import openpyxl
import pptx
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

MEGABYTE = 1024 * 1024
OFFICE: dict[str, str] = {
    "docx": "word/document.xml",
    "pptx": "ppt/slides/slide1.xml",
    "xlsx": "xl/worksheets/sheet1.xml",
}


def valid(kind: str) -> bytes:
    """A small, well-formed Office file."""
    buffer = io.BytesIO()
    if kind == "docx":
        document = docx.Document()
        document.add_heading("Tiers", 1)
        document.add_paragraph("Gold partners get 20 percent.")
        document.save(buffer)
    elif kind == "pptx":
        deck = pptx.Presentation()
        deck.slides.add_slide(deck.slide_layouts[1]).shapes.title.text = "Gold partners get 20 percent."
        deck.save(buffer)
    else:
        workbook = openpyxl.Workbook()
        workbook.active.append(["Tier", "Discount"])
        workbook.active.append(["Gold", "20 percent"])
        workbook.save(buffer)
    return buffer.getvalue()


def repacked(kind: str, part: str, content: bytes) -> bytes:
    """A valid file with one part replaced."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(valid(kind))) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for name in source.namelist():
            if name != part:
                target.writestr(name, source.read(name))
        target.writestr(part, content)
    return buffer.getvalue()


def zip_bomb(kind: str) -> bytes:
    """300 MB of one letter in the main part."""
    body = b"<a>" + b"x" * (300 * MEGABYTE) + b"</a>"
    return repacked(kind, OFFICE[kind], body)


def many_parts() -> bytes:
    """20,000 parts in a workbook."""
    buffer = io.BytesIO(valid("xlsx"))
    with zipfile.ZipFile(buffer, "a") as archive:
        for number in range(20_000):
            archive.writestr(f"xl/media/{number}", b"")
    return buffer.getvalue()


def below_the_ratio() -> bytes:
    """A document inside every declared limit whose tree alone needs more than a gigabyte."""
    words = b"".join(b"<w:p><w:r><w:t>%d</w:t></w:r></w:p>" % number for number in range(900_000))
    return repacked("docx", OFFICE["docx"], _word(words))


def _word(body: bytes) -> bytes:
    space = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return b'<?xml version="1.0"?><w:document xmlns:w="' + space + b'"><w:body>' + body + b"</w:body></w:document>"


def billion_laughs(kind: str) -> bytes:
    """Ten levels of entities, ten of the level below in each."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{levels}]><x>&l9;</x>'
    return repacked(kind, OFFICE[kind], text.encode())


def hidden_entities() -> bytes:
    """The same behind a comment longer than the part of a file that is checked before it is parsed."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0"?><!--{" " * 9000}--><!DOCTYPE x [<!ENTITY l0 "lol">{levels}]><x>&l9;</x>'
    return repacked("docx", OFFICE["docx"], text.encode())


def deep_tables() -> bytes:
    """Tables in tables, 3,000 deep."""
    opening, closing = b"<w:tbl><w:tr><w:tc>", b"<w:p/></w:tc></w:tr></w:tbl>"
    return repacked("docx", OFFICE["docx"], _word(opening * 3000 + closing * 3000))


def endless_sheet() -> bytes:
    """Two cells at opposite corners of the largest possible sheet."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rows = "".join(
        f'<row r="{r}"><c r="{c}{r}" t="inlineStr"><is><t>x</t></is></c></row>' for r, c in ((1, "A"), (1048576, "XFD"))
    )
    text = f'<worksheet xmlns="{space}"><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData></worksheet>'
    return repacked("xlsx", OFFICE["xlsx"], text.encode())


def long_sheet() -> bytes:
    """Half a million rows: honest, and too many to parse in the time a file may take or to hold."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cells = "".join(f"<c><v>{number}</v></c>" for number in range(40))
    text = f'<worksheet xmlns="{space}"><sheetData>{f"<row>{cells}</row>" * 65_000}</sheetData></worksheet>'
    return repacked("xlsx", OFFICE["xlsx"], text.encode())


def inflating_pdf(megabytes: int, *, layers: int = 1) -> bytes:
    """A page whose content unpacks to so many megabytes of drawing commands."""
    compressor = zlib.compressobj(9)
    unit = b"(x) Tj\n" * 149_796
    content = b"".join(compressor.compress(unit) for _ in range(megabytes)) + compressor.flush()
    for _ in range(layers - 1):
        content = zlib.compress(content, 9)
    filters = b"[" + b"/FlateDecode " * layers + b"]"
    return _pdf(b"<< /Length %d /Filter %s >>\nstream\n" % (len(content), filters) + content + b"\nendstream")


def _pdf(content: bytes) -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        content,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n" % number + item + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n"
    return body + head + b"%d\n%%%%EOF" % len(body)


def looping_pages() -> bytes:
    """A page tree that contains itself."""
    return _pdf(b"null").replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]")


def paged_pdf(pages: int) -> bytes:
    """An honest PDF."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for number in range(1, pages + 1):
        canvas.drawString(72, 780, "Liaison programme guide")
        canvas.drawString(72, 700, f"Clause {number} of the agreement applies to tier {number % 4}.")
        canvas.drawString(72, 680, "Every partner is asked to read it.")
        canvas.drawString(72, 40, f"Page {number}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def encrypted_pdf(password: str) -> bytes:
    """An AES-encrypted PDF; an empty password opens without asking."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(paged_pdf(1))))
    writer.encrypt(password, owner_password="owner", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def encrypted_office() -> bytes:
    """What Excel writes for a workbook with a password: an OLE file with the package in a stream."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 512


HOSTILE: dict[str, tuple[str, Callable[[], bytes], set[str]]] = {
    "zip bomb docx": ("a.docx", lambda: zip_bomb("docx"), {"zip_bomb"}),
    "zip bomb pptx": ("a.pptx", lambda: zip_bomb("pptx"), {"zip_bomb"}),
    "zip bomb xlsx": ("a.xlsx", lambda: zip_bomb("xlsx"), {"zip_bomb"}),
    "twenty thousand parts": ("a.xlsx", many_parts, {"zip_bomb"}),
    "a tree beyond memory": ("a.docx", below_the_ratio, {"parser_memory", "parser_timeout"}),
    "billion laughs docx": ("a.docx", lambda: billion_laughs("docx"), {"xml_bomb"}),
    "billion laughs pptx": ("a.pptx", lambda: billion_laughs("pptx"), {"xml_bomb"}),
    "billion laughs xlsx": ("a.xlsx", lambda: billion_laughs("xlsx"), {"xml_bomb"}),
    "entities behind a comment": ("a.docx", hidden_entities, {"xml_bomb", "corrupt"}),
    "tables in tables": ("a.docx", deep_tables, {"too_deep"}),
    "the largest sheet": ("a.xlsx", endless_sheet, {"read", "parser_memory"}),
    "a sheet too long": ("a.xlsx", long_sheet, {"parser_memory", "parser_timeout", "zip_bomb"}),
    "60 KB PDF to 60 MB": ("a.pdf", lambda: inflating_pdf(60), {"zip_bomb", "parser_timeout", "parser_memory"}),
    "1 MB PDF to 1 GB": ("a.pdf", lambda: inflating_pdf(1024), {"zip_bomb", "parser_timeout", "parser_memory"}),
    "PDF packed twice": (
        "a.pdf",
        lambda: inflating_pdf(1024, layers=2),
        {"zip_bomb", "parser_timeout", "parser_memory"},
    ),
    "PDF pages in a loop": ("a.pdf", looping_pages, {"corrupt", "no_text", "too_deep"}),
    "encrypted PDF": ("a.pdf", lambda: encrypted_pdf("secret"), {"encrypted"}),
    "encrypted workbook": ("a.xlsx", encrypted_office, {"encrypted"}),
    "truncated docx": ("a.docx", lambda: valid("docx")[:-700], {"corrupt"}),
    "truncated pptx": ("a.pptx", lambda: valid("pptx")[:9000], {"corrupt"}),
    "truncated xlsx": ("a.xlsx", lambda: valid("xlsx")[:-300], {"corrupt"}),
    "truncated PDF": ("a.pdf", lambda: paged_pdf(3)[:400], {"corrupt", "no_text"}),
    "html 200,000 deep": ("a.html", lambda: b"<div>" * 200_000 + b"x", {"too_deep"}),
    "lists in lists": ("a.html", lambda: b"<ul><li>" * 50_000 + b"x", {"too_deep"}),
    "html tables in tables": ("a.html", lambda: b"<table><tr><td>" * 30_000 + b"x", {"too_deep"}),
    "quotes in quotes": ("a.md", lambda: b"> " * 200_000 + b"x", {"read"}),
    "nested Markdown lists": ("a.md", lambda: b"".join(b"  " * n + b"- x\n" for n in range(1500)), {"read"}),
    "ten million headings": ("a.md", lambda: b"#\n" * 10_000_000, {"parser_timeout", "parser_memory"}),
    "five million rows": ("a.csv", lambda: b"a,b\n" * 5_000_000, {"parser_timeout", "parser_memory"}),
    "open brackets": ("a.md", lambda: b"# " + b"[" * 500_000 + b"\ntext", {"read"}),
    "open fences": ("a.md", lambda: b"```\n" * 100_001, {"read"}),
    "front matter aliases": ("a.md", lambda: b"---\na: &a [x]\nb: [*a,*a]\ntitle: t\n---\ntext", {"read"}),
    "deep front matter": ("a.md", lambda: b"---\na: " + b"[" * 20_000 + b"\n---\ntext", {"read"}),
    "YAML laughs": ("a.yml", lambda: b"### YamlMime:FAQ\na: &a [x,x]\nb: &b [*a,*a]\ntitle: *b\n", {"corrupt"}),
    "deep YAML": ("a.yml", lambda: b"### YamlMime:FAQ\na: " + b"[" * 100_000, {"corrupt", "too_deep"}),
    "attachments in attachments": (
        "a.eml",
        lambda: b"Subject: x\nContent-Type: message/rfc822\n\n" * 5000,
        {"no_text", "too_deep", "corrupt"},
    ),
    "NUL bytes": ("a.txt", lambda: b"\x00" * 5000, {"empty"}),
    "random bytes": ("a.txt", lambda: bytes(range(256)) * 40, {"wrong_encoding", "mislabelled"}),
    "one field without end": ("a.csv", lambda: b'a,"' + b"x" * 3_000_000, {"corrupt"}),
}
