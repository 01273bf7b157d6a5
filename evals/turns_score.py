"""Whether a slot value means what the gold value means: exact after normalisation, free text by overlap of words."""

from __future__ import annotations

import unicodedata

import regex
from rapidfuzz.fuzz import token_set_ratio

FREE_TEXT = {
    "problem",
    "reason",
    "industry",
    "needed_capability",
    "region",
    "audience",
    "offer",
    "fund_activity",
    "contact_role",
}
LISTS = {"partner_names", "locales", "channels"}
ALIKE = 60  # of 100; a paraphrase of a sentence keeps most of its content words
JAPANESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
ENOUGH_BIGRAMS = 0.5


def same(name: str, seen: object, gold: object) -> bool:
    """Whether `seen` is right for a slot whose gold value is `gold`; each a string, a number or a list."""
    if name in LISTS:
        return {plain(value) for value in _items(seen)} == {plain(value) for value in _items(gold)}
    left, right = plain(_items(seen)[0]), plain(_items(gold)[0])
    if name == "product":
        return {part.split()[-1] for part in left.split(" + ")} == {part.split()[-1] for part in right.split(" + ")}
    return left == right or (name in FREE_TEXT and _overlap(left, right))


def plain(value: str) -> str:
    """Lower case, one space, no punctuation at the ends, compatibility forms folded."""
    return " ".join(unicodedata.normalize("NFKC", value).split()).strip(" .,;:!'\"").lower()


def _items(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]


def _overlap(left: str, right: str) -> bool:
    if JAPANESE.search(right):
        mine, gold = _bigrams(left), _bigrams(right)
        return bool(gold) and len(mine & gold) / len(gold) >= ENOUGH_BIGRAMS
    return bool(token_set_ratio(left, right) >= ALIKE)


def _bigrams(text: str) -> set[str]:
    letters = regex.sub(r"[^\p{L}\p{N}]", "", text)
    return {letters[i : i + 2] for i in range(len(letters) - 1)}
