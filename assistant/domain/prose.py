"""Markdown as a reader sees it: plain text, blocks and sentences, each a span of the original."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["prose", "list", "table", "code"]

IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)|:::image[^\n]*?alt-text=\"([^\"]*)\"[^\n]*?:::|:::[^\n]*")
LINK = re.compile(r"\[([^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")
REFERENCE = re.compile(r"\[([^\[\]]+)\]\[[^\[\]]*\]")
TAG = re.compile(r"</?[a-zA-Z][^<>\n]*>|<!--.*?-->", re.DOTALL)
URL = re.compile(r"<?https?://[^\s<>()|]+>?")
ALERT = re.compile(r"\[!(?:NOTE|IMPORTANT|TIP|WARNING|CAUTION)\]", re.IGNORECASE)
RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t:-]*)*$|^[ \t]*(?:[*_-][ \t]*){3,}$", re.MULTILINE)
EMPHASIS = re.compile(r"(\*\*\*|\*\*|\*|~~|``|`|(?<!\w)__|(?<!\w)_)(?=\S)(.+?)(?<=\S)\1(?!\w)")
QUOTE = re.compile(r"^[ \t]*>+[ \t]?", re.MULTILINE)
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
SPACES = re.compile(r"[ \t\u00a0]+")
FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
ITEM = re.compile(r"[ \t>]*(?:[-*+•]|\d{1,3}[.)])[ \t]+\S")
TABLE_ROW = re.compile(r"[ \t>]*\|.*\|[ \t]*$|[ \t>]*\|")
# A sentence ends at a full stop, question or exclamation mark before white space and an opening character, or at a
# CJK one. Not after an abbreviation, an initial or a numbered step.
STOP = re.compile(
    r"[.!?…]+[\"'”’)\]*_]*(?=\s+[\"'“‘(\[*_¿¡]*[A-ZÀ-ÖØ-Þ0-9¿¡\u0400-\u04ff\u3040-\u9fff])|[。！？]+[」』）]?"
)
ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|no|nr|mr|mrs|ms|dr|st|inc|ltd|corp|co|fig|sec|z\.b|d\.h|u\.a|bzw|ca|usw"
    r"|abs|p\.ex|p\.ej|ej|sr|sra|art|av"
    r"|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)|\b[A-Z]|(?:^|\n)[ \t]*\d{1,3})\.$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of a text, and what kind of block they are."""

    start: int
    end: int
    kind: BlockKind = "prose"

    def of(self, text: str) -> str:
        """The characters themselves."""
        return text[self.start : self.end]


def plain(markdown: str) -> str:
    """The words a reader sees: no link targets, image paths, tags, emphasis or table rules; line breaks are kept."""
    text = IMAGE.sub(lambda m: m.group(1) or m.group(2) or "", markdown)
    text = REFERENCE.sub(r"\1", LINK.sub(r"\1", text))
    text = ALERT.sub("", TAG.sub(" ", text))
    text = URL.sub(lambda m: _url_words(m.group(0)), text)
    text = RULE.sub("", text)
    text = EMPHASIS.sub(r"\2", EMPHASIS.sub(r"\2", text))
    text = ESCAPE.sub(r"\1", QUOTE.sub("", text)).replace("|", " ").replace("&nbsp;", " ").replace("&amp;", "&")
    lines = (SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _url_words(url: str) -> str:
    """The last words of an address: what it points to, without host and query."""
    path = url.strip("<>").split("?")[0].split("//", 1)[-1]
    return " ".join(re.findall(r"[A-Za-z]{3,}", path.partition("/")[2])[-3:])


def blocks(text: str) -> list[Span]:
    """Paragraphs, lists, tables and fenced code in order, without the blank lines between them."""
    found: list[Span] = []
    start = end = -1
    fence = ""
    for begin, line in _lines(text):
        mark = FENCE.match(line)
        if mark and not fence:
            fence = mark.group(1)
        elif mark and fence and mark.group(1)[0] == fence[0] and len(mark.group(1)) >= len(fence):
            fence = ""
        if line.strip() or fence:
            start, end = (begin if start < 0 else start), begin + len(line)
        elif start >= 0:
            found.append(Span(start, end, _kind(text[start:end])))
            start = -1
    if start >= 0:
        found.append(Span(start, end, _kind(text[start:end])))
    return found


def lines(text: str, span: Span) -> list[Span]:
    """The non-blank lines of a block, list items with the lines that continue them."""
    found: list[Span] = []
    for begin, line in _lines(span.of(text)):
        if not line.strip():
            continue
        here = Span(span.start + begin, span.start + begin + len(line), span.kind)
        if span.kind == "list" and found and not ITEM.match(line):
            found[-1] = Span(found[-1].start, here.end, span.kind)
        else:
            found.append(here)
    return found


def sentences(text: str, span: Span) -> list[Span]:
    """The sentences of a stretch of prose, in any of our languages, without the white space between them."""
    found: list[Span] = []
    start = span.start
    for stop in STOP.finditer(text, span.start, span.end):
        if ABBREVIATION.search(text, max(start, stop.end() - 12), stop.end()):
            continue
        found.append(Span(start, stop.end(), span.kind))
        start = stop.end()
    found.append(Span(start, span.end, span.kind))
    return [trimmed for trimmed in (_trim(text, each) for each in found) if trimmed.start < trimmed.end]


def _trim(text: str, span: Span) -> Span:
    body = span.of(text)
    return Span(span.start + len(body) - len(body.lstrip()), span.start + len(body.rstrip()), span.kind)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def _kind(block: str) -> BlockKind:
    first = block.split("\n", 1)[0]
    if FENCE.match(first):
        return "code"
    if TABLE_ROW.match(first):
        return "table"
    return "list" if ITEM.match(first) or any(ITEM.match(line) for line in block.split("\n")[1:]) else "prose"
