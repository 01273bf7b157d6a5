"""Claims: every number, superlative and promise of the target comes from a slot or an approved claim."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.campaigns.checks.number import figures
from assistant.campaigns.finding import Finding, error
from assistant.campaigns.segment import Segment, without


def check(segment: Segment) -> Iterator[Finding]:
    """An error for each that nothing stands behind."""
    if segment.backing is None:
        return
    text = segment.own_words[1]
    for number in figures(text):
        if number not in segment.backing.numbers:
            yield error("claim", f"nothing stands behind the number {number}", number)
    uncovered = without(text, segment.backing.phrases)
    for pattern in (segment.locale.superlative, segment.locale.absolute):
        for match in pattern.finditer(uncovered) if pattern else ():
            yield error("claim", f"nothing stands behind “{match[0]}”", match[0])
