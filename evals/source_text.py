"""What stands in a source file at a locator, read anew and without the index."""

from __future__ import annotations

from pathlib import Path

from assistant.domain.content import Locator
from ingest.readers import READERS
from ingest.readers.encoding import decode


def text_at(file: Path, locator: Locator) -> str | None:
    """The text that the locator points to; None when the file or the place does not exist.

    Lines are read from the raw file; pages, slides, rows and time codes through the file type's reader.
    """
    if not file.is_file():
        return None
    if locator.unit == "line":
        lines = decode(file.read_bytes(), file.name).text.split("\n")
        return "\n".join(lines[int(locator.start) - 1 : int(locator.end)]) or None
    document = READERS[file.suffix.lower()](file.read_bytes(), file.name)
    found = [section.text for section in document.sections if _meets(section.locator, locator)]
    return "\n\n".join(found) or None


def _meets(place: Locator, wanted: Locator) -> bool:
    if (place.unit, place.part) != (wanted.unit, wanted.part):
        return False
    return _key(place.start) <= _key(wanted.end) and _key(wanted.start) <= _key(place.end)


def _key(position: str) -> tuple[float, ...]:
    """Numbers and HH:MM:SS time codes in their order."""
    return tuple(float(part) for part in position.split(":"))
