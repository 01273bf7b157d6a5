"""Threads of conversation on SQLite or PostgreSQL."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, or_, select, update

from assistant.domain.conversation import (
    NewTurn,
    Thread,
    Turn,
    checked_name,
    identity_of,
    organisation_of,
    seen_by,
)
from assistant.domain.people import Requester
from assistant.errors import Forbidden, UnknownThread
from assistant.ports.thread_store import LONGEST_HISTORY
from integrations.records.conversations.rows import answer_text, insert_new, resolution_text, turn_from
from integrations.records.conversations.schema import threads, turn_documents, turns
from integrations.records.database import flush_journal, reading, writing


class ThreadRecords:
    """The ThreadStore of an installation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def open(self, name: str, *, requester: Requester) -> Thread:
        """The requester's own thread of this name with its newest turns, made when there is none."""
        owner, label = _identity(requester), checked_name(name)
        return await asyncio.to_thread(self._open, owner, label, requester)

    def _open(self, owner: str, label: str, requester: Requester) -> Thread:
        mine = and_(threads.c.owner == owner, threads.c.name == label)
        found = reading(self._engine, lambda connection: _read(connection, mine, requester))
        if found is not None:
            return found
        row = {"id": uuid.uuid4().hex, "owner": owner, "name": label, "organisation": organisation_of(requester)}
        with writing(self._engine) as connection:
            insert_new(connection, threads, {**row, "shared": 0, "turns": 0})
            made = _read(connection, mine, requester)
        if made is None:
            raise UnknownThread(f"The conversation {label!r} was deleted while it was opened.", hint="Ask again.")
        return made

    async def read(self, thread_id: str, *, requester: Requester) -> Thread:
        """A thread that the requester may reach, with its newest turns."""
        reached = _reached(thread_id, requester)
        read = await asyncio.to_thread(reading, self._engine, lambda found: _read(found, reached, requester))
        if read is None:
            raise UnknownThread(f"There is no conversation {thread_id!r} for you.")
        return read

    async def threads(self, *, requester: Requester) -> tuple[Thread, ...]:
        """The requester's own threads by name, without turns."""
        query = select(threads).where(threads.c.owner == _identity(requester)).order_by(threads.c.name)

        def listed(connection: Connection) -> tuple[Thread, ...]:
            return tuple(Thread(row.id, row.name, bool(row.shared)) for row in connection.execute(query))

        return await asyncio.to_thread(reading, self._engine, listed)

    async def append(self, thread_id: str, turn: NewTurn, *, requester: Requester) -> Turn:
        """Add a turn at the end; the row of the thread is locked meanwhile, so that each gets a place of its own."""
        return await asyncio.to_thread(self._append, thread_id, turn, _reached(thread_id, requester))

    def _append(self, thread_id: str, turn: NewTurn, reached: ColumnElement[bool]) -> Turn:
        with writing(self._engine) as connection:
            counted = update(threads).where(reached).values(turns=threads.c.turns + 1).returning(threads.c.turns)
            position = connection.scalar(counted)
            if position is None:
                raise UnknownThread(f"There is no conversation {thread_id!r} for you.")
            if (held := _held(connection, thread_id, turn.key)) is not None:
                connection.execute(update(threads).where(threads.c.id == thread_id).values(turns=position - 1))
                return held
            connection.execute(
                turns.insert().values(
                    thread_id=thread_id,
                    position=position,
                    resolution=resolution_text(turn.resolution),
                    answer=answer_text(turn.answer),
                    at=turn.at.isoformat(),
                    viewer=turn.view,
                    key=turn.key,
                )
            )
            cited = sorted({citation.document_id for citation in turn.answer.citations})
            if cited:
                place = {"thread_id": thread_id, "position": position}
                connection.execute(turn_documents.insert(), [{**place, "document_id": each} for each in cited])
        return Turn(position, turn.resolution, turn.answer, turn.at, turn.view, turn.key)

    async def share(self, thread_id: str, *, requester: Requester) -> None:
        """Let the owner's organisation read and continue a thread."""
        owned = _owned(thread_id, requester)
        if not organisation_of(requester):
            raise Forbidden("An unknown person has nobody to share a thread with.")

        def shared() -> int:
            with writing(self._engine) as connection:
                return connection.execute(update(threads).where(owned).values(shared=1)).rowcount

        if not await asyncio.to_thread(shared):
            raise UnknownThread(f"There is no conversation {thread_id!r} of yours.")

    async def delete(self, thread_id: str, *, requester: Requester) -> None:
        """Remove a thread with all its turns."""
        owned = _owned(thread_id, requester)

        def deleted() -> bool:
            with writing(self._engine) as connection:
                if connection.scalar(select(threads.c.id).where(owned).with_for_update()) is None:
                    return False
                for table in (turn_documents, turns):
                    connection.execute(delete(table).where(table.c.thread_id == thread_id))
                connection.execute(delete(threads).where(owned))
                return True

        if not await asyncio.to_thread(deleted):
            raise UnknownThread(f"There is no conversation {thread_id!r} of yours.")

    async def forget_documents(self, document_ids: Collection[str]) -> int:
        """Drop every kept answer that cites one of these documents."""
        return await asyncio.to_thread(self._forget, sorted(set(document_ids)))

    def _forget(self, document_ids: list[str]) -> int:
        dropped = 0
        with writing(self._engine) as connection:
            for document_id in document_ids:
                where = turn_documents.c.document_id == document_id
                for row in connection.execute(select(turn_documents).where(where)).all():
                    here = and_(turns.c.thread_id == row.thread_id, turns.c.position == row.position)
                    gone = connection.execute(update(turns).where(here, turns.c.answer != "").values(answer=""))
                    dropped += gone.rowcount
                connection.execute(delete(turn_documents).where(where))
        return dropped

    async def forget_named(self, prefix: str, *, owner: Requester | None = None) -> frozenset[str]:
        """Remove every thread whose name begins so, and what the database's journal holds of them."""
        named = select(threads.c.id).where(threads.c.name.startswith(prefix, autoescape=True))
        if owner is not None:
            named = named.where(threads.c.owner == _identity(owner))

        def forgotten() -> frozenset[str]:
            with writing(self._engine) as connection:
                said = connection.execute(select(turns).where(turns.c.thread_id.in_(named))).all()
                for table in (turn_documents, turns):
                    connection.execute(delete(table).where(table.c.thread_id.in_(named)))
                connection.execute(delete(threads).where(threads.c.id.in_(named)))
            flush_journal(self._engine)
            return frozenset(turn.answer.id for turn in map(turn_from, said) if turn.answer)

        return await asyncio.to_thread(forgotten)


