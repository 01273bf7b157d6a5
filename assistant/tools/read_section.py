"""Read a section of a document as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from assistant.domain.content import Citation, Document, Passage
from assistant.domain.people import Requester
from assistant.errors import InvalidRecord, Problem, RecordNotFound
from assistant.retrieval.audience import valid, visible
from assistant.retrieval.retrieve import Retriever
from assistant.retrieval.version import superseded
from assistant.tools.spotlight import spotlit
from assistant.tools.tool import Card, Inputs, Row, ToolCall, ToolResult

MOST = 12  # passages


class SectionInputs(Inputs):
    """Which document, and which section of it."""

    document: str = Field(min_length=1, max_length=255, description="Title or id of the document.")
    section: str = Field("", max_length=255, description="Part of the section's heading; empty reads its beginning.")


@dataclass(frozen=True, slots=True)
class ReadSection:
    """Shows the passages of a section, of documents that are in force and that the requester may see."""

    retriever: Retriever
    name: ClassVar[str] = "read_section"
    purpose: ClassVar[str] = "Read a section of a document word by word, after search_content has named the document."
    inputs: ClassVar[type[SectionInputs]] = SectionInputs
    writes: ClassVar[bool] = False

    def offered_to(self, requester: Requester) -> bool:
        """Everybody known."""
        return requester.known

    async def run(self, inputs: SectionInputs, call: ToolCall) -> ToolResult:
        """The section's text with its citations. Raises RecordNotFound, InvalidRecord when several documents match."""
        document = await self._document(inputs.document, call)
        passages = await self.retriever.store.passages_of(document.id)
        wanted = inputs.section.casefold()
        chosen = [p for p in passages if wanted in " › ".join(p.heading_path).casefold()][:MOST]
        if not chosen:
            headings = dict.fromkeys(" › ".join(p.heading_path) for p in passages)
            told = f"There is no section {inputs.section!r} in it."
            raise RecordNotFound(told, hint=f"Its sections: {spotlit('; '.join(list(headings)[:40]))}")
        rows = tuple(Row(" › ".join(p.heading_path) or document.title, p.text, foreign=True) for p in chosen)
        text = "\n".join(spotlit(f"{row.label}\n{row.value}") for row in rows)
        cited = tuple(_cited(document, passage) for passage in chosen)
        return ToolResult(text, card=Card(document.title, rows), citations=cited)

    async def _document(self, said: str, call: ToolCall) -> Document:
        """The one document that is meant, among those the requester may read today."""
        catalog = await self.retriever.store.catalog()
        day, who, ladder = call.now.date(), call.requester, self.retriever.ladder
        open_now = [d for d in catalog.documents if valid(d.scope, day) and visible(d.audience, who, ladder)]
        scopes = frozenset(document.scope.key for document in open_now)
        replaced = superseded(catalog.documents, scopes)
        seen = [document for document in open_now if document.id not in replaced]
        wanted = said.strip().casefold()
        found = [d for d in seen if wanted in {d.id.casefold(), d.title.casefold()}]
        found = found or [d for d in seen if wanted in d.title.casefold()]
        if not found:
            raise RecordNotFound(f"There is no document {said!r} that the requester can read.", hint="Search first.")
        if len(found) > 1:
            told = f"several documents match: {', '.join(d.id for d in found[:10])}; use one of these ids"
            raise InvalidRecord.of(Problem("document", "ambiguous", told))
        return found[0]


def _cited(document: Document, passage: Passage) -> Citation:
    return Citation(
        document_id=document.id,
        passage_id=passage.id,
        title=document.title,
        heading_path=passage.heading_path,
        locator=passage.locator,
        link=document.uri,
        quote=passage.text,
        start=passage.start,
        end=passage.end,
        version=document.version,
        content_hash=document.content_hash,
    )
