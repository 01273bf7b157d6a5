"""What stands in a source file at a locator, read anew and without the index."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from assistant.domain.content import Locator
from ingest.readers import READERS
from ingest.readers.encoding import decode
from ingest.section import Section

KEPT = 100  # files


def text_at(file: Path, locator: Locator) -> str | None:
    """The text that the locator points to; None when the file or the place does not exist.

    Lines are read from the raw file; pages, slides, rows and time codes through the file type's reader. A file that
    did not change since is not read again.
    """
    if not file.is_file():
        return None
    state = file.stat()
    version = (state.st_mtime_ns, state.st_size)
    if locator.unit == "line":
        lines = _lines(file, version)
        return "\n".join(lines[int(locator.start) - 1 : int(locator.end)]) or None
    found = [section.text for section in _sections(file, version) if _meets(section.locator, locator)]
    return "\n\n".join(found) or None


@lru_cache(maxsize=KEPT)
def _lines(file: Path, _version: tuple[int, int]) -> tuple[str, ...]:
    return tuple(decode(file.read_bytes(), file.name).text.split("\n"))


@lru_cache(maxsize=KEPT)
def _sections(file: Path, _version: tuple[int, int]) -> tuple[Section, ...]:
    return tuple(READERS[file.suffix.lower()](file.read_bytes(), file.name).sections)


def _meets(place: Locator, wanted: Locator) -> bool:
    if (place.unit, place.part) != (wanted.unit, wanted.part):
        return False
    return _key(place.start) <= _key(wanted.end) and _key(wanted.start) <= _key(place.end)


def _key(position: str) -> tuple[float, ...]:
    """Numbers and HH:MM:SS time codes in their order."""
    return tuple(float(part) for part in position.split(":"))
