"""Length ratio: the target is neither a fragment of the source nor several times as long."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.campaigns.finding import Finding, warning
from assistant.campaigns.segment import Segment

ENOUGH = 30  # characters of the source; shorter lines vary too much


def check(segment: Segment) -> Iterator[Finding]:
    """A warning outside the ratios of the locale; they hold between English and the locale."""
    source, target = len(segment.bare_source.strip()), len(segment.bare_target.strip())
    if source < ENOUGH or segment.source_locale.language != "en":
        return
    low, high = segment.locale.ratio
    if target < low * source:
        yield warning("length_ratio", f"{target} characters for {source}: part of the text may be missing")
    elif target > high * source:
        yield warning("length_ratio", f"{target} characters for {source}: the text may hold more than its source")
