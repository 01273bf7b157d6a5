"""What a streamed answer consists of, in the order it comes: started, sentence by sentence, finished."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answering.steps import Step
from assistant.domain.answer import Answer, AnswerSentence
from assistant.domain.content import Citation
from assistant.retrieval.retrieve import Retrieved


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with what it was made from and how, for `--explain`, evaluation and traces."""

    answer: Answer
    retrieved: Retrieved
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerStarted:
    """Retrieval is done and there is evidence; sentences follow. Not sent for an answer that is declined at once."""

    language: str
    generation: int


@dataclass(frozen=True, slots=True)
class NumberedCitation:
    """A citation with the number (from 1) that sentences and `[n]` marks refer to it by."""

    number: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class SentenceReady:
    """One verified sentence; it will not change any more.

    `markdown` joined over all sentences is the text of the answer. `citations` are those that no earlier sentence
    referred to.
    """

    sentence: AnswerSentence
    markdown: str
    citations: tuple[NumberedCitation, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerFinished:
    """The whole answer, always the last event: what counts when it differs from what a reader collected."""

    answered: Answered

    @property
    def answer(self) -> Answer:
        """The answer itself."""
        return self.answered.answer


AnswerEvent = AnswerStarted | SentenceReady | AnswerFinished
