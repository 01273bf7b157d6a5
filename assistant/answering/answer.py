"""A question to a cited answer, or an honest "not in the content"."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from assistant.answering.compose import cite, pieces_of, sentences_of
from assistant.answering.confidence import THRESHOLD, confidence
from assistant.answering.events import (
    Answered,
    AnswerEvent,
    AnswerFinished,
    AnswerStarted,
    NumberedCitation,
    SentenceReady,
)
from assistant.answering.extract import Weights, extract
from assistant.domain.answer import Answer, AnswerStatus, DeclineReason
from assistant.retrieval.language import primary
from assistant.retrieval.retrieve import Question, Retrieved, Retriever
from prompts.messages import message

__all__ = ["Answered", "Answerer"]


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers from content in the content's own words, or declines."""

    retriever: Retriever
    threshold: float = THRESHOLD

    async def ask(self, question: Question) -> Answer:
        """The answer to a question, within what the requester may see.

        Raises IndexMissing before the first ingest and FingerprintMismatch with another embedder than at ingest.
        """
        return (await self.explain(question)).answer

    async def explain(self, question: Question) -> Answered:
        """The answer together with the passages and scores behind it."""
        finished = [event async for event in self.stream(question) if isinstance(event, AnswerFinished)]
        return finished[-1].answered

    async def stream(self, question: Question) -> AsyncIterator[AnswerEvent]:
        """The answer sentence by sentence as each is verified; the last event is AnswerFinished. Raises as `ask`."""
        start = time.perf_counter()
        if not question.text.strip():
            language = question.language or primary(question.requester.locale)
            nothing = Retrieved(question=question, language=language, generation=0)
            yield _declined(nothing, DeclineReason.EMPTY_QUESTION, 0.0, start)
            return
        retrieved = await self.retriever.retrieve(question)
        sure = confidence(retrieved) if retrieved.ranking else 0.0
        if not retrieved.ranking or sure < self.threshold:
            yield _declined(retrieved, await self._why_declined(retrieved), sure, start)
            return
        yield AnswerStarted(language=retrieved.language, generation=retrieved.generation)
        for event in _quoted(retrieved, sure, start):
            yield event

    async def _why_declined(self, retrieved: Retrieved) -> DeclineReason:
        if retrieved.ranking:
            return DeclineReason.WEAK_EVIDENCE
        expired = await self.retriever.retrieve_expired(retrieved.question)
        known = expired.ranking and confidence(expired) >= self.threshold
        return DeclineReason.ONLY_EXPIRED if known else DeclineReason.NO_CONTENT


def _quoted(retrieved: Retrieved, sure: float, start: float) -> list[AnswerEvent]:
    extracts = extract(retrieved, Weights(retrieved))
    sentences, pieces = sentences_of(extracts), pieces_of(extracts)
    citations = tuple(cite(e, retrieved.documents[e.source.passage.document_id]) for e in extracts)
    events: list[AnswerEvent] = []
    told: set[int] = set()
    for sentence, piece in zip(sentences, pieces, strict=True):
        new = [number for number in sentence.citations if number not in told]
        told.update(new)
        fresh = tuple(NumberedCitation(number, citations[number - 1]) for number in new)
        events.append(SentenceReady(sentence=sentence, markdown=piece, citations=fresh))
    answer = Answer(
        question=retrieved.question.text,
        status=AnswerStatus.ANSWERED,
        text="".join(pieces),
        language=retrieved.language,
        sentences=sentences,
        citations=citations,
        confidence=sure,
        generation=retrieved.generation,
        latency_ms=(time.perf_counter() - start) * 1000,
    )
    return [*events, AnswerFinished(Answered(answer, retrieved))]


def _declined(retrieved: Retrieved, reason: DeclineReason, sure: float, start: float) -> AnswerFinished:
    titles = dict.fromkeys(retrieved.documents[r.passage.document_id].title for r in retrieved.passages)
    answer = Answer(
        question=retrieved.question.text,
        status=AnswerStatus.DECLINED,
        text=message(
            f"declined_{reason}",
            retrieved.language,
            searched=str(retrieved.searched),
            nearest=", ".join(list(titles)[:3]) or "–",
        ),
        language=retrieved.language,
        reason=reason,
        confidence=sure,
        generation=retrieved.generation,
        latency_ms=(time.perf_counter() - start) * 1000,
    )
    return AnswerFinished(Answered(answer, retrieved))
