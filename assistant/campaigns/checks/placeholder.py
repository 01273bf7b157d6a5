"""Placeholders: the target has exactly those of the source, and complex ICU messages keep their arguments and types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from assistant.campaigns.finding import Finding, error
from assistant.campaigns.message import FLUENT_OPTION, Malformed, arguments
from assistant.campaigns.segment import Segment, placeholders


def check(segment: Segment) -> Iterator[Finding]:
    """Errors for placeholders that were lost, added or renamed."""
    source, targets = Counter(segment.placeholders[0]), [Counter(segment.placeholders[1])]
    if "->" in segment.source and len(_forms(segment.source)) != len(_forms(segment.target)):  # each form has them all
        source, *_ = (Counter(placeholders(form)) for form in reversed(_forms(segment.source)))
        targets = [Counter(placeholders(form)) for form in _forms(segment.target)]
    for target in targets if source != targets[0] or len(targets) > 1 else ():
        yield from _compared(source, target)
    if "," in segment.source and "{" in segment.source:
        yield from _complex(segment)


def _compared(source: Counter[str], target: Counter[str]) -> Iterator[Finding]:
    for missing, count in (source - target).items():
        yield error("placeholder", f"{missing} of the source is missing{_times(count)}", missing)
    for added, count in (target - source).items():
        yield error("placeholder", f"{added} is not in the source{_times(count)}", added)


def _forms(text: str) -> list[str]:
    """The texts of a message's plural forms; the whole text of one without."""
    return FLUENT_OPTION.split(text)[2::2] if "->" in text else [text]


def _times(count: int) -> str:
    return f" ({count} times)" if count > 1 else ""


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
