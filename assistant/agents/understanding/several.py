"""Telling apart several deals in one message."""

from __future__ import annotations

from itertools import pairwise

import regex

from assistant.agents.understanding.dates import Calendar
from assistant.agents.understanding.entities import Marked, marked
from assistant.agents.understanding.reading import Catalogue

# What begins another deal, the surest sign first: an item of a list, a line of its own, a sentence.
STARTS = (
    regex.compile(
        r"(?:^|\n)\s*(?:[-*•]|\(?\d{1,2}[.)]|[①②③])\s+|(?<=[\s(])\(?(?:[1-3]|[a-c]|i{1,3})[)]\s+", regex.MULTILINE
    ),
    regex.compile(r"\n+"),
    regex.compile(r"(?<=[.;。；])\s+|(?<=。)"),
)


def deals_apart(text: str, *, how: Calendar, catalogue: Catalogue) -> list[str]:
    """The part of the message of each deal, in order; nothing when it has one.

    Deals differ when two pieces between separators each have their own address or product with an amount.
    """
    whole = marked(text, how=how, catalogue=catalogue)
    anchors = _anchors(whole)
    if len(anchors) < 2:
        return []
    bounds = [0]
    for left, right in pairwise(anchors):
        between = [match.end() for start in STARTS for match in start.finditer(text, left[1], right[0])]
        if not between:
            return []
        bounds.append(between[0])
    bounds.append(len(text))
    return [text[start:end] for start, end in pairwise(bounds)]


def _anchors(whole: Marked) -> list[tuple[int, int]]:
    """The stretch of each deal: from its product to its amount, one after the other."""
    products = whole.of("product")
    money = [amount for amount in whole.amounts if not amount.bare]
    if len({p.value.lower() for p in products}) < 2 and len({e.value.split("@")[1] for e in whole.of("email")}) < 2:
        return []
    if len(products) < 2 or len(money) < 2 or len(products) != len(money):
        return []
    stretches = [(min(p.start, m.start), max(p.end, m.end)) for p, m in zip(products, money, strict=True)]
    apart = all(a[1] <= b[0] for a, b in pairwise(stretches))
    return stretches if apart else []
