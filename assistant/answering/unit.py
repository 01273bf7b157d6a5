"""A passage as the smallest pieces that can be quoted on their own: sentences, list items, table rows, code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from assistant.domain.prose import ITEM, RULE, Span, blocks, lines, plain, sentences

REMEMBERED = 4096  # passages that are kept cut up: an answer looks at the same ones several times, and so do others
# What is left of bold text that runs over several sentences.
ORPHAN = re.compile(r"^(?:\*{1,3}|__|~~)(?=\S)|(?<=\S)(?:\*{1,3}|__|~~)$")


@dataclass(frozen=True, slots=True)
class Unit:
    """A span of a passage's text. `words` is what a reader sees of it; `block` numbers the block it belongs to.

    `announces` marks a line such as "You need:" that makes sense only with what follows.
    """

    span: Span
    words: str
    block: int
    announces: bool = False


@lru_cache(maxsize=REMEMBERED)
def units(text: str) -> tuple[Unit, ...]:
    """The units of a passage in order; every one is a span of `text`, so its quote is verbatim by construction."""
    return tuple(unit for number, block in enumerate(blocks(text)) for unit in _of_block(text, block, number))


def _of_block(text: str, block: Span, number: int) -> Iterator[Unit]:
    for span in _pieces(text, block):
        words = span.of(text) if block.kind == "code" else plain(span.of(text))
        words = ORPHAN.sub("", words) if block.kind == "prose" else words
        if words and not (block.kind == "table" and RULE.fullmatch(span.of(text))):
            yield Unit(span, words, number, announces=words.rstrip().endswith((":", "：")))


def _pieces(text: str, block: Span) -> list[Span]:
    if block.kind == "code":
        return [block]
    if block.kind == "prose":
        return sentences(text, block)
    if block.kind == "table":
        return lines(text, block)
    return [piece for line in lines(text, block) for piece in _item(text, line)]


def _item(text: str, line: Span) -> list[Span]:
    """A line of a list block: an item stays whole; a paragraph that leads in to the list is cut into sentences."""
    return [line] if ITEM.match(line.of(text)) else sentences(text, line)
