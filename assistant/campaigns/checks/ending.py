"""Endings: the target ends as its source does, and its brackets are closed."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from assistant.campaigns.finding import Finding, warning
from assistant.campaigns.segment import TAG, Segment

CLASSES = {
    **dict.fromkeys(".。．।۔", "full stop"),
    **dict.fromkeys("!！;；", "full stop"),  # languages differ in how much they exclaim
    **dict.fromkeys("?？؟", "question mark"),
    **dict.fromkeys(":：", "colon"),
    "…": "ellipsis",
}
WRAPPING = " \t\n\u00a0\u202f\"'”’“‘»«›‹」』)）]}*_\u2069\u200e\u200f"
DOTS = regex.compile(r"\.\.\.")
LONG = 24  # characters
SENTENCES = {"ja": regex.compile(r"\p{Hiragana}$"), "ko": regex.compile("[다요죠까오]$")}
PAIRS = (("(", ")"), ("（", "）"), ("[", "]"), ("「", "」"), ("『", "』"), ("«", "»"))


def check(segment: Segment) -> Iterator[Finding]:
    """Warnings for an ending that was lost and for brackets that are not closed."""
    source, target = _end(segment.source), _end(segment.target)
    if source and not target and _sentence(segment):
        yield warning("ending", f"the source ends in a {source}, the target does not")
    if segment.target.rstrip() != segment.target and segment.source.rstrip() == segment.source:
        yield warning("ending", "the target ends in a space", segment.target[-1])
    for opening, closing in PAIRS:
        balance = segment.target.count(opening) - segment.target.count(closing)
        if balance and segment.source.count(opening) == segment.source.count(closing):
            yield warning("ending", f"{opening}{closing} is not closed", opening)


def _sentence(segment: Segment) -> bool:
    """Whether the target is one: in Japanese and Korean a short line that ends in a noun takes no mark."""
    said = SENTENCES.get(segment.locale.language)
    if said is None or len(segment.target) >= LONG:
        return True
    return said.search(TAG.sub("", segment.target).rstrip(WRAPPING)) is not None


def _end(text: str) -> str:
    plain = DOTS.sub("…", TAG.sub("", text) if "<" in text else text).rstrip(WRAPPING)
    return CLASSES.get(plain[-1:], "")
