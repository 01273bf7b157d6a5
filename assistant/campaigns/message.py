"""The arguments of an ICU message (MessageFormat 1): enough to compare source and target, not to format."""

from __future__ import annotations

import regex

HEAD = regex.compile(r"\{\s*([\p{L}\w.-]+)\s*,\s*(plural|select|selectordinal|number|date|time)\s*[,}]")
OPTION = regex.compile(r"\s*(?:offset:\d+\s*)?(=\d+|[\p{L}\w-]+)\s*\{")
FLUENT_OPTION = regex.compile(r"(?m)^?\s*\*?\[\s*([\w-]+)\s*\]")
FLUENT_HEAD = regex.compile(r"\{\s*(?:NUMBER\()?\$([\w-]+)[^{}]*?->((?:[^{}]|\{[^{}]*\})*)\}")

Argument = tuple[str, str, tuple[str, ...]]


class Malformed(ValueError):
    """The braces of a message do not match, or an option is not where it must be."""


def arguments(text: str) -> list[Argument]:
    """Name, type and options of every complex argument, ICU or Fluent. Raises Malformed for unbalanced braces."""
    found: list[Argument] = [
        (match[1], "plural", tuple(FLUENT_OPTION.findall(match[2]))) for match in FLUENT_HEAD.finditer(text)
    ]
    if found:
        return found
    for match in HEAD.finditer(text):
        simple = match[2] in {"number", "date", "time"}
        found.append((match[1], match[2], () if simple else _options(text, match.end())))
    if not found and regex.search(r"\{[^{}]*[,，][^{}]*[,，]", text):
        msg = "an argument has a type that ICU does not know"
        raise Malformed(msg)
    return found


def _options(text: str, at: int) -> tuple[str, ...]:
    names = []
    while (option := OPTION.match(text, at)) is not None:
        names.append(option[1])
        at = _closing(text, option.end())
    if not text[at:].lstrip().startswith("}"):
        msg = f"“{text[at : at + 12].strip()}” stands where an option or the closing brace must be"
        raise Malformed(msg)
    return tuple(names)


def _closing(text: str, at: int) -> int:
    depth = 1
    for place in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1
    msg = "a brace is never closed"
    raise Malformed(msg)
