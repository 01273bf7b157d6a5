"""Asked questions, ratings and gaps on SQLite or PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, exists, func, select, update

from assistant.domain.gap import AskedQuestion, Feedback, GapRecord, RatedAnswer, Signal
from assistant.errors import UnknownAnswer
from integrations.records.conversations.rows import (
    BITS,
    asked_from,
    asked_values,
    bits_of,
    gap_from,
    gap_values,
    ids_from,
    ids_text,
    insert_new,
    rated_from,
)
from integrations.records.conversations.schema import asked, gaps, ratings
from integrations.records.database import flush_journal, reading, writing
from integrations.together import Together


class GapRecords:
    """The GapStore of an installation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: Together[AskedQuestion, AskedQuestion] = Together(self._log, name="log-asked")

    async def log(self, question: AskedQuestion) -> AskedQuestion:
        """Keep an asked question, or count it once more. Those that are asked at once share a transaction."""
        return await self._waiting.one(question)

    def _log(self, questions: Sequence[AskedQuestion]) -> list[AskedQuestion]:
        # In one order everywhere: two servers that count the same questions would else wait for each other.
        turns = sorted(range(len(questions)), key=lambda i: (questions[i].asker.tenant, questions[i].answer_id))
        with writing(self._engine) as connection:
            kept = {i: _logged(connection, questions[i]) for i in turns}
        return [kept[i] for i in range(len(questions))]

    async def asked(self, answer_id: str, *, tenant: str) -> AskedQuestion:
        """The question that an answer was given to."""
        query = select(asked).where(_at(answer_id, tenant))
        row = await asyncio.to_thread(reading, self._engine, lambda connection: connection.execute(query).first())
        if row is None:
            raise _unknown(answer_id)
        return asked_from(row)

    async def mark(self, answer_id: str, signal: Signal, *, tenant: str) -> None:
        """Add a signal."""
        with_it = asked.c.signals.op("|")(BITS[signal])
        if not await asyncio.to_thread(self._set_signals, answer_id, tenant, with_it):
            raise _unknown(answer_id)

    async def unmark(self, answer_id: str, signal: Signal, *, tenant: str) -> None:
        """Take a signal back."""
        without = asked.c.signals.op("&")(sum(BITS.values()) - BITS[signal])
        await asyncio.to_thread(self._set_signals, answer_id, tenant, without)

    def _set_signals(self, answer_id: str, tenant: str, signals: ColumnElement[int]) -> int:
        with writing(self._engine) as connection:
            return connection.execute(update(asked).where(_at(answer_id, tenant)).values(signals=signals)).rowcount

    async def rate(self, feedback: Feedback, *, tenant: str, at: datetime) -> None:
        """Keep a rating in the place of an earlier one."""
        await asyncio.to_thread(self._rate, feedback, tenant, at)

    def _rate(self, feedback: Feedback, tenant: str, at: datetime) -> None:
        key = {"tenant": tenant, "answer_id": feedback.answer_id}
        told = {
            "rating": feedback.rating.value,
            "comment": feedback.comment,
            "reason": feedback.reason.value if feedback.reason else "",
            "at": at.isoformat(),
        }
        with writing(self._engine) as connection:
            if not connection.scalar(select(func.count()).select_from(asked).where(_at(feedback.answer_id, tenant))):
                raise _unknown(feedback.answer_id)
            if not insert_new(connection, ratings, {**key, **told}):
                here = and_(ratings.c.tenant == tenant, ratings.c.answer_id == feedback.answer_id)
                connection.execute(update(ratings).where(here).values(told))

    async def ratings(self, *, tenant: str) -> tuple[RatedAnswer, ...]:
        """Every rating with its question, newest first."""
        both = and_(asked.c.tenant == ratings.c.tenant, asked.c.answer_id == ratings.c.answer_id)
        query = select(ratings, asked.c.question, asked.c.language, asked.c.generation).join(asked, both)
        query = query.where(ratings.c.tenant == tenant).order_by(ratings.c.at.desc(), ratings.c.answer_id.desc())

        def read(connection: Connection) -> tuple[RatedAnswer, ...]:
            return tuple(rated_from(row) for row in connection.execute(query))

        return await asyncio.to_thread(reading, self._engine, read)

    async def signalled(self, *, tenant: str) -> tuple[AskedQuestion, ...]:
        """Every question with a signal, by first asked and answer id."""
        return await self._those(asked.c.tenant == tenant, asked.c.signals > 0)

    async def asked_since(self, since: datetime, *, tenant: str) -> tuple[AskedQuestion, ...]:
        """Every question asked since, by first asked and answer id."""
        return await self._those(asked.c.tenant == tenant, asked.c.last_at >= since.isoformat())

    async def _those(self, *conditions: ColumnElement[bool]) -> tuple[AskedQuestion, ...]:
        query = select(asked).where(*conditions).order_by(asked.c.first_at, asked.c.answer_id)

        def read(connection: Connection) -> tuple[AskedQuestion, ...]:
            return tuple(asked_from(row) for row in connection.execute(query))

        return await asyncio.to_thread(reading, self._engine, read)

    async def assign(self, answer_ids: Collection[str], gap_id: str, *, tenant: str) -> None:
        """Put asked questions into a gap."""

        def put() -> None:
            with writing(self._engine) as connection:
                for answer_id in sorted(set(answer_ids)):
                    connection.execute(update(asked).where(_at(answer_id, tenant)).values(gap_id=gap_id))

        await asyncio.to_thread(put)

    async def gaps(self, *, tenant: str) -> tuple[GapRecord, ...]:
        """Every gap by id."""
        query = select(gaps).where(gaps.c.tenant == tenant).order_by(gaps.c.id)

        def read(connection: Connection) -> tuple[GapRecord, ...]:
            return tuple(gap_from(row) for row in connection.execute(query))

        return await asyncio.to_thread(reading, self._engine, read)

    async def save(self, gap: GapRecord) -> None:
        """Keep a gap in the place of what is kept under its id."""

        def kept() -> None:
            values = gap_values(gap)
            with writing(self._engine) as connection:
                if not insert_new(connection, gaps, values):
                    here = and_(gaps.c.tenant == gap.tenant, gaps.c.id == gap.id)
                    connection.execute(update(gaps).where(here).values(values))

        await asyncio.to_thread(kept)

    async def forget_documents(self, document_ids: Collection[str]) -> int:
        """Drop every mention of these documents."""
        return await asyncio.to_thread(self._forget, frozenset(document_ids))

    def _forget(self, gone: frozenset[str]) -> int:
        changed = 0
        with writing(self._engine) as connection:
            for row in connection.execute(select(asked.c.tenant, asked.c.answer_id, asked.c.nearest)).all():
                found = ids_from(row.nearest)
                if gone & set(found):
                    left = ids_text(tuple(each for each in found if each not in gone))
                    connection.execute(update(asked).where(_at(row.answer_id, row.tenant)).values(nearest=left))
                    changed += 1
            for gap in [gap_from(row) for row in connection.execute(select(gaps))]:
                if gone & {*gap.nearest, *gap.answered_in}:
                    nearest = tuple(each for each in gap.nearest if each not in gone)
                    answered = tuple(each for each in gap.answered_in if each not in gone)
                    here = and_(gaps.c.tenant == gap.tenant, gaps.c.id == gap.id)
                    left_over = gap_values(replace(gap, nearest=nearest, answered_in=answered))
                    connection.execute(update(gaps).where(here).values(left_over))
                    changed += 1
        return changed

    async def forget_answers(self, answer_ids: Collection[str]) -> int:
        """Delete what was asked for these answers, and what the database's journal holds of it."""
        return await asyncio.to_thread(self._forget_answers, sorted(set(answer_ids)))

    def _forget_answers(self, answer_ids: list[str]) -> int:
        gone = 0
        with writing(self._engine) as connection:
            for answer_id in answer_ids:
                here = asked.c.answer_id == answer_id
                told = connection.execute(select(asked.c.tenant, asked.c.gap_id).where(here)).all()
                connection.execute(delete(ratings).where(ratings.c.answer_id == answer_id))
                gone += connection.execute(delete(asked).where(here)).rowcount
                for row in told:
                    same = and_(asked.c.tenant == row.tenant, asked.c.gap_id == row.gap_id)
                    if not connection.scalar(select(exists().where(same))):
                        left = and_(gaps.c.tenant == row.tenant, gaps.c.id == row.gap_id)
                        connection.execute(delete(gaps).where(left))
        flush_journal(self._engine)
        return gone

    async def prune(self, *, tenant: str, before: datetime) -> int:
        """Delete questions without a signal or a rating that were last asked before a time."""
        rated = exists().where(ratings.c.tenant == asked.c.tenant, ratings.c.answer_id == asked.c.answer_id)
        old = and_(asked.c.tenant == tenant, asked.c.signals == 0, asked.c.last_at < before.isoformat(), ~rated)

        def deleted() -> int:
            with writing(self._engine) as connection:
                return connection.execute(delete(asked).where(old)).rowcount

        return await asyncio.to_thread(deleted)


def _logged(connection: Connection, question: AskedQuestion) -> AskedQuestion:
    values, here = asked_values(question), _at(question.answer_id, question.asker.tenant)
    if insert_new(connection, asked, values):
        return question
    row = connection.execute(select(asked.c.last_at).where(here).with_for_update()).one()
    more = {
        "times": asked.c.times + question.times,
        "last_at": max(row.last_at, values["last_at"]),
        "signals": asked.c.signals.op("|")(bits_of(question.signals)),
    }
    connection.execute(update(asked).where(here).values(more))
    return asked_from(connection.execute(select(asked).where(here)).one())


def _at(answer_id: str, tenant: str) -> ColumnElement[bool]:
    return and_(asked.c.tenant == tenant, asked.c.answer_id == answer_id)


def _unknown(answer_id: str) -> UnknownAnswer:
    return UnknownAnswer(f"There is no answer {answer_id!r}.")
