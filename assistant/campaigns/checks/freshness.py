"""Freshness: the translation belongs to the source as it stands, and nothing in it has run out when it is sent."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.campaigns.finding import Finding, error, warning
from assistant.campaigns.segment import Segment


def check(segment: Segment) -> Iterator[Finding]:
    """An error for what has run out, a warning for a source that changed since, and for limits that are old."""
    backing = segment.backing
    if backing is None:
        return
    if backing.sent and backing.expires and backing.sent > backing.expires:
        yield error("freshness", f"approved until {backing.expires}, to be sent {backing.sent}")
    if backing.approved_source and backing.approved_source != backing.current_source:
        yield error("freshness", "the source changed after this translation was approved")
    if segment.place is not None and backing.sent and segment.place.stale(backing.sent):
        yield warning("freshness", f"the limits of {segment.place.name} were last looked up on {segment.place.as_of}")
