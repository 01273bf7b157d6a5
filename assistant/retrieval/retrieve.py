"""A question to ranked passages; the pipeline reads top to bottom."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field

import numpy as np

from assistant.domain.answer import Fallback
from assistant.domain.content import Document
from assistant.domain.conversation import Background
from assistant.domain.people import ANONYMOUS, Requester, TierLadder
from assistant.ports.clock import Clock
from assistant.ports.content_store import ContentStore
from assistant.ports.embedder import Embedder, QuestionVectors, Vector, WordWeights
from assistant.ports.lexicon import InEnglish, Lexicon
from assistant.ports.passage_index import Hit, LexicalQuery, PassageIndex, ScopeKeys
from assistant.ports.reranker import Reranker
from assistant.retrieval.audience import allowed_scopes, expired_scopes
from assistant.retrieval.fusion import fuse, nearer, standardized, strength
from assistant.retrieval.holdings import Holdings, Shelf
from assistant.retrieval.language import question_language
from assistant.retrieval.selection import WORD, Ranked, broken, joined, within_budget, without_repeats

# Chosen on the development questions; docs/retrieval.md has the measurements behind each number.
CANDIDATES = 200
KEPT = 80  # passages of the ranking that are read from the records
RERANKED = 30
DISTINCT = 50  # of the head of the ranking no two say the same
BUDGET_TOKENS = 1500
LEXICAL_WEIGHT = 0.8
LEXICAL_FULL = 25.0  # BM25 of the best match below which matches count less: they share but a few words of the question


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
        (near, weighed), lexical = await asyncio.gather(
            self._dense(question, language, english, scopes), self._lexical(question, language, english, scopes)
        )
        # Scores are small where passages are few, and large where every word is searched for with all it may mean.
        tells = english is None and len(lexical) == CANDIDATES
        says = strength(lexical, full=LEXICAL_FULL) if tells else 1.0
        dense = near
        if says < 1 and weighed is not None:
            dense = await self.index.nearest(weighed, scopes=scopes, limit=CANDIDATES)
        fused = fuse([(standardized(dense), 1.0), (standardized(lexical), LEXICAL_WEIGHT * says)])
        ranking = await self._ranked(
            fused, near, lexical, replaced=standing.replaced, documents=documents, scopes=scopes
        )
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

    async def _dense(
        self, question: Question, language: str, english: InEnglish | None, scopes: ScopeKeys
    ) -> tuple[list[Hit], Vector | None]:
        """The nearest passages, and the question with its words weighed, to rank by where the words match weakly.

        A question in another language is not weighed; it finds what is near to it or to what it means in English.
        """
        weights = await self._weights(question, language) if english is None else {}
        alike, weighed = await self._vectors(question, weights)
        hits = await self.index.nearest(alike, scopes=scopes, limit=CANDIDATES)
        if english is None or not english.gloss:
            return hits, weighed if weights else None
        meant = await self.embedder.embed_query(english.gloss)
        if english.vector is not None:
            meant = meant + english.vector
            meant /= np.linalg.norm(meant)
        return nearer(hits, await self.index.nearest(meant, scopes=scopes, limit=CANDIDATES))[:CANDIDATES], None

    async def _vectors(self, question: Question, weights: WordWeights) -> QuestionVectors:
        """The question and what was said before it as one vector, with all words alike and by their weights."""
        alike, weighed = await self.embedder.embed_weighed(question.words, weights)
        for said in question.background:
            earlier = await self.embedder.embed_weighed(said.text, weights)
            alike = alike + np.float32(said.weight) * earlier.alike
            weighed = weighed + np.float32(said.weight) * earlier.weighed
        if question.background:
            alike, weighed = alike / np.linalg.norm(alike), weighed / np.linalg.norm(weighed)
        return QuestionVectors(alike, weighed)

    async def _weights(self, question: Question, language: str) -> WordWeights:
        """How much each word counts in the question's vector: what many passages say tells little."""
        said = " ".join((question.words, *(background.text for background in question.background)))
        rare = await self.index.rarity(frozenset(WORD.findall(said.lower())), language=language)
        return {word: math.sqrt(rarity) for word, rarity in rare.items()}

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
        fused: dict[str, float],
        dense: list[Hit],
        lexical: list[Hit],
        *,
        replaced: frozenset[str],
        documents: dict[str, Document],
        scopes: ScopeKeys,
    ) -> list[Ranked]:
        """The candidates of both arms by fused score, without what the records no longer allow."""
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
