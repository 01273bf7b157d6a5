"""Where lines begin: in a language from right to left at the right, also those whose first word is a Latin one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import bidirectional

from integrations.surfaces.slack.delivery import Json
from prompts.messages import from_right_to_left

MARK = "\u200f"  # RIGHT-TO-LEFT MARK: seen by nobody, and the first letter for whoever looks for a direction
QUOTE = re.compile(r"> ?")
UNSEEN = re.compile(r"<[^|<>\n]*\||&(?:amp|lt|gt);")  # the address of a link before its words; signs without direction
LONGEST = 3000  # characters of a text
FROM_THE_RIGHT = frozenset({"R", "AL"})
STRONG = FROM_THE_RIGHT | {"L"}


def directed(blocks: Iterable[Json], language: str) -> list[Json]:
    """Blocks whose lines begin where those of the language do; unchanged in one from left to right.

    Slack gives a text the direction of its first letter, so a line in Arabic that begins with a name, the number of a
    source or an id would be told the wrong way round. What stands in fields, buttons and Markdown is left alone.
    """
    if not from_right_to_left(language):
        return list(blocks)
    return [_directed(block) for block in blocks]


def _directed(block: Json) -> Json:
    if block["type"] == "section":
        return {**block, "text": _text(block["text"])}
    if block["type"] == "context":
        return {**block, "elements": [_text(each) for each in block["elements"]]}
    return block


def _text(made: Json) -> Json:
    told = "\n".join(map(begun, made["text"].split("\n")))
    return {**made, "text": told} if len(told) <= LONGEST else made


def begun(line: str) -> str:
    """A line with a mark before its first letter, where it has letters from the right and begins with others."""
    seen = [bidirectional(letter) for letter in UNSEEN.sub("", line)]
    first = next((kind for kind in seen if kind in STRONG), "")
    if first != "L" or not FROM_THE_RIGHT.intersection(seen):
        return line
    quote = QUOTE.match(line)
    at = quote.end() if quote else 0
    return f"{line[:at]}{MARK}{line[at:]}"
