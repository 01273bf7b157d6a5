"""Banned words: what the law of the country forbids in advertising, or allows only with a survey."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.campaigns.finding import Finding, error
from assistant.campaigns.segment import Segment


def check(segment: Segment) -> Iterator[Finding]:
    """An error for each banned word; with a bound survey claim, none for words that ask for one."""
    rule = segment.banned
    if rule is None or (rule.unless_survey and segment.backing is not None and segment.backing.survey):
        return
    text = "".join(segment.target.split()).casefold()
    for term in rule.terms:
        if "".join(term.split()).casefold() in text:
            reason = " without a survey" if rule.unless_survey else ""
            yield error("banned", f"“{term}” is not allowed{reason} ({rule.source})", term)
