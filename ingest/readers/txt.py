"""Plain text: paragraphs, grouped, with their lines."""

from __future__ import annotations

from assistant.domain.content import Locator
from ingest.readers.encoding import decode
from ingest.readers.sniff import require
from ingest.readers.text import title_from
from ingest.section import ReadDocument, Section

# Paragraphs are gathered to about this many characters, so that a line-per-paragraph file is not a thousand sections.
BLOCK = 2000


def read(data: bytes, name: str) -> ReadDocument:
    """Blocks of whole paragraphs; each text is `lines[start:end]` of the decoded file."""
    require(data, name, "text")
    decoded = decode(data, name, repair=True)
    lines = decoded.text.split("\n")
    return ReadDocument(title_from(name), tuple(_blocks(lines)), warnings=decoded.warnings)


def _blocks(lines: list[str]) -> list[Section]:
    sections: list[Section] = []
    start, end, size = -1, 0, 0
    for number, line in enumerate(lines):
        if line.strip():
            start = number if start < 0 else start
            end, size = number + 1, size + len(line)
        elif size >= BLOCK:
            sections.append(_section(lines, start, end))
            start, size = -1, 0
    if start >= 0:
        sections.append(_section(lines, start, end))
    return sections


def _section(lines: list[str], start: int, end: int) -> Section:
    return Section((), "\n".join(lines[start:end]), Locator("line", str(start + 1), str(end)))
