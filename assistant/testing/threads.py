"""Threads of conversation in memory."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field, replace

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


@dataclass(slots=True)
class MemoryThread:
    """A thread with whose it is."""

    id: str
    name: str
    owner: str
    organisation: str
    shared: bool = False
    turns: list[Turn] = field(default_factory=list)


class MemoryThreads:
    """A ThreadStore in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, MemoryThread] = {}

    async def open(self, name: str, *, requester: Requester) -> Thread:
        """The requester's thread of this name, made when there is none."""
        owner = _identity(requester)
        label = checked_name(name)
        own = next((t for t in self.kept.values() if (t.owner, t.name) == (owner, label)), None)
        if own is None:
            own = MemoryThread(uuid.uuid4().hex, label, owner, organisation_of(requester))
            self.kept[own.id] = own
        return _shown(own, requester)

    async def read(self, thread_id: str, *, requester: Requester) -> Thread:
        """A thread that the requester may reach."""
        return _shown(self._reached(thread_id, requester), requester)

    async def threads(self, *, requester: Requester) -> tuple[Thread, ...]:
        """The requester's own threads by name."""
        owner = _identity(requester)
        own = sorted((t for t in self.kept.values() if t.owner == owner), key=lambda t: t.name)
        return tuple(Thread(id=t.id, name=t.name, shared=t.shared) for t in own)

    async def append(self, thread_id: str, turn: NewTurn, *, requester: Requester) -> Turn:
        """Add a turn at the end."""
        thread = self._reached(thread_id, requester)
        held = next((each for each in thread.turns if turn.key and each.key == turn.key), None)
        if held is not None:
            return held
        added = Turn(len(thread.turns) + 1, turn.resolution, turn.answer, turn.at, turn.view, turn.key)
        thread.turns.append(added)
        return added

    async def share(self, thread_id: str, *, requester: Requester) -> None:
        """Let the owner's organisation in."""
        thread = self._owned(thread_id, requester)
        if not thread.organisation:
            raise Forbidden("An unknown person has nobody to share a thread with.")
        thread.shared = True

    async def delete(self, thread_id: str, *, requester: Requester) -> None:
        """Remove a thread."""
        del self.kept[self._owned(thread_id, requester).id]

    async def forget_documents(self, document_ids: Collection[str]) -> int:
        """Drop answers that cite these documents."""
        dropped = 0
        for thread in self.kept.values():
            for i, turn in enumerate(thread.turns):
                if turn.answer and any(c.document_id in document_ids for c in turn.answer.citations):
                    thread.turns[i] = replace(turn, answer=None)
                    dropped += 1
        return dropped

    async def forget_named(self, prefix: str, *, owner: Requester | None = None) -> frozenset[str]:
        """Remove threads by the beginning of their name."""
        whose = _identity(owner) if owner else ""
        gone = [t for t in self.kept.values() if t.name.startswith(prefix) and whose in {"", t.owner}]
        for thread in gone:
            del self.kept[thread.id]
        return frozenset(turn.answer.id for thread in gone for turn in thread.turns if turn.answer)

    def _reached(self, thread_id: str, requester: Requester) -> MemoryThread:
        owner, organisation = _identity(requester), organisation_of(requester)
        thread = self.kept.get(thread_id)
        if thread and (
            thread.owner == owner or (thread.shared and organisation and thread.organisation == organisation)
        ):
            return thread
        raise UnknownThread(f"There is no conversation {thread_id!r} for you.")

    def _owned(self, thread_id: str, requester: Requester) -> MemoryThread:
        thread = self.kept.get(thread_id)
        if thread is None or thread.owner != _identity(requester):
            raise UnknownThread(f"There is no conversation {thread_id!r} of yours.")
        return thread


def _identity(requester: Requester) -> str:
    if not (identity := identity_of(requester)):
        raise Forbidden("A conversation belongs to somebody, and nobody in particular asks.", hint="Say who asks.")
    return identity


def _shown(thread: MemoryThread, requester: Requester) -> Thread:
    turns = tuple(seen_by(turn, requester) for turn in thread.turns[-LONGEST_HISTORY:])
    return Thread(id=thread.id, name=thread.name, shared=thread.shared, turns=turns)
