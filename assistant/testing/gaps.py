"""Asked questions, ratings and gaps in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from assistant.domain.gap import AskedQuestion, Feedback, GapRecord, RatedAnswer, Signal
from assistant.errors import UnknownAnswer


class MemoryGaps:
    """A GapStore in memory."""

    def __init__(self) -> None:
        self.questions: dict[tuple[str, str], AskedQuestion] = {}
        self.rated: dict[tuple[str, str], tuple[Feedback, datetime]] = {}
        self.kept: dict[tuple[str, str], GapRecord] = {}

    async def log(self, asked: AskedQuestion) -> AskedQuestion:
        """Keep an asked question, or count it once more."""
        key = (asked.asker.tenant, asked.answer_id)
        before = self.questions.get(key)
        self.questions[key] = (
            asked
            if before is None
            else replace(
                before,
                times=before.times + asked.times,
                last_at=max(before.last_at, asked.last_at),
                signals=before.signals | asked.signals,
            )
        )
        return self.questions[key]

    async def asked(self, answer_id: str, *, tenant: str) -> AskedQuestion:
        """The question that an answer was given to."""
        found = self.questions.get((tenant, answer_id))
        if found is None:
            raise UnknownAnswer(f"There is no answer {answer_id!r}.")
        return found

    async def mark(self, answer_id: str, signal: Signal, *, tenant: str) -> None:
        """Add a signal."""
        found = await self.asked(answer_id, tenant=tenant)
        self.questions[tenant, answer_id] = replace(found, signals=found.signals | {signal})

    async def unmark(self, answer_id: str, signal: Signal, *, tenant: str) -> None:
        """Take a signal back."""
        found = self.questions.get((tenant, answer_id))
        if found is not None:
            self.questions[tenant, answer_id] = replace(found, signals=found.signals - {signal})

    async def rate(self, feedback: Feedback, *, tenant: str, at: datetime) -> None:
        """Keep a rating."""
        await self.asked(feedback.answer_id, tenant=tenant)
        self.rated[tenant, feedback.answer_id] = (feedback, at)

    async def ratings(self, *, tenant: str) -> tuple[RatedAnswer, ...]:
        """Every rating, newest first."""
        found = []
        for (whose, answer_id), (feedback, at) in self.rated.items():
            if whose == tenant:
                asked = self.questions[whose, answer_id]
                found.append(RatedAnswer(feedback, asked.question, asked.language, asked.generation, at))
        return tuple(sorted(found, key=lambda rated: (rated.at, rated.feedback.answer_id), reverse=True))

    async def signalled(self, *, tenant: str) -> tuple[AskedQuestion, ...]:
        """Every question with a signal."""
        found = [q for (whose, _), q in self.questions.items() if whose == tenant and q.signals]
        return tuple(sorted(found, key=lambda q: (q.first_at, q.answer_id)))

    async def asked_since(self, since: datetime, *, tenant: str) -> tuple[AskedQuestion, ...]:
        """Every question asked since."""
        found = [q for (whose, _), q in self.questions.items() if whose == tenant and q.last_at >= since]
        return tuple(sorted(found, key=lambda q: (q.first_at, q.answer_id)))

    async def assign(self, answer_ids: Collection[str], gap_id: str, *, tenant: str) -> None:
        """Put questions into a gap."""
        for answer_id in answer_ids:
            if (tenant, answer_id) in self.questions:
                self.questions[tenant, answer_id] = replace(self.questions[tenant, answer_id], gap_id=gap_id)

    async def gaps(self, *, tenant: str) -> tuple[GapRecord, ...]:
        """Every gap by id."""
        return tuple(gap for (whose, _), gap in sorted(self.kept.items()) if whose == tenant)

    async def save(self, gap: GapRecord) -> None:
        """Keep a gap."""
        self.kept[gap.tenant, gap.id] = gap

    async def forget_documents(self, document_ids: Collection[str]) -> int:
        """Drop every mention of these documents."""
        gone = set(document_ids)
        changed = 0
        for key, question in self.questions.items():
            if gone & set(question.nearest):
                self.questions[key] = replace(question, nearest=tuple(d for d in question.nearest if d not in gone))
                changed += 1
        for key, gap in self.kept.items():
            if gone & {*gap.nearest, *gap.answered_in}:
                self.kept[key] = replace(
                    gap,
                    nearest=tuple(d for d in gap.nearest if d not in gone),
                    answered_in=tuple(d for d in gap.answered_in if d not in gone),
                )
                changed += 1
        return changed

    async def forget_answers(self, answer_ids: Collection[str]) -> int:
        """Delete questions by answer, and gaps that are left without any."""
        gone = [key for key in self.questions if key[1] in set(answer_ids)]
        for key in gone:
            question = self.questions.pop(key)
            self.rated.pop(key, None)
            gap = (key[0], question.gap_id)
            if not any(q.gap_id == question.gap_id and k[0] == key[0] for k, q in self.questions.items()):
                self.kept.pop(gap, None)
        return len(gone)

    async def prune(self, *, tenant: str, before: datetime) -> int:
        """Delete old questions that went well."""
        old = [
            key
            for key, q in self.questions.items()
            if key[0] == tenant and not q.signals and key not in self.rated and q.last_at < before
        ]
        for key in old:
            del self.questions[key]
        return len(old)
