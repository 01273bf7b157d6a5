"""Inclusive language: words that the brand's list replaces."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.campaigns.finding import Finding, warning
from assistant.campaigns.segment import Segment


def check(segment: Segment) -> Iterator[Finding]:
    """A warning with the better word for each."""
    pattern = segment.locale.excluding
    better = {word.casefold(): instead for word, instead in segment.locale.inclusive.items()}
    for match in pattern.finditer(segment.own_words[1]) if pattern else ():
        yield warning("inclusive", f"“{match[0]}”: say “{better.get(match[0].casefold(), '')}”", match[0])
