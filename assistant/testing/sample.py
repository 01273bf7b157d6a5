"""Documents to put into a content store."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.domain.content import Document, Locator, Passage, Scope
from assistant.ports.content_store import IngestedDocument
from assistant.ports.embedder import Embedder

EVERYBODY = Scope()


def sample_document(
    document_id: str,
    texts: Sequence[str],
    *,
    embedder: Embedder,
    scope: Scope = EVERYBODY,
    language: str = "en",
    title: str = "",
    headings: Sequence[str] = (),
) -> IngestedDocument:
    """A document with one passage per text, embedded and ready to be stored.

    `headings[i]` stands over `texts[i]`; passage ids are the document's with the ordinal. The content hash follows
    everything given, so a changed argument makes a changed document.
    """
    titled = title or document_id
    passages, start = [], 0
    for ordinal, text in enumerate(texts):
        passages.append(
            Passage(
                id=f"{document_id}#{ordinal:04d}",
                document_id=document_id,
                ordinal=ordinal,
                heading_path=(headings[ordinal],) if headings else (),
                text=text,
                start=start,
                end=start + len(text),
                locator=Locator(unit="line", start=str(ordinal + 1), end=str(ordinal + 1)),
                language=language,
                scope_key=scope.key,
                tokens=embedder.count_tokens([text])[0],
            )
        )
        start += len(text) + 1
    document = Document(
        id=document_id,
        uri=f"memory://{document_id}",
        path=document_id,
        title=titled,
        language=language,
        content_hash=repr((titled, language, scope.key, list(headings), list(texts))),
        scope=scope,
    )
    vectors = embedder.embed_passages(texts)
    return IngestedDocument(document=document, text="\n".join(texts), passages=tuple(passages), vectors=vectors)
