"""Markdown: verbatim lines under their headings."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.domain.content import Locator
from ingest.readers.encoding import decode
from ingest.readers.front_matter import split_front_matter
from ingest.readers.sniff import require
from ingest.readers.text import one_line, title_from
from ingest.section import ReadDocument, Section

ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
SETEXT = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")
FENCE = re.compile(r"[ \t]*((?:(?:[-*+]|\d{1,9}[.)])[ \t]+|>[ \t]?)*)(`{3,}|~{3,})(.*)$")
RAW_HTML = re.compile(r" {0,3}<(pre|script|style|textarea)(?:[\s>]|$)", re.IGNORECASE)
# Lines that cannot be the text of a setext heading: other blocks begin here.
NO_PARAGRAPH = re.compile(
    r"[ \t]*(?:$|(?:[-*_][ \t]*){3,}$|>|"
    r"[-*+](?:[ \t]|$)|\d{1,9}[.)](?:[ \t]|$)|<[a-zA-Z!/?]|\||\[[^\]]+\]:)| {4}|\t|:::"
)
ANCHOR_BLOCK = re.compile(r"\s*\{[#.:][^{}]*\}\s*$")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)|!?\[([^\[\]]+)\]\[[^\[\]]*\]")
EMPHASIS = re.compile(r"(\*{1,3}|(?<!\w)_{1,3}|`+|~~)(?=\S)(.+?)(?<=\S)\1(?!\w)")
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading's rank and text, and the lines it takes: `[first, end)`, counted from 0."""

    level: int
    text: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class _Open:
    """A block that runs over lines: what closes it, and what shows that its list item or quote is over."""

    closes: re.Pattern[str]
    leaves: re.Pattern[str] | None = None


def read(data: bytes, name: str) -> ReadDocument:
    """The sections of a Markdown file; each text is `lines[start:end]` of the file without blank lines at its ends."""
    require(data, name, "text")
    decoded = decode(data, name)
    lines = decoded.text.split("\n")
    front = split_front_matter(lines)
    sections = tuple(split_sections(lines, first=front.lines))
    if not sections:
        sections = tuple(_whole(lines, front.lines))
    heads = [h for section in sections[:1] for h in section.heading_path[:1]]
    title = one_line(front.metadata.get("title", "")) or next(iter(heads), "") or title_from(name)
    return ReadDocument(title, sections, metadata=front.metadata, warnings=decoded.warnings + front.warnings)


def split_sections(lines: Sequence[str], *, first: int = 0, within: tuple[str, ...] = ()) -> Iterator[Section]:
    """The text under each heading from line `first` on, with the path of headings above it, below `within`."""
    trail: list[Heading] = []
    start = first
    for heading in [*headings(lines, first), None]:
        path = within + tuple(h.text for h in trail)
        section = _verbatim(lines, start, heading.first if heading else len(lines))
        if section:
            yield replace(section, heading_path=path)
        if heading:
            trail = [h for h in trail if h.level < heading.level] + [heading]
            start = heading.end


def headings(lines: Sequence[str], first: int = 0) -> list[Heading]:
    """The headings outside code, comments and raw HTML, in one pass over the lines."""
    found: list[Heading] = []
    opened: _Open | None = None
    paragraph = -1  # the line a paragraph began on, -1 outside one
    for number in range(first, len(lines)):
        line = lines[number]
        if opened and not (opened.leaves and opened.leaves.match(line)):
            opened = None if opened.closes.match(line) else opened
            continue
        opened = _opening(line)
        atx = ATX.match(line)
        if opened:
            paragraph = -1
        elif atx:
            text = re.sub(r"(?:^|[ \t])#+[ \t]*$", "", line[atx.end() :])
            found.append(Heading(len(atx[1]), heading_text(text), number, number + 1))
            paragraph = -1
        elif paragraph >= 0 and SETEXT.match(line):
            text = " ".join(lines[paragraph:number])
            found.append(Heading(1 if "=" in line else 2, heading_text(text), paragraph, number + 1))
            paragraph = -1
        elif not line.strip():
            paragraph = -1
        elif paragraph < 0 and not NO_PARAGRAPH.match(line) and (number == first or _starts(lines[number - 1])):
            paragraph = number
        elif paragraph >= 0 and NO_PARAGRAPH.match(line) and not line.startswith(("    ", "\t")):
            paragraph = -1
    return found


def _starts(before: str) -> bool:
    """Whether a paragraph can begin after this line: not in the middle of a list item, quote or table."""
    return not before.strip() or ATX.match(before) is not None or SETEXT.match(before) is not None


def _opening(line: str) -> _Open | None:
    """The block that this line opens and leaves open, where a `#` is no heading."""
    fence = FENCE.match(line)
    if fence and not (fence[2][0] == "`" and "`" in fence[3]):
        closes = re.compile(rf"[ \t>]*{re.escape(fence[2][0])}{{{len(fence[2])},}}[ \t]*$")
        marker = fence[1].strip()
        return _Open(closes, re.compile(r"(?!\s*>)\s*\S" if marker == ">" else r"\S") if marker else None)
    if re.match(r" {0,3}<!--", line):
        return None if "-->" in line else _Open(re.compile(r".*-->"))
    raw = RAW_HTML.match(line)
    if raw and f"</{raw[1].lower()}>" not in line.lower():
        return _Open(re.compile(rf".*</{raw[1]}>", re.IGNORECASE))
    return None


def heading_text(source: str) -> str:
    """A heading as a reader sees it: no anchors, links, emphasis or escapes."""
    text = ANCHOR_BLOCK.sub("", TAG.sub("", source[:1000]))
    for _ in range(3):  # a link in bold, an image in a link
        text = EMPHASIS.sub(r"\2", LINK.sub(lambda m: m[1] or m[2] or "", text))
    return one_line(html.unescape(ESCAPE.sub(r"\1", text)))


def _verbatim(lines: Sequence[str], start: int, end: int) -> Section | None:
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    if start == end:
        return None
    return Section((), "\n".join(lines[start:end]), Locator("line", str(start + 1), str(end)))


def _whole(lines: Sequence[str], first: int) -> Iterator[Section]:
    """A file of nothing but headings is its own text; one of nothing but front matter is its front matter."""
    section = _verbatim(lines, first, len(lines)) or _verbatim(lines, 0, len(lines))
    if section:
        yield section
