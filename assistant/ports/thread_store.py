"""Where threads of conversation are kept."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from assistant.domain.conversation import NewTurn, Thread, Turn
from assistant.domain.people import Requester

LONGEST_HISTORY = 50  # turns that are read of a thread


class ThreadStore(Protocol):
    """Threads, each belonging to one person.

    Promises: a person reaches their own threads, and those that somebody of their organisation shared; any other
    raises UnknownThread exactly like one that does not exist. A requester without an identity reaches none: Forbidden.
    A reader whose view differs from an asker's gets that turn without its answer. Turns are never lost or renumbered
    when several are added at once.
    """

    async def open(self, name: str, *, requester: Requester) -> Thread:
        """The requester's own thread of this name with its newest turns, made when there is none. Raises UsageError."""
        ...

    async def read(self, thread_id: str, *, requester: Requester) -> Thread:
        """A thread with its newest turns, at most LONGEST_HISTORY."""
        ...

    async def threads(self, *, requester: Requester) -> tuple[Thread, ...]:
        """The requester's own threads by name, without turns."""
        ...

    async def append(self, thread_id: str, turn: NewTurn, *, requester: Requester) -> Turn:
        """Add a turn at the end; one with a key that the thread holds already is not added, and that one is told."""
        ...

    async def share(self, thread_id: str, *, requester: Requester) -> None:
        """Let the owner's organisation read and continue a thread; only its owner may, and it needs a known one."""
        ...

    async def delete(self, thread_id: str, *, requester: Requester) -> None:
        """Remove a thread with all its turns; only its owner may."""
        ...

    async def forget_documents(self, document_ids: Collection[str]) -> int:
        """Drop every kept answer that cites one of these documents; how many were dropped. For erasure."""
        ...

    async def forget_named(self, prefix: str, *, owner: Requester | None = None) -> frozenset[str]:
        """Remove every thread whose name begins so, of one owner or of all; the ids of its answers. For erasure."""
        ...
