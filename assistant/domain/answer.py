"""What comes back for a question."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.domain.content import Citation


class AnswerStatus(StrEnum):
    """How a question ended; surfaces branch on this, never on wording."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    DECLINED = "declined"
    CLARIFY = "clarify"
    REFUSED = "refused"


class DeclineReason(StrEnum):
    """Why there is no answer."""

    NO_CONTENT = "no_content"
    WEAK_EVIDENCE = "weak_evidence"
    ONLY_EXPIRED = "only_expired"
    EMPTY_QUESTION = "empty_question"


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence, list item or table row of an answer with the numbers (from 1) of the citations that support it."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A cited answer, or an honest refusal with its reason.

    `confidence` is the calibrated probability in 0..1 that the content answers the question.
    `latency_ms` is wall time from question to answer.
    """

    question: str
    status: AnswerStatus
    text: str
    language: str
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    reason: DeclineReason | None = None
    confidence: float = 0.0
    answered_by: str = "extractive"
    generation: int = 0
    latency_ms: float = 0.0

    @property
    def declined(self) -> bool:
        """Whether the question was not answered."""
        return self.status in {AnswerStatus.DECLINED, AnswerStatus.REFUSED}