def _identity(requester: Requester) -> str:
    if not (identity := identity_of(requester)):
        raise Forbidden("A conversation belongs to somebody, and nobody in particular asks.", hint="Say who asks.")
    return identity


def _owned(thread_id: str, requester: Requester) -> ColumnElement[bool]:
    return and_(threads.c.id == thread_id, threads.c.owner == _identity(requester))


def _reached(thread_id: str, requester: Requester) -> ColumnElement[bool]:
    """The thread, if it is the requester's or was shared with their organisation."""
    own = threads.c.owner == _identity(requester)
    organisation = organisation_of(requester)
    ours = and_(threads.c.shared == 1, threads.c.organisation == organisation, threads.c.organisation != "")
    return and_(threads.c.id == thread_id, or_(own, ours))


def _held(connection: Connection, thread_id: str, key: str) -> Turn | None:
    """The turn of a thread that answers what `key` names."""
    here = and_(turns.c.thread_id == thread_id, turns.c.key == key)
    row = connection.execute(select(turns).where(here)).first() if key else None
    return turn_from(row) if row else None


def _read(connection: Connection, where: ColumnElement[bool], requester: Requester) -> Thread | None:
    row = connection.execute(select(threads).where(where)).first()
    if row is None:
        return None
    newest = select(turns).where(turns.c.thread_id == row.id).order_by(turns.c.position.desc()).limit(LONGEST_HISTORY)
    found = [turn_from(each) for each in connection.execute(newest)]
    told = tuple(seen_by(turn, requester) for turn in reversed(found))
    return Thread(id=row.id, name=row.name, shared=bool(row.shared), turns=told)
