"""Where asked questions, ratings and gaps are kept."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from assistant.domain.gap import AskedQuestion, Feedback, GapRecord, RatedAnswer, Signal


class GapStore(Protocol):
    """What was asked and how it went. It keeps no names of people; redaction is the caller's, before anything comes in.

    Promises: everything is kept apart by tenant; writing the same thing twice leaves one of it.
    """

    async def log(self, asked: AskedQuestion) -> AskedQuestion:
        """Keep an asked question; when its answer id is known, count it once more and add its signals."""
        ...

    async def asked(self, answer_id: str, *, tenant: str) -> AskedQuestion:
        """The question that an answer was given to. Raises UnknownAnswer."""
        ...

    async def mark(self, answer_id: str, signal: Signal, *, tenant: str) -> None:
        """Say that a question was not answered well. Raises UnknownAnswer."""
        ...

    async def unmark(self, answer_id: str, signal: Signal, *, tenant: str) -> None:
        """Take such a signal back; nothing happens when it was not there."""
        ...

    async def rate(self, feedback: Feedback, *, tenant: str, at: datetime) -> None:
        """Keep a rating in the place of an earlier one of the same answer. Raises UnknownAnswer."""
        ...

    async def ratings(self, *, tenant: str) -> tuple[RatedAnswer, ...]:
        """Every rating with its question, newest first."""
        ...

    async def signalled(self, *, tenant: str) -> tuple[AskedQuestion, ...]:
        """Every question with a signal, by first asked and answer id."""
        ...

    async def asked_since(self, since: datetime, *, tenant: str) -> tuple[AskedQuestion, ...]:
        """Every question that was asked at this time or later, however it went, by first asked and answer id."""
        ...

    async def assign(self, answer_ids: Collection[str], gap_id: str, *, tenant: str) -> None:
        """Put asked questions into a gap."""
        ...

    async def gaps(self, *, tenant: str) -> tuple[GapRecord, ...]:
        """Every gap, by id."""
        ...

    async def save(self, gap: GapRecord) -> None:
        """Keep a gap in the place of what is kept under its id."""
        ...

    async def forget_documents(self, document_ids: Collection[str]) -> int:
        """Drop every mention of these documents; how many questions and gaps had one. For erasure."""
        ...

    async def forget_answers(self, answer_ids: Collection[str]) -> int:
        """Delete what was asked for these answers, with its ratings, and gaps of nothing else; how many. For erasure.

        An answer of that id belongs to one person, so every tenant is looked at.
        """
        ...

    async def prune(self, *, tenant: str, before: datetime) -> int:
        """Delete questions without a signal or a rating that were last asked before a time; how many."""
        ...
