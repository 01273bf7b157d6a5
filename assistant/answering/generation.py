"""Answers by a language model: its verified sentences as events, or the quotes where it cannot be used."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from assistant.answering.budget import Budget
from assistant.answering.cited import cited_span
from assistant.answering.events import Answered, AnswerEvent, AnswerFinished, NumberedCitation, SentenceReady
from assistant.answering.generate import Course, Writer, Written
from assistant.answering.quote import declined, quoted
from assistant.answering.weights import Weights
from assistant.domain.answer import Answer, AnswerSentence, AnswerStatus, DeclineReason, Fallback, ModelUse
from assistant.domain.content import Citation
from assistant.errors import StorageError
from assistant.retrieval.retrieve import Retrieved
from prompts.messages import message

NOTICES = {Fallback.OVER_BUDGET: "notice_over_budget", Fallback.UNSUPPORTED: "notice_unsupported"}


@dataclass(slots=True)
class Assembler:
    """Numbers the citations of verified sentences as they come, and keeps the answer so far."""

    retrieved: Retrieved
    citations: list[Citation] = field(default_factory=list)
    sentences: list[AnswerSentence] = field(default_factory=list)
    text: str = ""

    def add(self, written: Written) -> SentenceReady:
        """The event for a sentence; a span that was cited before keeps its number."""
        fresh: list[NumberedCitation] = []
        numbers: list[int] = []
        for span in written.spans:
            citation = cited_span(self.retrieved, span)
            if citation not in self.citations:
                self.citations.append(citation)
                fresh.append(NumberedCitation(len(self.citations), citation))
            numbers.append(self.citations.index(citation) + 1)
        sentence = AnswerSentence(written.text, tuple(dict.fromkeys(numbers)))
        marks = "".join(f" [{number}]" for number in sentence.citations)
        piece = f"{self._separator(item=written.item)}{written.text}{marks}"
        self.sentences.append(sentence)
        self.text += piece
        return SentenceReady(sentence, piece, tuple(fresh))

    def _separator(self, *, item: bool) -> str:
        last_is_item = self.text.rpartition("\n")[2].startswith("- ")
        if item:
            return "- " if not self.text else "\n- " if last_is_item else "\n\n- "
        return "" if not self.text else "\n\n" if last_is_item else " "


@dataclass(frozen=True, slots=True)
class Generation:
    """Answers with a model within a budget."""

    writer: Writer
    budget: Budget

    async def stream(self, retrieved: Retrieved, *, sure: float, start: float) -> AsyncGenerator[AnswerEvent]:
        """Verified sentences as they come, then the whole answer; quotes where the model cannot be used or believed."""
        if not await self.budget.left(retrieved.question.requester):
            for event in self._instead(retrieved, Course(failure=Fallback.OVER_BUDGET), None, sure=sure, start=start):
                yield event
            return
        course, made = Course(), Assembler(retrieved)
        use: ModelUse | None = None
        try:
            async with aclosing(self.writer.write(retrieved, course)) as sentences:
                async for written in sentences:
                    yield made.add(written)
        finally:
            # Also when the reader leaves: what was spent was spent.
            if course.tally.calls:
                use = await self._recorded(retrieved, course)
        if made.sentences:
            answer = self._answer(made, course, use, sure=sure, start=start)
            yield AnswerFinished(Answered(answer, retrieved, course.steps))
        elif course.not_found and course.failure is None:
            answer = declined(retrieved, DeclineReason.WEAK_EVIDENCE, sure=sure, start=start)
            answer = replace(answer, answered_by=self.writer.name, use=use)
            yield AnswerFinished(Answered(answer, retrieved, course.steps))
        else:
            for event in self._instead(retrieved, course, use, sure=sure, start=start):
                yield event

    async def _recorded(self, retrieved: Retrieved, course: Course) -> ModelUse | None:
        try:
            return await self.budget.record(retrieved.question.requester, self.writer.name, course.tally)
        except StorageError:
            return None  # the answer is there; the ledger's own health check tells of it

    def _answer(self, made: Assembler, course: Course, use: ModelUse | None, *, sure: float, start: float) -> Answer:
        language = made.retrieved.language
        return Answer(
            question=made.retrieved.question.text,
            status=AnswerStatus.PARTIAL if course.failure else AnswerStatus.ANSWERED,
            text=made.text,
            language=language,
            sentences=tuple(made.sentences),
            citations=tuple(made.citations),
            confidence=sure,
            answered_by=self.writer.name,
            generation=made.retrieved.generation,
            latency_ms=(time.perf_counter() - start) * 1000,
            fallback=course.failure,
            dropped=course.dropped,
            notices=(message("notice_partial", language),) if course.failure else (),
            use=use,
        )

    def _instead(
        self, retrieved: Retrieved, course: Course, use: ModelUse | None, *, sure: float, start: float
    ) -> list[AnswerEvent]:
        """The quotes, marked with the reason why the model did not answer."""
        reason = course.failure or Fallback.UNSUPPORTED
        notice = message(NOTICES.get(reason, "notice_without_model"), retrieved.language)
        *events, last = quoted(retrieved, Weights(retrieved), sure=sure, start=start)
        if isinstance(last, AnswerFinished):
            notices = (notice, *last.answer.notices)
            answer = replace(last.answer, fallback=reason, dropped=course.dropped, notices=notices, use=use)
            last = AnswerFinished(Answered(answer, retrieved, course.steps))
        return [*events, last]
