"""Typography: quotes, spaces and opening marks as the locale sets them; `assistant.campaigns.typography` mends them."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from assistant.campaigns.finding import Finding, warning
from assistant.campaigns.segment import ADDRESS, TAG, Segment

STRAIGHT = regex.compile(r'(?<![\d=])"')
FRENCH_BARE = regex.compile(r"(?<=[\p{L}\p{N}»)])(?<! )[?!;:](?![\p{L}\p{N}/])|«(?=[\p{L}\p{N}])|(?<=[\p{L}\p{N}.!?])»")
FRENCH_SPACE = regex.compile(r" [?!;:»](?![\p{L}\p{N}/])|« ")
QUEBEC_SPACE = regex.compile(r"[ \u00a0\u202f][?!;](?![\p{L}\p{N}])")
HALF_WIDTH = regex.compile(r"(?<=[\p{Han}\p{Hiragana}\p{Katakana}])[,?!;](?=\s|$|[\p{Han}\p{Hiragana}\p{Katakana}])")

ASKED = {mark: regex.compile(rf"\p{{L}}[{mark}]") for mark in "?!"}


def check(segment: Segment) -> Iterator[Finding]:
    """Warnings for what the locale's typography sets otherwise."""
    text, locale = segment.target, segment.locale
    text = TAG.sub(" ", text) if "<" in text else text
    text = ADDRESS.sub("", text) if "://" in text else text
    if '"' in text and STRAIGHT.search(text) and locale.quotes[0] != '"':
        yield warning("typography", f"straight quotes; {locale.name} uses {locale.quotes[0]} {locale.quotes[1]}", '"')
    if locale.spacing == "france":
        yield from _france(text)
    elif locale.spacing == "quebec" and (match := QUEBEC_SPACE.search(text)):
        yield warning("typography", f"no space before {match[0].strip()} in {locale.name}", match[0])
    if locale.inverted:
        yield from _inverted(text)
    if locale.wide and (match := HALF_WIDTH.search(text)):
        yield warning("typography", f"“{match[0]}” should be full-width", match[0])


def _france(text: str) -> Iterator[Finding]:
    if match := FRENCH_SPACE.search(text):
        yield warning("typography", f"“{match[0].strip()}” needs a space that does not break", match[0])
    elif match := FRENCH_BARE.search(text):
        yield warning("typography", f"“{match[0]}” needs a space that does not break", match[0])


def _inverted(text: str) -> Iterator[Finding]:
    for closing, opening in (("?", "¿"), ("!", "¡")):
        missing = text.count(closing) and not text.count(opening)
        if missing and ASKED[closing].search(text):
            yield warning("typography", f"a sentence that ends in {closing} begins with {opening}", closing)
