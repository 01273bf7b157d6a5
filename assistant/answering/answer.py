"""A question to a cited answer, or an honest "not in the content"."""

from __future__ import annotations

import time
from dataclasses import dataclass

from assistant.answering.compose import cite, sentences_of, text_of
from assistant.answering.confidence import THRESHOLD, confidence
from assistant.answering.extract import Weights, extract
from assistant.domain.answer import Answer, AnswerStatus, DeclineReason
from assistant.retrieval.language import primary
from assistant.retrieval.retrieve import Question, Retrieved, Retriever
from prompts.messages import message


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with what it was made from, for `--explain` and for evaluation."""

    answer: Answer
    retrieved: Retrieved


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
        start = time.perf_counter()
        if not question.text.strip():
            language = question.language or primary(question.requester.locale)
            nothing = Retrieved(question=question, language=language, generation=0)
            return Answered(_declined(nothing, DeclineReason.EMPTY_QUESTION, 0.0, start), nothing)
        retrieved = await self.retriever.retrieve(question)
        if not retrieved.ranking:
            reason = DeclineReason.NO_CONTENT
            expired = await self.retriever.retrieve_expired(question)
            if expired.ranking and confidence(expired) >= self.threshold:
                reason = DeclineReason.ONLY_EXPIRED
            return Answered(_declined(retrieved, reason, 0.0, start), retrieved)
        sure = confidence(retrieved)
        if sure < self.threshold:
            return Answered(_declined(retrieved, DeclineReason.WEAK_EVIDENCE, sure, start), retrieved)
        return Answered(_quoted(retrieved, sure, start), retrieved)


def _quoted(retrieved: Retrieved, sure: float, start: float) -> Answer:
    extracts = extract(retrieved, Weights(retrieved))
    return Answer(
        question=retrieved.question.text,
        status=AnswerStatus.ANSWERED,
        text=text_of(extracts),
        language=retrieved.language,
        sentences=sentences_of(extracts),
        citations=tuple(cite(e, retrieved.documents[e.source.passage.document_id]) for e in extracts),
        confidence=sure,
        generation=retrieved.generation,
        latency_ms=(time.perf_counter() - start) * 1000,
    )


def _declined(retrieved: Retrieved, reason: DeclineReason, sure: float, start: float) -> Answer:
    titles = dict.fromkeys(retrieved.documents[r.passage.document_id].title for r in retrieved.passages)
    return Answer(
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
