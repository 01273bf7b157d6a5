"""What comes back for a question."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
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


class Fallback(StrEnum):
    """Why a configured model did not write the answer, or not all of it."""

    OVER_BUDGET = "over_budget"
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    RATE_LIMITED = "rate_limited"
    MALFORMED = "malformed"
    REFUSED = "refused"
    EMPTY = "empty"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What the model calls of one answer took. `cost` is in the currency of the price list, None without a price."""

    model: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two current documents that say different things of one subject, as the numbers of their citations.

    `subject` is what both are about; `values` are what they say of it, in the order of `citations`.
    """

    subject: str
    values: tuple[str, str]
    citations: tuple[int, int]


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence, list item or table row of an answer with the numbers (from 1) of the citations that support it."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A cited answer, or an honest refusal with its reason.

    `confidence` is the calibrated probability in 0..1 that the content answers the question.
    `answered_by` is "extractive", or the model that wrote it; `fallback` says why a configured model did not, or not
    to the end. `dropped` counts sentences of the model that were left out because their citations do not support them.
    `notices` are what Liaison adds in its own words, in the language of the answer.
    `generation` and the spans of the citations are what the answer can be replayed from.
    `latency_ms` is wall time from question to answer.
    `id` is what feedback names; it is empty for an answer that was not recorded. `resolved` is what a follow-up was
    taken to mean, and empty when the question was answered as it was asked.
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
    fallback: Fallback | None = None
    dropped: int = 0
    notices: tuple[str, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    use: ModelUse | None = None
    id: str = ""
    resolved: str = ""

    @property
    def declined(self) -> bool:
        """Whether the question was not answered."""
        return self.status in {AnswerStatus.DECLINED, AnswerStatus.CLARIFY, AnswerStatus.REFUSED}
