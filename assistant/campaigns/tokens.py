"""Opaque tokens: what a model must not touch is hidden before it writes and put back afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import regex

TOKEN = regex.compile(r"⟦[a-z]\d+⟧")
MARKS = regex.compile("[⟦⟧]")
SLOT = regex.compile(r"\{\s*\$([\w-]+)\s*\}")
NUMBER = regex.compile(r"\p{N}+(?:[.,:/]\p{N}+)*(?:\s?%)?")


@dataclass(frozen=True, slots=True)
class Veiled:
    """A text with tokens, and what each token stands for: a slot, a name, or a number as it is written."""

    text: str
    tokens: Mapping[str, str]

    @property
    def counted(self) -> Counter[str]:
        """How often each token stands in it."""
        return Counter(TOKEN.findall(self.text))

    def slot(self, token: str) -> str:
        """The slot behind a token; "" for a name or a number."""
        match = SLOT.fullmatch(self.tokens[token])
        return match[1] if match else ""

    def restored(self, text: str) -> str:
        """A text of a model as a pattern again; raises KeyError for a token that is not one of these."""
        return str(TOKEN.sub(lambda match: self.tokens[match[0]], text))


def veiled(pattern: str, names: tuple[str, ...]) -> Veiled | None:
    """A pattern with its slots, names and numbers hidden; None for one with plurals or other logic in it."""
    tokens: dict[str, str] = {}

    def hidden(kind: str, original: str) -> str:
        for token, known in tokens.items():
            if known == original:
                return token
        token = f"⟦{kind}{len(tokens) + 1}⟧"
        tokens[token] = original
        return token

    text = SLOT.sub(lambda match: hidden("s", match[0]), pattern)
    if "{" in text or "}" in text or MARKS.search(pattern):
        return None
    text = _any_of(names).sub(lambda match: hidden("n", match[0]), text)
    pieces = regex.split(f"({TOKEN.pattern})", text)
    shown = [piece if TOKEN.fullmatch(piece) else NUMBER.sub(lambda m: hidden("d", m[0]), piece) for piece in pieces]
    return Veiled("".join(shown), tokens)


@lru_cache(maxsize=64)
def _any_of(names: tuple[str, ...]) -> regex.Pattern[str]:
    """Finds any of the names as a whole word, the longest first."""
    longest = sorted((regex.escape(name) for name in names), key=len, reverse=True)
    return regex.compile(rf"(?<![\p{{L}}\p{{N}}⟦])(?:{'|'.join(longest) or '(?!)'})(?![\p{{L}}\p{{N}}])")
