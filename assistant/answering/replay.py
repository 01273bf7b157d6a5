"""What an answer was made from, looked up again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.domain.answer import Answer
from assistant.domain.content import Citation
from assistant.ports.content_store import ContentStore


class Standing(StrEnum):
    """What became of a citation since the answer was given."""

    SAME = "same"
    MOVED = "moved"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Replayed:
    """A citation as it stands today; `start` and `end` are where the quote is now, 0 and 0 when it is not."""

    citation: Citation
    standing: Standing
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Replay:
    """An answer held against the content of today, `generation` being that of today."""

    generation: int
    citations: tuple[Replayed, ...]

    @property
    def holds(self) -> bool:
        """Whether every quote still stands in its document."""
        return all(each.standing in {Standing.SAME, Standing.MOVED} for each in self.citations)


async def replay(answer: Answer, store: ContentStore) -> Replay:
    """Every citation of an answer by the spans it carries, against what the store publishes now.

    Content of earlier generations is not kept, since what is deleted must be gone: so an answer carries its quotes, and
    the replay tells which of them a reader still finds, and where.
    """
    catalog = await store.catalog()
    known = {document.id for document in catalog.documents}
    found = []
    for citation in answer.citations:
        text = await store.text(citation.document_id) if citation.document_id in known else ""
        found.append(_stood(citation, text))
    return Replay(catalog.generation, tuple(found))


def _stood(citation: Citation, text: str) -> Replayed:
    if not text:
        return Replayed(citation, Standing.GONE)
    if text[citation.start : citation.end] == citation.quote:
        return Replayed(citation, Standing.SAME, citation.start, citation.end)
    at = text.find(citation.quote)
    if at < 0:
        return Replayed(citation, Standing.CHANGED)
    return Replayed(citation, Standing.MOVED, at, at + len(citation.quote))
