"""Double words: no word stands twice in a row, but where the language has it so."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from assistant.campaigns.finding import Finding, warning
from assistant.campaigns.segment import Segment

TWICE = regex.compile(
    r"(?<![\p{L}\p{N}\p{M}'’-])([\p{L}\p{M}\p{N}'’-]+)\s+\1(?![\p{L}\p{N}\p{M}'’-])", regex.IGNORECASE
)


def check(segment: Segment) -> Iterator[Finding]:
    """A warning for each word that is said twice where the source does not say its own twice."""
    if not segment.locale.spaced and not any(char.isspace() for char in segment.target):
        return
    text, allowed = segment.bare_target, segment.locale.doubled
    for match in TWICE.finditer(text):
        if match[1].isdecimal() or match[0].casefold() in segment.source.casefold():
            continue
        if allowed is None or not allowed.match(text, match.start()):
            yield warning("double_word", f"“{match[1]}” stands twice", match[0])
