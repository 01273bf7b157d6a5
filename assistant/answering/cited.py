"""Retrieved passages as evidence, and spans of them as citations."""

from __future__ import annotations

from assistant.answering.verification.evidence import Evidence
from assistant.answering.verification.verdict import Span
from assistant.domain.content import Citation
from assistant.retrieval.language import primary
from assistant.retrieval.retrieve import Retrieved
from assistant.retrieval.selection import Ranked


def evidence_of(ranked: Ranked, retrieved: Retrieved) -> Evidence:
    """A passage as the verifier reads it, with title and headings."""
    passage = ranked.passage
    title = retrieved.documents[passage.document_id].title
    return Evidence(passage.text, primary(passage.language), " › ".join((title, *passage.heading_path)))


def cited_span(retrieved: Retrieved, span: Span) -> Citation:
    """The citation of a span of the retrieved passage number `span.text` (from 0)."""
    passage = retrieved.passages[span.text].passage
    document = retrieved.documents[passage.document_id]
    return Citation(
        document_id=document.id,
        passage_id=passage.id,
        title=document.title,
        heading_path=passage.heading_path,
        locator=passage.locator,
        link=document.uri,
        quote=passage.text[span.start : span.end],
        start=passage.start + span.start,
        end=passage.start + span.end,
        version=document.version,
        content_hash=document.content_hash,
    )
