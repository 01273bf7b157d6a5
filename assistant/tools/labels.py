"""What people call the fields of records and where values came from, in their language."""

from __future__ import annotations

import regex

from assistant.domain.approvals import Source
from prompts.messages import message

PLACE = regex.compile(r"\[\d+\]")


def label(path: str, language: str) -> str:
    """The name of a field such as "customer.name"; the path itself where nobody gave it one."""
    named = PLACE.sub("", path).replace(".", "_")
    try:
        return message(f"field_{named}", language)
    except KeyError:
        return path


def origin_label(source: Source, quote: str, language: str) -> str:
    """Where a value came from, with the words it stands in where they say it in another way."""
    told = message(f"origin_{source.value}", language)
    return f"{told}: “{quote}”" if quote else told
