"""A document's blocks in order to sections, for formats that have paragraphs but no lines of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.domain.content import Locator
from ingest.section import Section


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item, table or code block as Markdown; a heading has its rank in `level`, other blocks 0.

    A block without text counts as a paragraph of the file and is not shown.
    """

    text: str
    level: int = 0
    item: bool = False


def outline_sections(blocks: Iterable[Block], *, within: tuple[str, ...] = ()) -> Iterator[Section]:
    """The blocks under each heading, list items on adjoining lines, located by their paragraph numbers from 1."""
    trail: list[Block] = []
    body: list[tuple[int, Block]] = []
    for number, block in enumerate(blocks, start=1):
        if not block.level:
            body += [(number, block)] if block.text.strip() else []
            continue
        yield from _section(body, within + tuple(b.text for b in trail))
        trail = [b for b in trail if b.level < block.level] + [block]
        body = []
    yield from _section(body, within + tuple(b.text for b in trail))


def _section(body: list[tuple[int, Block]], path: tuple[str, ...]) -> Iterator[Section]:
    text, before = "", False
    for _, block in body:
        text += ("\n" if before and block.item else "\n\n") + block.text if text else block.text
        before = block.item
    if text.strip():
        yield Section(path, text, Locator("paragraph", str(body[0][0]), str(body[-1][0])))
