"""Markdown as a reader sees it: plain text, blocks and sentences, each a span of the original."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["prose", "list", "table", "code"]

# Untrusted text goes through these patterns: possessive quantifiers and exclusive classes keep them linear.
IMAGE = re.compile(r"!\[([^\[\]]*+)\]\([^()]*+(?:\([^()]*+\)[^()]*+)*+\)")
DIRECTIVE = re.compile(r":::image(?:(?!:::)[^\n])*+:::|:::[^\n]*")
ALTERNATIVE = re.compile(r"alt-text=\"([^\"]*)\"")
TARGET = r"(?:<[^<>\n]*>|(?:[^()\s]|\([^()\s]*\))*+)"
LINK = re.compile(rf"\[([^\[\]]*+)\]\(\s*+{TARGET}(?:\s++(?:\"[^\"]*\"|'[^']*'))?\s*+\)")
REFERENCE = re.compile(r"\[([^\[\]]++)\]\[[^\[\]]*+\]")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
TAG = re.compile(r"</?[a-zA-Z][^<>\n]*>")
URL = re.compile(r"<?https?://[^\s<>()|]+>?")
ALERT = re.compile(r"\[!(?:NOTE|IMPORTANT|TIP|WARNING|CAUTION)\]", re.IGNORECASE)
RULE = re.compile(
    r"^[ \t]*+(?:\|[ \t]*+)?+:?-++:?[ \t]*+(?:\|[ \t:-]*+)*+$|^[ \t]*+(?:[*_-][ \t]*+){3,}+$", re.MULTILINE
)
# Emphasis marks, longest first, to the places where each may close; a mark first, because that is found fast.
CLOSERS = {
    "***": re.compile(r"\*(?<=[^\s\\]\*)(?=\*\*(?!\w))"),
    "**": re.compile(r"\*(?<=[^\s\\]\*)(?=\*(?!\w))"),
    "*": re.compile(r"\*(?<=[^\s\\]\*)(?!\w)"),
    "~~": re.compile(r"~(?<=[^\s\\]~)(?=~(?!\w))"),
    "``": re.compile(r"`(?<=\S`)(?=`(?!\w))"),
    "`": re.compile(r"`(?<=\S`)(?!\w)"),
    "__": re.compile(r"_(?<=[^\s\\]_)(?=_(?!\w))"),
    "_": re.compile(r"_(?<=[^\s\\]_)(?!\w)"),
}
EMPHASIS = re.compile(r"[*_~`]")
OPENER = re.compile(r"[*_~`](?<!\\.)(?<!\w_)")
QUOTE = re.compile(r"^(?:[ \t]*+>)++[ \t]?", re.MULTILINE)
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")
SPACES = re.compile(r"[ \t\u00a0]+")
FENCE = re.compile(r"[ \t>]*(`{3,}(?=[^`]*$)|~{3,})")
FENCE_END = re.compile(r"[ \t>]*(`{3,}|~{3,})[ \t]*$")
ITEM = re.compile(r"[ \t>]*(?:[-*+•]|\d{1,3}[.)])[ \t]+\S")
TABLE_ROW = re.compile(r"[ \t>]*\|")
# A sentence ends at a full stop, question or exclamation mark before white space and an opening character, or at a
# CJK one that no quotation carries on after. Not after an abbreviation, an initial, a numbered step or the
# day of a German date.
STOP = re.compile(
    r"(?<![.!?…])[.!?…]++[\"'”’)\]*_]*+(?=\s+[\"'“‘(\[*_¿¡]*[A-ZÀ-ÖØ-Þ0-9¿¡\u0400-\u04ff\u3040-\u9fff])"
    r"|[。！？]++(?:[」』）]++(?![\u3041-\u309f、])|(?![」』）]))"
)
ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|no|nr|mr|mrs|ms|dr|st|inc|ltd|corp|co|fig|sec|z\.b|d\.h|u\.a|bzw|ca|usw"
    r"|abs|p\.ex|p\.ej|ej|ex|sr|sra|art|av|ggf|inkl|zzgl|vgl|mio|mrd|ee|uu|pág|págs|núm|aprox"
    r"|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)|\b[A-Z]|(?:^|\n)[ \t]*\d{1,3})\.$",
    re.IGNORECASE,
)
ORDINAL = re.compile(
    r"(?<=\d\.)\s+(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b"
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
    text = _without_links(markdown) if "[" in markdown or ":::" in markdown else markdown
    text = _without_tags(text) if "<" in text or "-->" in text or "[!" in text else text
    text = URL.sub(lambda m: _url_words(m.group(0)), text) if "://" in text else text
    text = RULE.sub("", text) if "-" in text or "*" in text or "_" in text else text
    if EMPHASIS.search(text):
        text = "\n".join(_without_emphasis(_without_emphasis(line)) for line in text.split("\n"))
    text = QUOTE.sub("", text) if ">" in text else text
    text = ESCAPE.sub(r"\1", text) if "\\" in text else text
    text = ENTITY.sub(lambda m: html.unescape(m.group(0)), text.replace("|", " "))
    text = SPACES.sub(" ", text) if "  " in text or "\t" in text or "\u00a0" in text else text
    lines = (line.strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _without_links(text: str) -> str:
    text = DIRECTIVE.sub(_alternative, IMAGE.sub(r"\1", text))
    return REFERENCE.sub(r"\1", LINK.sub(r"\1", text))


def _without_tags(text: str) -> str:
    return ALERT.sub("", TAG.sub(" ", _without_comments(text)))


def _alternative(directive: re.Match[str]) -> str:
    """The alternative text of an image directive; of any other directive nothing."""
    alternative = ALTERNATIVE.search(directive.group(0)) if directive.group(0).endswith(":::") else None
    return alternative.group(1) if alternative else ""


def _without_comments(text: str) -> str:
    """Comments as a space; an opening mark after the last closing one opens nothing, so it is not looked at."""
    end = text.rfind("-->") + 3
    return COMMENT.sub(" ", text[:end]) + text[end:] if end > 2 else text


def _without_emphasis(line: str) -> str:
    """A line without pairs of emphasis marks; each opener takes the nearest closer of its kind, found by bisection."""
    if not EMPHASIS.search(line):
        return line
    places = {mark: [m.start() for m in close.finditer(line)] for mark, close in CLOSERS.items() if mark in line}
    kept: list[str] = []
    at = 0
    for opener in OPENER.finditer(line) if places else ():
        start = opener.start()
        for mark in (m for m in places if start >= at and line.startswith(m, start)):
            inner = start + len(mark)
            nearest = bisect_right(places[mark], inner)
            if nearest < len(places[mark]) and not line[inner].isspace():
                end = places[mark][nearest]
                kept += [line[at:start], line[inner:end]]
                at = end + len(mark)
                break
    return "".join([*kept, line[at:]])


def _url_words(url: str) -> str:
    """The last words of an address: what it points to, without host and query."""
    path = url.strip("<>").split("?")[0].split("//", 1)[-1]
    return " ".join(re.findall(r"[^\W_]{3,}", path.partition("/")[2])[-3:])


def blocks(text: str) -> list[Span]:
    """Paragraphs, lists, tables and fenced code in order, without the blank lines between them."""
    found: list[Span] = []
    start = end = -1
    fence = ""
    for begin, line in _lines(text):
        mark = FENCE_END.match(line) if fence else FENCE.match(line)
        if mark and not fence:
            fence = mark.group(1)
        elif mark and mark.group(1).startswith(fence):
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
    links = [link.span() for link in LINK.finditer(text, span.start, span.end)]
    for stop in STOP.finditer(text, span.start, span.end):
        abbreviated = ABBREVIATION.search(text, max(start, stop.end() - 12), stop.end())
        link = bisect_right(links, (stop.start(), span.end)) - 1
        linked = link >= 0 and stop.start() < links[link][1]
        if abbreviated or linked or ORDINAL.match(text, stop.end(), span.end):
            continue
        found.append(Span(start, stop.end(), span.kind))
        start = stop.end()
    found.append(Span(start, span.end, span.kind))
    return [each for each in (trimmed(text, span) for span in found) if each.start < each.end]


def trimmed(text: str, span: Span) -> Span:
    """A span without white space at its ends."""
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
