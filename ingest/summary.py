"""What an ingest run tells while it runs and when it is done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from assistant.ports.content_store import Quarantined


class Outcome(StrEnum):
    """How a document of a source ended."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    QUARANTINED = "quarantined"
    UNAVAILABLE = "unavailable"  # could not be fetched now: what was ingested of it before stays
    SKIPPED = "skipped"  # a type of file that is not content


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """Counts of one run. `embedded` counts texts and `tokens` their tokens; `generation` is what is searched now.

    `unavailable` names documents and whole sources that could not be reached; a later run gets them. `notes` says what
    was left out of documents; `foreign_keys` are front-matter keys of other platforms, which mean nothing here.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    skipped: int = 0
    quarantined: tuple[Quarantined, ...] = ()
    unavailable: tuple[Quarantined, ...] = ()
    notes: tuple[str, ...] = ()
    foreign_keys: frozenset[str] = frozenset()
    passages: int = 0
    embedded: int = 0
    tokens: int = 0
    seconds: float = 0.0
    generation: int = 0
    dry_run: bool = False

    @property
    def ingested(self) -> int:
        """Documents of this run that can be searched."""
        return self.added + self.changed + self.unchanged

    @property
    def nothing_worked(self) -> bool:
        """Whether there was something to ingest and none of it could be."""
        return not self.ingested and not self.deleted and bool(self.quarantined or self.unavailable)


class IngestEvents(Protocol):
    """Told what happens while it happens; called on the thread that runs the ingest."""

    def listed(self, source: str, documents: int) -> None:
        """A source was listed."""
        ...

    def settled(self, path: str, outcome: Outcome) -> None:
        """A document is done with."""
        ...

    def embedded(self, passages: int, tokens: int) -> None:
        """Passages were embedded and stored."""
        ...


class Silence:
    """Events for nobody."""

    def listed(self, source: str, documents: int) -> None:
        """Say nothing."""

    def settled(self, path: str, outcome: Outcome) -> None:
        """Say nothing."""

    def embedded(self, passages: int, tokens: int) -> None:
        """Say nothing."""
