"""Enablement content: documents, the passages they are cut into, and where a quote stands."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Literal

from assistant.domain.people import Role

LocatorUnit = Literal["line", "page", "slide", "time", "row", "paragraph"]
UNIT_LABELS: dict[LocatorUnit, tuple[str, str]] = {
    "line": ("line", "lines"),
    "page": ("page", "pages"),
    "slide": ("slide", "slides"),
    "time": ("at", "at"),
    "row": ("row", "rows"),
    "paragraph": ("paragraph", "paragraphs"),
}


@dataclass(frozen=True, slots=True)
class Locator:
    """Where in the source file a text stands, in the file's own coordinates.

    `start` and `end` are inclusive: lines, pages, slides, rows or paragraphs counted from 1, or `HH:MM:SS` time codes.
    A table, list item or code block counts as one paragraph.
    `part` names the sheet of a workbook, or "notes" for the speaker notes of a slide.
    """

    unit: LocatorUnit
    start: str
    end: str
    part: str = ""

    def __str__(self) -> str:
        one, many = UNIT_LABELS[self.unit]
        span = f"{one} {self.start}" if self.start == self.end else f"{many} {self.start}–{self.end}"
        if not self.part:
            return span
        return f"sheet {self.part}, {span}" if self.unit == "row" else f"{span} ({self.part})"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may see a document; every non-empty field must be met. All empty means public."""

    roles: frozenset[Role] = frozenset()
    minimum_tier: str = ""
    regions: frozenset[str] = frozenset()
    partner_ids: frozenset[str] = frozenset()

    @property
    def public(self) -> bool:
        """Whether anybody may see it, known or not."""
        return self == PUBLIC


PUBLIC = Audience()


@dataclass(frozen=True, slots=True)
class Scope:
    """What decides whether a passage may be searched: its audience and its validity. Bounds are inclusive dates."""

    audience: Audience = PUBLIC
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def key(self) -> str:
        """A short, stable digest; passages carry it in both search arms, and the filter names the allowed ones."""
        return _scope_key(self)


@lru_cache(maxsize=4096)
def _scope_key(scope: Scope) -> str:
    canonical = json.dumps(
        [
            sorted(scope.audience.roles),
            scope.audience.minimum_tier,
            sorted(scope.audience.regions),
            sorted(scope.audience.partner_ids),
            scope.valid_from.isoformat() if scope.valid_from else "",
            scope.valid_until.isoformat() if scope.valid_until else "",
        ]
    )
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Document:
    """One source file or page as it was ingested, without its text.

    `id` is stable for a source and path; `content_hash` changes with the bytes or the metadata.
    `series` groups the versions and translations of one document: of a series the newest valid version answers.
    """

    id: str
    uri: str
    path: str
    title: str
    language: str
    content_hash: str
    scope: Scope = field(default_factory=Scope)
    product: str = ""
    asset_type: str = ""
    version: str = ""
    series: str = ""
    owner: str = ""
    media_type: str = ""
    modified: str = ""

    @property
    def audience(self) -> Audience:
        """Who may see it."""
        return self.scope.audience


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that is retrieved and quoted as a whole.

    `text` is exactly `document_text[start:end]` (character offsets), so a quote from it can be found again.
    `tokens` counts what the embedder reads: context and text together.
    """

    id: str
    document_id: str
    ordinal: int
    heading_path: tuple[str, ...]
    text: str
    start: int
    end: int
    locator: Locator
    language: str
    scope_key: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact span an answer sentence rests on: characters `start` to `end` of the document's canonical text.

    `content_hash` is the state of the document that was cited; with another one the quote may have moved or gone.
    """

    document_id: str
    passage_id: str
    title: str
    heading_path: tuple[str, ...]
    locator: Locator
    link: str
    quote: str
    start: int
    end: int
    version: str = ""
    content_hash: str = ""
