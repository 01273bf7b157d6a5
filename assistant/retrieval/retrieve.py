"""A question to ranked passages; the pipeline reads top to bottom."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from assistant.domain.answer import Fallback
from assistant.domain.content import Document
from assistant.domain.conversation import Background
from assistant.domain.people import ANONYMOUS, Requester, TierLadder
from assistant.ports.clock import Clock
from assistant.ports.content_store import ContentStore
from assistant.ports.embedder import Embedder, Vector
from assistant.ports.lexicon import InEnglish, Lexicon
from assistant.ports.passage_index import Hit, LexicalQuery, PassageIndex, ScopeKeys
from assistant.ports.reranker import Reranker
from assistant.retrieval.audience import allowed_scopes, expired_scopes
from assistant.retrieval.fusion import fuse, nearer, standardized
from assistant.retrieval.holdings import Holdings, Shelf
from assistant.retrieval.language import question_language
from assistant.retrieval.selection import Ranked, broken, joined, within_budget, without_repeats

# Chosen on the development questions; docs/retrieval.md has the measurements behind each number.
CANDIDATES = 200
KEPT = 80  # passages of the ranking that are read from the records
RERANKED = 30
DISTINCT = 50  # of the head of the ranking no two say the same
BUDGET_TOKENS = 1500
LEXICAL_WEIGHT = 0.8
FEEDBACK, FEEDBACK_WEIGHT = 10, 0.2  # passages that a question in another language is moved towards, and how far


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by whom. `language` overrides detection.

    In a conversation `text` is the question made whole, `sought` the words of it to search for (empty means all), and
    `background` what was said earlier: passages are searched for it too, by its weight. `calls` counts the calls of a
    language model that making it whole took; `silent` is why the model could not be reached then.
    """

    text: str
    requester: Requester = ANONYMOUS
    language: str = ""
    background: tuple[Background, ...] = ()
    sought: str = ""
    calls: int = 0
    silent: Fallback | None = None

    @property
    def words(self) -> str:
        """What to search for."""
        return self.sought or self.text


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What was found for a question.

    `passages` fit the token budget and are what the answerer reads; `ranking` is the whole candidate list, best first.
    `documents` holds the document of every passage in either. `english` is what a question in another language was
    searched for in English content.
    """

    question: Question
    language: str
    generation: int
    passages: tuple[Ranked, ...] = ()
    ranking: tuple[Ranked, ...] = ()
    documents: dict[str, Document] = field(default_factory=dict)
    searched: int = 0
    english: InEnglish | None = None


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds what the content says about a question, within what the requester may see."""

    store: ContentStore
    index: PassageIndex
    embedder: Embedder
    clock: Clock
    ladder: TierLadder = field(default_factory=TierLadder)
    reranker: Reranker | None = None
    lexicon: Lexicon | None = None
    shelf: Shelf = field(default_factory=Shelf, repr=False, compare=False)

    async def retrieve(self, question: Question) -> Retrieved:
        """Passages for a question, best first.

        Raises IndexMissing before the first ingest and FingerprintMismatch with another embedder than at ingest.
        """
        held = self.shelf.holdings(await self.store.catalog())
        today = self.clock.now().date()
        scopes = allowed_scopes(held.scopes, question.requester, ladder=self.ladder, today=today)
        return await self._search(question, held, scopes)

    async def retrieve_expired(self, question: Question) -> Retrieved:
        """What content that is no longer in force said; never to be quoted as current."""
        held = self.shelf.holdings(await self.store.catalog())
        today = self.clock.now().date()
        scopes = expired_scopes(held.scopes, question.requester, ladder=self.ladder, today=today)
        return await self._search(question, held, scopes)

    async def _search(self, question: Question, held: Holdings, scopes: ScopeKeys) -> Retrieved:
        language = question.language or question_language(question.text, default=question.requester.locale)
        documents, standing = held.documents, held.standing(scopes)
        english = self.lexicon.in_english(question.text, language) if self.lexicon else None
        meant, lexical = await asyncio.gather(
            self._meant(question, english), self._lexical(question, language, english, scopes)
        )
        rank = partial(self._ranked, lexical=lexical, replaced=standing.replaced, documents=documents, scopes=scopes)
        dense = await self._nearest(meant, scopes)
        ranking = await rank(dense)
        if english and english.vector is not None and ranking:
            moved = await self._nearest(await self._moved(meant, ranking), scopes)
            ranking = _as_near_as_found(await rank(moved), dense)
        ranking = await self._reranked(question.text, ranking)
        head = ranking[:DISTINCT]
        head = without_repeats(head, await self.store.vectors([r.passage.id for r in head]))
        ranking = head + ranking[DISTINCT:]
        chosen = within_budget(ranking, BUDGET_TOKENS)
        texts = {document_id: await self.store.text(document_id) for document_id in broken(chosen)}
        return Retrieved(
            question=question,
            language=language,
            generation=held.catalog.generation,
            passages=tuple(joined(chosen, texts)),
            ranking=tuple(ranking),
            documents={r.passage.document_id: documents[r.passage.document_id] for r in ranking},
            searched=standing.searched,
            english=english,
        )

    async def _meant(self, question: Question, english: InEnglish | None) -> list[Vector]:
        """The question in the embedder's space, and, where it is in another language, what it means in English."""
        vector = await self.embedder.embed_query(question.words)
        for said in question.background:
            vector = vector + np.float32(said.weight) * await self.embedder.embed_query(said.text)
        vectors = [vector / np.linalg.norm(vector) if question.background else vector]
        if english and english.gloss:
            meant = await self.embedder.embed_query(english.gloss)
            vectors.append(meant if english.vector is None else _unit(meant + english.vector))
        return vectors

    async def _moved(self, meant: list[Vector], ranking: list[Ranked]) -> list[Vector]:
        """What was meant, nearer to what was found first: words of another language miss it in every direction.

        Relevance feedback without anybody's judgement (Rocchio 1971). English questions need none.
        """
        found = await self.store.vectors([r.passage.id for r in ranking[:FEEDBACK]])
        middle = np.float32(FEEDBACK_WEIGHT) * _unit(found.mean(axis=0))
        return [*meant[:1], *(_unit(vector + middle) for vector in meant[1:])]

    async def _nearest(self, vectors: list[Vector], scopes: ScopeKeys) -> list[Hit]:
        """The passages nearest to any of the vectors."""
        hits: list[Hit] = []
        for vector in vectors:
            found = await self.index.nearest(vector, scopes=scopes, limit=CANDIDATES)
            hits = nearer(hits, found)[:CANDIDATES] if hits else found
        return hits

    async def _lexical(
        self, question: Question, language: str, english: InEnglish | None, scopes: ScopeKeys
    ) -> list[Hit]:
        said = {background.text: background.weight for background in question.background}
        if english:
            said = {**english.words, **said}
        query = LexicalQuery(text=question.words, language=language, expansions=said)
        return await self.index.matching(query, scopes=scopes, limit=CANDIDATES)

    async def _ranked(
        self,
        dense: list[Hit],
        *,
        lexical: list[Hit],
        replaced: frozenset[str],
        documents: dict[str, Document],
        scopes: ScopeKeys,
    ) -> list[Ranked]:
        """The candidates of both arms by fused score, without what the records no longer allow."""
        fused = fuse([(standardized(dense), 1.0), (standardized(lexical), LEXICAL_WEIGHT)])
        order = sorted(fused, key=lambda passage_id: (-fused[passage_id], passage_id))[:KEPT]
        cosines = {hit.passage_id: hit.score for hit in dense}
        matches = {hit.passage_id: hit.score for hit in lexical}
        return [
            Ranked(p, fused=fused[p.id], dense=cosines.get(p.id), lexical=matches.get(p.id))
            for p in await self.store.passages(order)
            if p.document_id in documents
            and p.document_id not in replaced
            and p.scope_key in scopes
            and documents[p.document_id].scope.key in scopes
        ]

    async def _reranked(self, text: str, ranking: list[Ranked]) -> list[Ranked]:
        """The head of the ranking in the order of the cross-encoder, where one is configured."""
        if self.reranker is None or not ranking:
            return ranking
        head = ranking[:RERANKED]
        scores = await self.reranker.score(text, [r.passage.text for r in head])
        order = sorted(range(len(head)), key=lambda i: (-scores[i], i))
        return [head[i] for i in order] + ranking[RERANKED:]


def _as_near_as_found(ranking: list[Ranked], hits: list[Hit]) -> list[Ranked]:
    """The ranking with the cosines of these hits: what a question was moved towards is no nearer to what was asked."""
    cosines = {hit.passage_id: hit.score for hit in hits}
    return [replace(r, dense=cosines.get(r.passage.id)) for r in ranking]


def _unit(vector: Vector) -> Vector:
    unit: Vector = vector / np.linalg.norm(vector)
    return unit
