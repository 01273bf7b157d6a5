"""HTML, PDF and mail: formats whose text must be found among what is not text."""

from __future__ import annotations

import io
from email.message import EmailMessage

import pytest
from reportlab.pdfgen.canvas import Canvas

from assistant.errors import UnreadableDocument
from ingest.readers import eml, html, pdf
from ingest.section import ReadDocument

PAGE = """<!doctype html><html lang="de"><head><title>Rabatte</title><style>p{}</style>
<meta name="description" content="Alle Stufen"></head><body><header><a href="/">Start</a></header>
<nav><ul><li>Menü</li></ul></nav>
<main><h1>Rabatte <a id="x"></a></h1><p>Gold erhält <b>20 %</b>,<br>Silber <a href="https://example.com/s">10 %</a>.</p>
<script>alert(1)</script><h2>Stufen</h2>
<table><caption>Stufen 2026</caption>
<tr><th>Stufe</th><th>Rabatt</th></tr><tr><td>Gold|Plus</td><td>20 %</td></tr></table>
<ol><li>Antrag<ul><li>mit Nachweis</li></ul></li><li>Prüfung</li></ol><pre># kein Titel
  code</pre><p hidden>geheim</p></main><footer>Impressum</footer></body></html>"""


def page(source: str, encoding: str = "utf-8") -> ReadDocument:
    return html.read(source.encode(encoding), "page.html")


def test_a_page_gives_its_main_content_as_markdown() -> None:
    document = page(PAGE)
    assert (document.title, document.language, document.metadata) == ("Rabatte", "de", {"description": "Alle Stufen"})
    intro, tiers = document.sections
    assert intro.heading_path == ("Rabatte",)
    assert intro.text == "Gold erhält **20 %**,\nSilber [10 %](https://example.com/s)."
    assert tiers.heading_path == ("Rabatte", "Stufen")
    assert tiers.text == (
        "Stufen 2026\n\n| Stufe | Rabatt |\n| --- | --- |\n| Gold\\|Plus | 20 % |\n\n"
        "1. Antrag\n   - mit Nachweis\n2. Prüfung\n\n```\n# kein Titel\n  code\n```"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_page_reads_the_same_in_any_encoding(encoding: str) -> None:
    assert page(PAGE, encoding).sections == page(PAGE).sections


def test_a_declared_charset_is_believed() -> None:
    source = '<html><head><meta charset="shift_jis"></head><body><p>割引は二十パーセント</p></body></html>'
    assert page(source, "shift_jis").sections[0].text == "割引は二十パーセント"


def test_a_page_without_main_keeps_its_body_and_drops_the_frame() -> None:
    source = "<body><header>Logo</header><div><p>Text eins.</p><div>Text zwei</div></div><footer>Fuß</footer></body>"
    assert [section.text for section in page(f"<html>{source}</html>").sections] == ["Text eins.\n\nText zwei"]


def test_a_table_that_only_lays_out_the_page_is_not_a_table() -> None:
    source = "<html><body><table><tr><td><h2>Left</h2><p>a</p></td><td><p>b</p></td></tr></table></body></html>"
    assert [(s.heading_path, s.text) for s in page(source).sections] == [(("Left",), "a\n\nb")]


def pdf_of(*pages: list[str], bookmarks: bool = False) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for number, lines in enumerate(pages):
        if bookmarks:
            canvas.bookmarkPage(str(number))
            canvas.addOutlineEntry(lines[0], str(number))
        for row, line in enumerate(lines):
            canvas.drawString(60, 780 - 16 * row, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_pages_carry_their_number_and_bookmark() -> None:
    document = pdf.read(pdf_of(["Tiers", "Gold."], ["Funds", "MDF."], bookmarks=True), "guide.pdf")
    assert [(s.heading_path, str(s.locator)) for s in document.sections] == [
        (("Tiers",), "page 1"),
        (("Funds",), "page 2"),
    ]


def test_running_headers_go_and_the_text_between_them_stays() -> None:
    pages = [["Acme guide", f"Rule {n} is here.", "It has a second line.", f"Page {n} of 6"] for n in range(1, 7)]
    texts = [section.text for section in pdf.read(pdf_of(*pages), "guide.pdf").sections]
    assert texts == [f"Rule {n} is here.\nIt has a second line." for n in range(1, 7)]


def test_wrapped_lines_are_joined_and_broken_words_mended() -> None:
    lines = ["Discounts", "Partners in the gold tier receive twenty percent on every regis-",
             "tered deal, and those who co-sell with us, as co-",
             "sell partners do, receive an additional five percent of it.",
             "- first item", "- second item"]  # fmt: skip
    text = pdf.read(pdf_of(lines), "guide.pdf").sections[0].text
    assert "every registered deal" in text
    assert "as co-sell partners do" in text
    assert text.startswith("Discounts\nPartners")
    assert text.endswith("\n- first item\n- second item")


def test_a_pdf_without_text_says_so() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        pdf.read(pdf_of([], []), "scan.pdf")
    assert caught.value.reason == "no_text"


def mail(*, plain: str = "", rich: str = "", attachment: str = "") -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "Änne <a@example.com>", "Prämien für Händler"
    if plain:
        message.set_content(plain)
    if rich:
        message.add_alternative(rich, subtype="html") if plain else message.set_content(rich, subtype="html")
    if attachment:
        message.add_attachment(b"x", maintype="application", subtype="pdf", filename=attachment)
    return message.as_bytes()


def test_a_mail_gives_its_plain_text_headers_and_the_names_of_attachments() -> None:
    document = eml.read(mail(plain="Hallo,\n\n> alt\n\nneu", rich="<p>anders</p>", attachment="liste.pdf"), "m.eml")
    assert document.title == "Prämien für Händler"
    assert document.metadata["from"] == "Änne <a@example.com>"
    assert document.sections[0].text == "Hallo,\n\n> alt\n\nneu"
    assert document.warnings == ("attachment liste.pdf was left out",)


def test_a_mail_of_html_alone_is_read_as_a_page() -> None:
    document = eml.read(mail(rich="<html><body><h1>Neu</h1><ul><li>eins</li></ul></body></html>"), "m.eml")
    assert [(s.heading_path, s.text) for s in document.sections] == [(("Neu",), "- eins")]
