"""English sentences of rules and checks, found again in the catalogue of messages with the values in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import regex

from prompts.messages import message, slots_of


def found_again(told: str, keys: Iterable[str]) -> tuple[str, Mapping[str, str]] | None:
    """The first of these messages that a sentence is, with its values by slot; None for one that nobody wrote down."""
    matches = ((key, _pattern(key).fullmatch(told)) for key in keys)
    return next(((key, match.groupdict()) for key, match in matches if match), None)


@cache
def _pattern(key: str) -> regex.Pattern[str]:
    """The English message with a group for each of its values."""
    parts = regex.split(r"\0(\w+)\0", message(key, "en", **{name: f"\0{name}\0" for name in slots_of(key)}))
    groups = (f"(?P<{part}>.+)" if at % 2 else regex.escape(part) for at, part in enumerate(parts))
    return regex.compile("".join(groups), regex.DOTALL)
