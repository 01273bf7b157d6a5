"""Characters: no control characters, no invisible ones, no overrides of direction, no text decoded wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Protocol

import regex

from assistant.campaigns.finding import Finding, error
from assistant.campaigns.segment import Segment

CONTROL = regex.compile(r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f]")
OVERRIDE = regex.compile(r"[\u202a-\u202e]")
INVISIBLE = regex.compile(r"[\u200b\u2060\ufeff\u00ad\u180e]")
JOINER = regex.compile(r"\u200d(?!\p{Extended_Pictographic})|\u200c")
MARKS = regex.compile(r"[\u200e\u200f\u061c]")
LOST = regex.compile(r"\ufffd|(?<=\p{L})\?(?=\p{Ll})|\p{Co}")
JOINING = {"ar", "fa", "hi"}  # scripts that need joiners between letters


class Badness(Protocol):
    """ftfy's judgement."""

    def __call__(self, text: str) -> bool:
        """Whether the text shows signs of wrong decoding."""
        ...


def check(segment: Segment) -> Iterator[Finding]:
    """Errors for characters that must not be there; what the source has itself is allowed."""
    text = segment.target
    if text.isascii() and not CONTROL.search(text):
        return
    for pattern, told in (
        (CONTROL, "a control character"),
        (OVERRIDE, "an override of direction"),
        (LOST, "a lost character"),
    ):
        if match := pattern.search(segment.bare_target if pattern is LOST else text):
            yield error("characters", f"{told} (U+{ord(match[0]):04X})", match[0])
    joined = segment.locale.language in JOINING
    match = INVISIBLE.search(text) or (None if joined else JOINER.search(text))
    if match and match[0] not in segment.source:
        yield error("characters", f"an invisible character (U+{ord(match[0][0]):04X})", match[0])
    match = MARKS.search(text)
    if match and segment.locale.direction == "ltr":
        yield error("characters", f"a mark of direction (U+{ord(match[0]):04X})", match[0])
    if text.count("\u2066") + text.count("\u2067") + text.count("\u2068") != text.count("\u2069"):
        yield error("characters", "an isolate of direction is not closed", "\u2069")
    if _badness()(text) and not _badness()(segment.source):
        yield error("characters", "the text was decoded wrongly (mojibake)")


@cache
def _badness() -> Badness:
    from ftfy.badness import is_bad  # noqa: PLC0415 (compiles large tables)

    judge: Badness = is_bad
    return judge
