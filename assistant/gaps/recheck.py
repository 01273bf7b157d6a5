"""Does the content answer a gap by now? Its questions are asked again, as people who see what the askers saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.answering.answer import Answerer
from assistant.answering.events import Answered
from assistant.domain.gap import AskedQuestion, GapRecord, GapStatus, Signal
from assistant.gaps.log import LOW_SUPPORT, NEAREST, evidence_of, nearest_of
from assistant.retrieval.retrieve import Question

ASKERS = 4  # different views that a gap is asked again with, the newest first
# The answer itself was not good enough, so the same one again closes nothing.
UNSATISFIED = frozenset({Signal.REASKED, Signal.BADLY_RATED})


@dataclass(frozen=True, slots=True)
class Recheck:
    """What asking again came to, as ids of gaps."""

    checked: int = 0
    closed: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rechecker:
    """Asks gaps again. `answerer` should not call a model: nobody waits for these answers."""

    answerer: Answerer
    low_support: float = LOW_SUPPORT

    async def check(
        self, gap: GapRecord, members: Sequence[AskedQuestion], *, generation: int, now: datetime
    ) -> GapRecord:
        """The gap as it stands at a generation: closed when every kind of asker gets a good answer, else open."""
        asked = _by_asker(members)
        answers = [await self._ask(question) for question in asked]
        good = bool(asked) and all(self._good(q, a) for q, a in zip(asked, answers, strict=True))
        cited = tuple(dict.fromkeys(c.document_id for a in answers for c in a.answer.citations))[:NEAREST]
        nearest = tuple(dict.fromkeys(key for a in answers for key in nearest_of(a)))[:NEAREST]
        status = _next(gap.status, good=good)
        return replace(
            gap,
            status=status,
            changed_at=gap.changed_at if status is gap.status else now,
            checked=generation,
            nearest=nearest or gap.nearest,
            answered_in=cited if good else (),
        )

    async def _ask(self, question: AskedQuestion) -> Answered:
        again = Question(text=question.question, requester=question.asker.requester, language=question.language)
        return await self.answerer.explain(again)

    def _good(self, question: AskedQuestion, answered: Answered) -> bool:
        answer = answered.answer
        if answer.declined or answer.confidence < self.low_support:
            return False
        return not (question.signals & UNSATISFIED) or evidence_of(answer) != question.evidence


def _next(status: GapStatus, *, good: bool) -> GapStatus:
    if good:
        return GapStatus.CLOSED
    return GapStatus.REOPENED if status is GapStatus.CLOSED else status


def _by_asker(members: Sequence[AskedQuestion]) -> list[AskedQuestion]:
    """The newest question of each kind of asker, those with an unsatisfied asker before others."""
    newest: dict[object, AskedQuestion] = {}
    for member in sorted(members, key=lambda m: (bool(m.signals & UNSATISFIED), m.last_at, m.answer_id)):
        newest[member.asker] = member
    return sorted(newest.values(), key=lambda m: (m.last_at, m.answer_id), reverse=True)[:ASKERS]
