"""Links: https, an allowed host, every tracking parameter once, nothing left unfilled."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from assistant.campaigns.finding import Finding, error
from assistant.campaigns.segment import ADDRESS, PLACEHOLDER, Segment


def check(segment: Segment) -> Iterator[Finding]:
    """Errors for links that break, leave the allowed hosts or are not tracked."""
    found = [match[0].rstrip(".,;:!?)") for match in ADDRESS.finditer(segment.target)]
    for url in found:
        yield from _form(url)
    if segment.links is not None:
        for url in found:
            yield from _rule(url, segment)


def _form(url: str) -> Iterator[Finding]:
    if url.count("?") > 1:
        yield error("link", f"{url} has two question marks", url)
    if PLACEHOLDER.search(url) or "%7B" in url.upper():
        yield error("link", f"{url} has a placeholder that was not filled", url)
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if "." not in host or ".." in host:
        yield error("link", f"{url} names no host", url)


def _rule(url: str, segment: Segment) -> Iterator[Finding]:
    rule = segment.links
    if rule is None:
        return
    parts = urlsplit(url)
    if parts.scheme != "https":
        yield error("link", f"{url} is not https", url)
    if parts.hostname not in rule.hosts:
        yield error("link", f"{parts.hostname} is not an allowed host", url)
    given = parts.query.split("&")
    for parameter in rule.parameters:
        if given.count(parameter) != 1:
            yield error("link", f"{url} must carry {parameter} once", url)
