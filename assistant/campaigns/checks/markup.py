"""Markup: the target has the tags, links and emphasis of the source, each closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import regex

from assistant.campaigns.finding import Finding, error, warning
from assistant.campaigns.segment import TAG, Segment

NAME = regex.compile(r"</?([\w:-]+)")
HREF = regex.compile(r"\b(?:href|src)\s*=\s*[\"']?([^\"'\s>]+)", regex.IGNORECASE)
MARKDOWN_LINK = regex.compile(r"\]\(([^()\s]+)\)")
MRKDWN_LINK = regex.compile(r"<(https?://[^|>\s]+)(?:\|[^>]*)?>")
BREAKS = {"<br>", "<wbr>"}  # another length breaks elsewhere
BOLD = regex.compile(r"\*\*|__")


def check(segment: Segment) -> Iterator[Finding]:
    """Errors for tags and links that were lost, added or changed."""
    for kind, source, target in zip(
        ("tag", "link", "emphasis"), _parts(segment.source), _parts(segment.target), strict=True
    ):
        if source == target:
            continue
        for missing in (source - target).elements():
            told = warning if missing in BREAKS else error
            yield told("markup", f"the {kind} {missing} of the source is missing", missing)
        for added in (target - source).elements():
            yield error("markup", f"the {kind} {added} is not in the source", added)


def _parts(text: str) -> tuple[Counter[str], Counter[str], Counter[str]]:
    tags: Counter[str] = Counter()
    links = Counter(MARKDOWN_LINK.findall(text)) if "](" in text else Counter[str]()
    if "<" in text:
        for tag in TAG.findall(text):
            name = NAME.match(tag)
            slash = "/" if tag.startswith("</") else ""
            tags[f"<{slash}{name[1].lower() if name else ''}>"] += 1
            links.update(HREF.findall(tag))
        links.update(MRKDWN_LINK.findall(text))
    return tags, links, Counter(BOLD.findall(text))
