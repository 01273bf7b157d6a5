"""The assistant of this installation as a target, in process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from time import perf_counter

from assistant.answering.answer import Answerer
from assistant.conversation.read import Reader, question_of
from assistant.domain.content import Citation, Document
from assistant.domain.conversation import Turn
from assistant.domain.people import Requester
from assistant.errors import IndexMissing
from assistant.ports.content_store import ContentStore
from assistant.ports.embedder import Embedder
from assistant.ports.passage_index import LexicalQuery, PassageIndex
from assistant.retrieval.language import question_language
from assistant.retrieval.retrieve import Question
from evals.case import SeenAnswer, SeenCitation, SeenPassage
from evals.source_text import text_at
from evals.target import Arm, SeenDocument, seen_answer
from ingest.preparation import IngestOptions
from ingest.sources import open_source
from ingest.summary import IngestSummary
from integrations.bootstrap import Liaison, build
from integrations.clock import FixedClock
from integrations.settings import Settings

RANKED = 50  # hits of one arm, and further documents of a ranking, that are kept
SHOWN = 10  # hits of one arm that are kept with their text
CONVERSED = datetime(2026, 1, 1, tzinfo=UTC)  # the time of a turn plays no part in how it is read
COMPLETE = "evaluation-index-complete"  # a file in the data directory once its ingest ended


@dataclass(frozen=True, slots=True)
class InProcessTarget:
    """Retrieval and answers of the parts given, over the corpus folder they were ingested from."""

    corpus: Path
    store: ContentStore
    index: PassageIndex
    embedder: Embedder
    answerer: Answerer
    identify: Callable[[str], Requester]
    reader: Reader

    async def retrieve(self, question: str, *, requester: Requester, arm: Arm = Arm.FUSED) -> list[SeenPassage]:
        """What the pipeline hands to the answerer, then each further document of its ranking; for one arm, its hits."""
        if arm is not Arm.FUSED:
            return await self._one_arm(question, requester, arm)
        return await self._found(Question(text=question, requester=requester))

    async def converse(self, questions: Sequence[str], *, requester: Requester) -> list[SeenPassage]:
        """What the pipeline finds for the last question as the conversation before it is read."""
        documents = (await self.store.catalog()).documents
        turns: list[Turn] = []
        for question in (Question(text=text, requester=requester) for text in questions):
            meant = await self.reader.read(question, turns, documents=documents)
            turns.append(Turn(len(turns) + 1, meant, None, CONVERSED, ""))
        return await self._found(question_of(Question(text=questions[-1], requester=requester), turns[-1].resolution))

    async def _found(self, question: Question) -> list[SeenPassage]:
        found = await self.answerer.retriever.retrieve(question)
        handed = [SeenPassage(found.documents[r.passage.document_id].path, r.passage.text) for r in found.passages]
        ranked = dict.fromkeys(found.documents[r.passage.document_id].path for r in found.ranking)
        for passage in handed:
            ranked.pop(passage.doc, None)
        return handed + [SeenPassage(doc, "") for doc in list(ranked)[:RANKED]]

    async def _one_arm(self, question: str, requester: Requester, arm: Arm) -> list[SeenPassage]:
        """The hits of one arm alone over everything indexed; the evaluation's corpora for this are public."""
        catalog = await self.store.catalog()
        scopes = frozenset(document.scope.key for document in catalog.documents)
        if arm is Arm.DENSE:
            hits = await self.index.nearest(await self.embedder.embed_query(question), scopes=scopes, limit=RANKED)
        else:
            language = question_language(question, default=requester.locale)
            query = LexicalQuery(text=question, language=language)
            hits = await self.index.matching(query, scopes=scopes, limit=RANKED)
        paths = {document.id: document.path for document in catalog.documents}
        passages = await self.store.passages([hit.passage_id for hit in hits])
        texts = [passage.text for passage in passages[:SHOWN]] + [""] * len(passages[SHOWN:])
        return [SeenPassage(paths[passage.document_id], text) for passage, text in zip(passages, texts, strict=True)]

    async def ask(self, question: str, *, requester: Requester) -> SeenAnswer:
        """The answer, with each cited passage and what stands in the source file at its locator."""
        start = perf_counter()
        answer = await self.answerer.ask(Question(text=question, requester=requester))
        took = (perf_counter() - start) * 1_000
        documents = {document.id: document for document in (await self.store.catalog()).documents}
        citations = [await self._seen(c, documents[c.document_id]) for c in answer.citations]
        return seen_answer(answer, milliseconds=took, citations=citations)

    async def _seen(self, citation: Citation, document: Document) -> SeenCitation:
        """The cited passage reaches at least as far as the quote: what retrieval joined was handed over as one."""
        spans = [(p.start, p.end) for p in await self.store.passages([citation.passage_id])]
        spans.append((citation.start, citation.end))
        text = await self.store.text(document.id)
        return SeenCitation(
            doc=document.path,
            passage=text[min(start for start, _ in spans) : max(end for _, end in spans)],
            quote=citation.quote,
            locator=str(citation.locator),
            source=text_at(self.corpus / document.path, citation.locator),
        )

    async def embed(self, text: str) -> None:
        """One query embedding."""
        await self.embedder.embed_query(text)

    async def requester(self, name: str) -> Requester:
        """Who `--as` stands for."""
        return self.identify(name)

    async def documents(self) -> list[SeenDocument]:
        """Every document indexed."""
        documents = (await self.store.catalog()).documents
        return [SeenDocument(path=d.path, title=d.title, audience=d.audience) for d in documents]


@dataclass(frozen=True, slots=True)
class InProcessOpener:
    """Opens this installation's assistant, with everything but the data directory as the settings say."""

    settings: Settings

    @asynccontextmanager
    async def __call__(
        self, *, corpus: Path, data: Path, ingest: bool, today: date | None = None
    ) -> AsyncIterator[InProcessTarget]:
        """The target over a corpus. A `partners.yaml` beside the corpus folder says who partners are.

        Raises IndexMissing when there is no index and none may be built, or nothing of the corpus could be ingested.
        """
        partners = corpus.parent / "partners.yaml"
        changes = {"data": data} | ({"partners": partners} if partners.is_file() else {})
        clock = FixedClock(datetime.combine(today, time(12), UTC)) if today else None
        liaison = build(self.settings.model_copy(update=changes), clock=clock)
        try:
            if ingest and not (data / COMPLETE).exists():
                await asyncio.to_thread(index_corpus, liaison, corpus)
            yield InProcessTarget(
                corpus=corpus,
                store=liaison.content,
                index=liaison.index,
                embedder=liaison.embedder,
                answerer=liaison.answerer,
                identify=liaison.directory.requester,
                reader=liaison.reader,
            )
        finally:
            liaison.close()


def index_corpus(liaison: Liaison, corpus: Path) -> IngestSummary:
    """Ingest a corpus folder and leave a mark when it is whole. Blocking."""
    summary = liaison.ingest(IngestOptions(tiers=liaison.settings.tiers)).run([open_source(str(corpus))])
    if not summary.ingested:
        raise IndexMissing(f"Nothing of {corpus} could be ingested.", hint="Run `liaison ingest` on it to see why.")
    (liaison.settings.data / COMPLETE).touch()
    return summary
