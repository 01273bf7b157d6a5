"""Links that readers elsewhere can open, and which hosts a page may link to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from urllib.parse import urlsplit

from assistant.answering.events import SentenceReady
from assistant.domain.answer import Answer
from assistant.domain.content import Citation, Document


def with_readable_links(answer: Answer) -> Answer:
    """The answer with each citation of a file or an upload linked to its readable source view here."""
    return replace(answer, citations=tuple(readable(citation) for citation in answer.citations))


def with_readable_citations(ready: SentenceReady) -> SentenceReady:
    """A sentence on its way, its citations linked likewise."""
    return replace(ready, citations=tuple(replace(each, citation=readable(each.citation)) for each in ready.citations))


def readable(citation: Citation) -> Citation:
    """The citation, linked to its source view unless its document is a web page."""
    if on_the_web(citation.link):
        return citation
    return replace(citation, link=view_link(citation))


def view_link(citation: Citation) -> str:
    """Where the source of a citation can be read with the quote highlighted."""
    return f"/v1/documents/{citation.document_id}/view?start={citation.start}&end={citation.end}#quote"


def document_link(document: Document) -> str:
    """Where a document can be read: its own page on the web, or the source view here."""
    return content_link(document.id, document.uri)


def content_link(document_id: str, uri: str) -> str:
    """As `document_link`, for a document of which only this is known."""
    return uri if on_the_web(uri) else f"/v1/documents/{document_id}/view"


def on_the_web(link: str) -> bool:
    """Whether a link leads to a web page; files, buckets and uploads can be read through the server only."""
    return link.startswith(("https://", "http://"))


def may_link(url: str, hosts: Collection[str]) -> bool:
    """Whether a page of ours may link to an address that stands in content: only to allowed hosts, by https.

    Anything that browsers read differently from us is refused: user names, other ports, back slashes, odd characters.
    """
    if any(character <= " " or character in {"\\", "\x7f"} for character in url):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = parts.netloc == (parts.hostname or "") or parts.netloc.casefold() == (parts.hostname or "")
    return parts.scheme == "https" and plain and port is None and parts.hostname in {h.casefold() for h in hosts}
