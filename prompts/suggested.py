"""What Liaison suggests to ask. It wrote these questions in every language it speaks, so it knows what each means."""

from __future__ import annotations

import re
from functools import cache
from string import Formatter

from prompts.messages import keys, message, wordings

SUGGESTED = "slack_prompt_"
TITLE = "_title"
MARKS = re.compile(r"[\u2066-\u2069\u200e\u200f]")  # directions of text, which people copy along
SPACES = re.compile(r"\s+")


def in_english(text: str) -> str:
    """A question that Liaison suggests, in English; "" for any other text.

    It may be written in any language that Liaison speaks, with anything in its slots, and end as people type.
    """
    told = _plain(text)
    for pattern, key in _suggested():
        found = pattern.fullmatch(told)
        if found:
            return message(key, "en", **found.groupdict())
    return ""


@cache
def _suggested() -> tuple[tuple[re.Pattern[str], str], ...]:
    known = [key for key in keys(SUGGESTED) if not key.endswith(TITLE)]
    return tuple((_pattern(_plain(text)), key) for key in known for text in wordings(key))


def _pattern(text: str) -> re.Pattern[str]:
    pieces = [re.escape(piece) + (f"(?P<{slot}>.+)" if slot else "") for piece, slot, _, _ in Formatter().parse(text)]
    return re.compile("".join(pieces), re.IGNORECASE)


def _plain(text: str) -> str:
    return SPACES.sub(" ", MARKS.sub("", text)).strip(" .?!。？！؟¿¡")
