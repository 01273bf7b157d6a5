"""Plurals: every message with a plural has all the forms that CLDR gives the locale."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.campaigns.finding import Finding, error
from assistant.campaigns.message import Malformed, arguments
from assistant.campaigns.segment import Segment


def check(segment: Segment) -> Iterator[Finding]:
    """An error for each plural that lacks forms; numbers such as =0 do not replace a form."""
    if "plural" not in segment.target and "->" not in segment.target:
        return
    try:
        found = arguments(segment.target)
    except Malformed:
        return  # the placeholder check says so
    for name, kind, options in found:
        if kind != "plural" or not (set(options) & {"one", "other", "few", "many", "two", "zero"}):
            continue
        missing = sorted(segment.locale.plural_categories - set(options))
        if missing:
            yield error("plural", f"the plural of {{{name}}} has no form for {', '.join(missing)}", name)
