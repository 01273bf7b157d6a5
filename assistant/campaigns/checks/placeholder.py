"""Placeholders: the target has exactly those of the source, and complex ICU messages keep their arguments and types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from assistant.campaigns.finding import Finding, error
from assistant.campaigns.message import Malformed, arguments
from assistant.campaigns.segment import Segment


def check(segment: Segment) -> Iterator[Finding]:
    """Errors for placeholders that were lost, added or renamed."""
    if segment.placeholders[0] != segment.placeholders[1]:
        source, target = (Counter(found) for found in segment.placeholders)
        for missing in (source - target).elements():
            yield error("placeholder", f"{missing} of the source is missing", missing)
        for added in (target - source).elements():
            yield error("placeholder", f"{added} is not in the source", added)
    if "," in segment.source and "{" in segment.source:
        yield from _complex(segment)


def _complex(segment: Segment) -> Iterator[Finding]:
    try:
        wanted = {(name, kind) for name, kind, _ in arguments(segment.source) if kind}
    except Malformed:
        return
    if not wanted:
        return
    try:
        found = {(name, kind) for name, kind, _ in arguments(segment.target) if kind}
    except Malformed as off:
        yield error("placeholder", f"the message cannot be read: {off}")
        return
    for name, kind in sorted(wanted - found):
        yield error("placeholder", f"the {kind} of {{{name}}} is missing; keep its keyword in English", name)
