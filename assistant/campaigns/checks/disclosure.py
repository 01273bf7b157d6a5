"""Disclosure: what the law of the recipient's country wants to see is there, in its language, and in sight."""

from __future__ import annotations

import html
from collections.abc import Iterator

import regex

from assistant.campaigns.finding import Finding, error
from assistant.campaigns.segment import Segment

HIDDEN = regex.compile(
    r"<(\w+)[^>]*(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|hidden[\s>=])[^>]*>.*?</\1>|<!--.*?-->",
    regex.IGNORECASE | regex.DOTALL,
)

MARKUP = regex.compile(r"<[^>]+>")


def check(segment: Segment) -> Iterator[Finding]:
    """An error for each required text that is missing, and for a label that does not open the text."""
    if segment.opening and not segment.target.startswith(segment.opening):
        yield error("disclosure", f"the text must begin with exactly {segment.opening}", segment.opening)
    if not segment.required:
        return
    visible = _flat(HIDDEN.sub(" ", segment.target))
    for text in segment.required:
        if _flat(text) not in visible:
            yield error("disclosure", f"the law asks for “{text}”", text)


def _flat(text: str) -> str:
    return " ".join(html.unescape(MARKUP.sub(" ", text)).split())
