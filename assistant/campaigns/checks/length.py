"""Length: the text fits its field, counted as the channel counts."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.campaigns.channel import Unit
from assistant.campaigns.counters import measure
from assistant.campaigns.finding import Finding, error, warning
from assistant.campaigns.segment import Segment

UNITS = {Unit.CHARACTERS: "characters", Unit.WIDTH: "places", Unit.WEIGHT: "weighted characters", Unit.PARTS: "parts"}


def check(segment: Segment) -> Iterator[Finding]:
    """An error above the limit of the channel, a warning above what readers see."""
    if segment.place is None:
        return
    limit = segment.place.limit
    size = measure(segment.target, limit.unit)
    if size > limit.hard:
        yield error("length", f"{size} {UNITS[limit.unit]}, {segment.place.name} takes {limit.hard}")
    elif limit.soft and size > limit.soft:
        yield warning("length", f"{size} {UNITS[limit.unit]}, of which readers see {limit.soft}")
