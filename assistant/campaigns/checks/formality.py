"""Formality: readers are addressed as the brand decided for the locale."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.campaigns.finding import Finding, error
from assistant.campaigns.segment import Segment


def check(segment: Segment) -> Iterator[Finding]:
    """An error for the other form of address."""
    policy = segment.locale.formality.policy
    if policy == "any":
        return
    formal, informal = segment.locale.address
    pattern = informal if policy == "formal" else formal
    match = pattern.search(segment.own_words[1]) if pattern else None
    if match:
        yield error(
            "formality", f"“{match[0]}” is not {policy}, as the brand decided for {segment.locale.name}", match[0]
        )
