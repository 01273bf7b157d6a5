"""Where a source stands, in the words of the person who reads it: "lines 4–6", "Folie 7 (Notizen)"."""

from __future__ import annotations

from assistant.domain.content import Citation, Locator
from prompts.messages import message


def place_told(locator: Locator, language: str) -> str:
    """A place in a source in a language; in English where it was not translated."""
    one = locator.start == locator.end
    at = locator.start if one else f"{locator.start}–{locator.end}"
    told = message(f"place_{locator.unit}_{'one' if one else 'many'}", language, at=at)
    if not locator.part:
        return told
    if locator.unit == "row":
        return message("place_in_sheet", language, sheet=locator.part, place=told)
    return message("place_in_notes", language, place=told)


def version_told(citation: Citation, language: str) -> str:
    """The version of a source in a language; "" where it has none."""
    return message("place_version", language, version=citation.version) if citation.version else ""
