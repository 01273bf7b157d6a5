"""Every asked question goes through here; those that were not answered well carry a signal."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from assistant.answering.events import Answered
from assistant.domain.answer import Answer, AnswerStatus, DeclineReason
from assistant.domain.conversation import Resolution, identity_of
from assistant.domain.gap import AskedQuestion, Asker, Signal
from assistant.domain.people import Requester
from assistant.gaps.redaction import redacted
from assistant.ports.gap_store import GapStore

LOW_SUPPORT = 0.5  # answers with less confidence count as weakly supported
NEAREST = 3  # documents that are kept with a question


@dataclass(frozen=True, slots=True)
class GapLog:
    """Keeps what was asked, without names, and what says that it was not answered well."""

    store: GapStore
    low_support: float = LOW_SUPPORT

    async def record(self, answered: Answered, resolution: Resolution, *, requester: Requester, at: datetime) -> None:
        """Keep a question and how it was answered; an empty question is nobody's gap and is not kept."""
        answer = answered.answer
        if answer.reason is DeclineReason.EMPTY_QUESTION:
            return
        await self.store.log(
            AskedQuestion(
                answer_id=answer.id,
                owner=identity_of(requester),
                asker=Asker.of(requester),
                question=redacted(resolution.text),
                language=answer.language,
                status=answer.status,
                confidence=answer.confidence,
                generation=answer.generation,
                evidence=evidence_of(answer),
                nearest=nearest_of(answered),
                first_at=at,
                last_at=at,
                signals=self.signals(answer),
            )
        )

    async def mark(self, answer_id: str, signal: Signal, *, requester: Requester) -> None:
        """Say that an earlier answer was not good enough. Raises UnknownAnswer."""
        await self.store.mark(answer_id, signal, tenant=requester.tenant)

    def signals(self, answer: Answer) -> frozenset[Signal]:
        """What an answer itself says about how good it is; that a question was unclear says nothing of the content."""
        if answer.status is AnswerStatus.CLARIFY:
            return frozenset()
        if answer.declined:
            return frozenset({Signal.DECLINED})
        weak = answer.status is AnswerStatus.PARTIAL or answer.confidence < self.low_support
        return frozenset({Signal.LOW_SUPPORT}) if weak else frozenset()


def evidence_of(answer: Answer) -> str:
    """A digest of what an answer cites: two answers with the same one rest on the same words."""
    cited = [[c.document_id, c.quote] for c in answer.citations]
    return hashlib.sha256(json.dumps(cited, ensure_ascii=False).encode()).hexdigest()[:32]


def nearest_of(answered: Answered) -> tuple[str, ...]:
    """The ids of the documents that an answer cites, or that came closest when there is none."""
    cited = [citation.document_id for citation in answered.answer.citations]
    found = [ranked.passage.document_id for ranked in answered.retrieved.passages]
    return tuple(dict.fromkeys(cited or found))[:NEAREST]
