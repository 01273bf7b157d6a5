"""A question to a cited answer, or an honest "not in the content"."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.answering.confidence import THRESHOLD, confidence, unsure
from assistant.answering.contradiction import with_contradictions
from assistant.answering.events import Answered, AnswerEvent, AnswerFinished, AnswerStarted
from assistant.answering.quote import declined, quoted
from assistant.answering.steps import SearchStep, Timing
from assistant.answering.weights import Weights
from assistant.domain.answer import Answer, DeclineReason
from assistant.retrieval.language import primary
from assistant.retrieval.retrieve import Question, Retrieved, Retriever
from prompts.suggested import in_english

if TYPE_CHECKING:
    from assistant.answering.generation import Generation  # brings LangChain along, which takes its time

__all__ = ["Answered", "Answerer"]
ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers from content in the content's own words, or with a model in verified sentences, or declines."""

    retriever: Retriever
    threshold: float = THRESHOLD
    generation: Generation | None = None

    async def ask(self, question: Question) -> Answer:
        """The answer to a question, within what the requester may see.

        Raises IndexMissing before the first ingest and FingerprintMismatch with another embedder than at ingest.
        """
        return (await self.explain(question)).answer

    async def explain(self, question: Question) -> Answered:
        """The answer together with the passages and scores behind it."""
        finished = [event async for event in self.stream(question) if isinstance(event, AnswerFinished)]
        return finished[-1].answered

    async def stream(self, question: Question) -> AsyncGenerator[AnswerEvent]:
        """The answer sentence by sentence as each is verified; the last event is AnswerFinished. Raises as `ask`."""
        start = time.perf_counter()
        if not question.text.strip():
            language = question.language or primary(question.requester.locale)
            nothing = Retrieved(question=question, language=language, generation=0)
            answer = declined(nothing, DeclineReason.EMPTY_QUESTION, sure=0.0, start=start)
            yield AnswerFinished(Answered(answer, nothing))
            return
        began = time.time()
        retrieved, weights, sure = await self._found(question)
        timing = Timing(began, time.perf_counter() - start)
        search = SearchStep(timing, passages=len(retrieved.passages), documents=retrieved.searched)
        if not retrieved.ranking or sure < self.threshold:
            answer = declined(retrieved, await self._why_declined(retrieved), sure=sure, start=start)
            yield AnswerFinished(Answered(answer, retrieved, (search,)))
            return
        yield AnswerStarted(language=retrieved.language, generation=retrieved.generation)
        async with aclosing(self._answered(retrieved, weights, sure=sure, start=start)) as events:
            async for event in events:
                if isinstance(event, AnswerFinished):
                    answer = with_contradictions(event.answer, retrieved)
                    yield AnswerFinished(replace(event.answered, answer=answer, steps=(search, *event.answered.steps)))
                else:
                    yield event

    async def _answered(
        self, retrieved: Retrieved, weights: Weights, *, sure: float, start: float
    ) -> AsyncGenerator[AnswerEvent]:
        if self.generation is None:
            for event in quoted(retrieved, weights, sure=sure, start=start):
                yield event
            return
        async with aclosing(self.generation.stream(retrieved, sure=sure, start=start)) as events:
            async for event in events:
                yield event

    async def _found(self, question: Question) -> tuple[Retrieved, Weights, float]:
        """What was found, its weights, and how sure it is that it answers.

        What Liaison itself suggested to ask is looked for in English, too, where the person's words find little.
        """
        retrieved = await self.retriever.retrieve(question)
        weights = Weights(retrieved, self.retriever.lexicon)
        sure = await self._sure(retrieved, weights)
        meant = in_english(question.text)
        if not meant or primary(retrieved.language) == ENGLISH or not unsure(sure, weights):
            return retrieved, weights, sure
        same = await self.retriever.retrieve(replace(question, text=meant, language=ENGLISH))
        weighed = Weights(same, self.retriever.lexicon)
        surer = await self._sure(same, weighed)
        if surer <= sure:
            return retrieved, weights, sure
        return replace(same, language=retrieved.language), weighed, surer

    async def _sure(self, retrieved: Retrieved, weights: Weights) -> float:
        """How sure it is that the content answers.

        A question that is whole must be answerable without what was said before it, or else the passages of an earlier
        question would answer one that the content knows nothing of.
        """
        question = retrieved.question
        sure = confidence(retrieved, weights) if retrieved.ranking else 0.0
        if sure >= self.threshold and question.background and not question.sought:
            alone = await self.retriever.retrieve(replace(question, background=()))
            return min(sure, confidence(alone, Weights(alone, self.retriever.lexicon)) if alone.ranking else 0.0)
        return sure

    async def _why_declined(self, retrieved: Retrieved) -> DeclineReason:
        if retrieved.ranking:
            return DeclineReason.WEAK_EVIDENCE
        expired = await self.retriever.retrieve_expired(retrieved.question)
        known = expired.ranking and confidence(expired, Weights(expired, self.retriever.lexicon)) >= self.threshold
        return DeclineReason.ONLY_EXPIRED if known else DeclineReason.NO_CONTENT
