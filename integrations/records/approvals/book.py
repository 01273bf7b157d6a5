"""Approvals and the audit log on SQLite or PostgreSQL."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Connection, Select, select, text, update

from assistant.approvals import moves
from assistant.domain.approvals import OPEN, Approval, ApprovalState, AuditEntry, Proposal
from assistant.domain.people import Requester
from assistant.errors import NotAllowedInState, RecordNotFound
from assistant.ports.clock import Clock
from integrations.records.approvals.schema import MIGRATIONS, approvals, audit
from integrations.records.database import open_engine, reading, writing

T = TypeVar("T")
LOCK = 7_101_552_003  # names the PostgreSQL advisory lock that puts steps, and with them the log, in one order
APPROVAL = TypeAdapter(Approval)
ENTRY = TypeAdapter(AuditEntry)


class ApprovalRecords:
    """Implements ApprovalBook. Every step is one transaction; steps come one after the other. Close it when done."""

    def __init__(self, where: str | Path, *, clock: Clock) -> None:
        self._clock = clock
        self._engine = open_engine(where, MIGRATIONS, isolation="READ COMMITTED")

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    async def propose(self, proposal: Proposal) -> Approval:
        """See ApprovalBook."""

        def work(connection: Connection) -> Approval:
            self._void(connection, proposal.thread, proposal.requester)
            entered = moves.entered(
                proposal, approval_id=uuid.uuid4().hex, key=f"agent-{uuid.uuid4().hex}", now=self._clock.now()
            )
            connection.execute(approvals.insert().values(**_row(entered)))
            self._note(connection, entered, "proposed", proposal.requester.name)
            return entered

        return await self._written(work)

    async def get(self, approval_id: str, *, requester: Requester) -> Approval:
        """See ApprovalBook."""
        found = await asyncio.to_thread(reading, self._engine, lambda connection: _read(connection, approval_id))
        return moves.lapsed(moves.seen_by(found, approval_id, requester), self._clock.now())

    async def pending(self, *, requester: Requester) -> tuple[Approval, ...]:
        """See ApprovalBook."""
        state = approvals.c.state == ApprovalState.PENDING.value
        chosen = select(approvals.c.approval).where(state, approvals.c.tenant == requester.tenant)
        found = await self._listed(chosen.order_by(approvals.c.proposed_at))
        now = self._clock.now()
        return tuple(
            each
            for each in found
            if each.proposal.may_be_decided_by(requester) and moves.lapsed(each, now).state is ApprovalState.PENDING
        )

    async def decide(
        self, approval_id: str, digest: str, *, approve: bool, requester: Requester, reason: str = ""
    ) -> Approval:
        """See ApprovalBook."""
        now = self._clock.now()
        verdict = moves.Verdict(digest, approve, requester, reason)

        def work(connection: Connection) -> Approval:
            kept = moves.seen_by(_read(connection, approval_id), approval_id, requester)
            decided = moves.decided(moves.lapsed(kept, now), verdict, now=now)
            return self._moved(connection, kept, decided, requester.name)

        return await self._written(work)

    async def drop(self, thread: str, *, requester: Requester) -> int:
        """See ApprovalBook."""
        return await self._written(lambda connection: self._void(connection, thread, requester))

    async def claim(self, approval_id: str) -> Approval | None:
        """See ApprovalBook."""

        def work(connection: Connection) -> Approval | None:
            kept = _known(connection, approval_id)
            claimed = moves.claimed(kept)
            return self._moved(connection, kept, claimed, "liaison") if claimed else None

        return await self._written(work)

    async def settle(self, approval_id: str, state: ApprovalState, outcome: str) -> Approval:
        """See ApprovalBook."""

        def work(connection: Connection) -> Approval:
            kept = _known(connection, approval_id)
            settled = moves.settled(kept, state, outcome)
            return self._moved(connection, kept, settled, "liaison") if settled != kept else kept

        return await self._written(work)

    async def unfinished(self) -> tuple[Approval, ...]:
        """See ApprovalBook."""
        states = [state.value for state in OPEN]
        chosen = select(approvals.c.approval).where(approvals.c.state.in_(states))
        return await self._listed(chosen.order_by(approvals.c.proposed_at))

    async def proposed_since(self, since: datetime, *, tenant: str) -> tuple[Approval, ...]:
        """See ApprovalBook."""
        chosen = select(approvals.c.approval).where(
            approvals.c.tenant == tenant, approvals.c.proposed_at >= _moment(since)
        )
        return await self._listed(chosen.order_by(approvals.c.proposed_at))

    async def log(self, *, after: int = 0, limit: int = 1_000) -> tuple[AuditEntry, ...]:
        """See ApprovalBook."""
        chosen = select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(limit)

        def read(connection: Connection) -> tuple[AuditEntry, ...]:
            return tuple(ENTRY.validate_python(dict(row)) for row in connection.execute(chosen).mappings())

        return await asyncio.to_thread(reading, self._engine, read)

    async def _listed(self, chosen: Select[Any]) -> tuple[Approval, ...]:
        def read(connection: Connection) -> tuple[Approval, ...]:
            return tuple(APPROVAL.validate_json(row) for row in connection.execute(chosen).scalars())

        return await asyncio.to_thread(reading, self._engine, read)

    async def _written(self, work: Callable[[Connection], T]) -> T:
        def step() -> T:
            with self._step() as connection:
                return work(connection)

        return await asyncio.to_thread(step)

    @contextmanager
    def _step(self) -> Iterator[Connection]:
        with writing(self._engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            yield connection

    def _void(self, connection: Connection, thread: str, requester: Requester) -> int:
        chosen = select(approvals.c.approval).where(
            approvals.c.tenant == requester.tenant,
            approvals.c.thread == thread,
            approvals.c.principal == requester.name,
            approvals.c.person == requester.user,
            approvals.c.state == ApprovalState.PENDING.value,
        )
        found = [APPROVAL.validate_json(row[0]) for row in connection.execute(chosen)]
        for kept in found:
            self._moved(connection, kept, moves.voided(kept, now=self._clock.now()), requester.name)
        return len(found)

    def _moved(self, connection: Connection, kept: Approval, moved: Approval, actor: str) -> Approval:
        """Compare and swap: the row changes only while it is in the state that was read."""
        same = (approvals.c.id == kept.id) & (approvals.c.state == kept.state.value)
        if connection.execute(update(approvals).where(same).values(**_row(moved))).rowcount != 1:
            raise NotAllowedInState("This was decided just now; nothing was done.")
        self._note(connection, moved, moved.state.value, actor)
        return moved

    def _note(self, connection: Connection, approval: Approval, event: str, actor: str) -> None:
        row = connection.execute(select(audit).order_by(audit.c.seq.desc()).limit(1)).mappings().first()
        last = ENTRY.validate_python(dict(row)) if row else None
        entry = moves.entry_after(last, approval, event=event, actor=actor, now=self._clock.now())
        values = {**ENTRY.dump_python(entry), "at": _moment(entry.at)}
        connection.execute(audit.insert().values(**values))


def _known(connection: Connection, approval_id: str) -> Approval:
    found = _read(connection, approval_id)
    if found is None:
        raise RecordNotFound(f"There is no approval {approval_id!r}.")
    return found


def _read(connection: Connection, approval_id: str) -> Approval | None:
    chosen = select(approvals.c.approval).where(approvals.c.id == approval_id)
    found = connection.execute(chosen).scalar_one_or_none()
    return None if found is None else APPROVAL.validate_json(found)


def _row(approval: Approval) -> dict[str, str]:
    owner = approval.proposal.requester
    return {
        "id": approval.id,
        "tenant": owner.tenant,
        "principal": owner.name,
        "person": owner.user,
        "thread": approval.proposal.thread,
        "state": approval.state.value,
        "proposed_at": _moment(approval.proposed_at),
        "expires_at": _moment(approval.proposal.expires_at),
        "approval": APPROVAL.dump_json(approval).decode(),
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
