"""What every reader yields."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.domain.content import Locator


@dataclass(frozen=True, slots=True)
class Section:
    """The text under one heading (without its sub-headings), as Markdown, and where it stands in the file.

    Tables are pipe tables, lists keep their markers, code stays in fences, whatever the source format.
    A slide, its speaker notes, a page without headings, a caption cue group and a sheet's rows are sections too.
    """

    heading_path: tuple[str, ...]
    text: str
    locator: Locator


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A file as read: its sections in order and what it says of itself.

    `metadata` holds the keys of front matter or document properties, as text; `warnings` what was left out and why.
    """

    title: str
    sections: tuple[Section, ...]
    language: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
