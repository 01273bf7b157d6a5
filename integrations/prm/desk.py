"""The channel manager's desk of the embedded PRM."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select

from assistant.deals.policy import decide
from assistant.deals.rules import RuleBooks
from assistant.domain.deals import DealRegistration
from assistant.domain.deals_check import Conflict, Decision
from assistant.domain.deals_lifecycle import DealEvent, overdue
from assistant.domain.funds import FundRequest, FundState
from assistant.domain.people import Requester
from assistant.ports.prm import FIRST_PAGE, Page, Window, Write
from integrations.prm.register import judgement, reading, registration, schema, together, visibility
from integrations.prm.register.database import Database, Unit, micros
from integrations.prm.register.kept import DEALS
from integrations.prm.register.ledger import Request, once
from integrations.prm.register.registration import RULES, Act, require_words

T = TypeVar("T")
BATCH = 500


class EmbeddedDesk:
    """Decisions of channel managers, and the clocks."""

    def __init__(self, database: Database, *, books: RuleBooks) -> None:
        self._database = database
        self._books = books

    async def queue(self, *, requester: Requester, window: Window = FIRST_PAGE) -> Page[DealRegistration]:
        """See DealDesk."""
        return await self._read(requester, lambda unit: reading.queue(unit, window))

    async def conflicts(self, deal_id: str, *, requester: Requester) -> tuple[Conflict, ...]:
        """See DealDesk."""

        def work(unit: Unit) -> tuple[Conflict, ...]:
            deal = DEALS.get(unit, deal_id)
            return judgement.gathered(unit, deal.draft, judgement.partner_of(unit, deal), but=deal_id).conflicts

        return await self._read(requester, work)

    async def decisions(self, deal_id: str, *, requester: Requester) -> tuple[Decision, ...]:
        """See DealDesk."""
        kept = await self._read(requester, lambda unit: judgement.decisions_of(unit, deal_id))
        return tuple(decision for decision, _ in kept)

    async def replay(self, deal_id: str, *, requester: Requester) -> tuple[Decision, ...]:
        """See DealDesk."""
        kept = await self._read(requester, lambda unit: judgement.decisions_of(unit, deal_id))
        return tuple(
            decide(self._books.named(decision.rules), facts, now=decision.decided_at) for decision, facts in kept
        )

    async def approve(self, deal_id: str, *, write: Write, exception: str = "") -> DealRegistration:
        """See DealDesk."""

        def work(unit: Unit) -> DealRegistration:
            deal = DEALS.get(unit, deal_id)
            act = Act(DealEvent.APPROVE, write.requester.name, exception)
            version = write.expected_version
            return registration.approve(unit, deal, act, version=version, books=self._books, exception=exception)

        return await self._write(write, Request("approve", deal_id, exception), DealRegistration, work)

    async def reject(self, deal_id: str, reason: str, *, write: Write) -> DealRegistration:
        """See DealDesk."""
        return await self._move(deal_id, Act(DealEvent.REJECT, write.requester.name, reason), write)

    async def ask(self, deal_id: str, question: str, *, write: Write) -> DealRegistration:
        """See DealDesk."""
        return await self._move(deal_id, Act(DealEvent.ASK, write.requester.name, question), write)

    async def mark_duplicate(self, deal_id: str, of: str, *, write: Write) -> DealRegistration:
        """See DealDesk."""
        actor, event = write.requester.name, DealEvent.MARK_DUPLICATE

        def work(unit: Unit) -> DealRegistration:
            original, deal = DEALS.get(unit, of), DEALS.get(unit, deal_id)
            judgement.note(unit, deal, judgement.Entry("duplicate_of", actor, original.id))
            act = Act(event, actor, "There is an existing engagement with this customer.")
            return registration.move(unit, deal, act, version=write.expected_version, books=self._books)

        return await self._write(write, Request(event.value, deal_id, of), DealRegistration, work)

    async def reopen(self, deal_id: str, reason: str, *, write: Write) -> DealRegistration:
        """See DealDesk."""
        return await self._move(deal_id, Act(DealEvent.REOPEN, write.requester.name, reason), write)

    async def close(self, deal_id: str, *, won: bool, write: Write) -> DealRegistration:
        """See DealDesk."""
        event = DealEvent.WIN if won else DealEvent.LOSE
        words = "The customer bought." if won else "The customer did not buy."
        return await self._move(deal_id, Act(event, write.requester.name, words), write)

    async def decide_funds(self, request_id: str, state: FundState, *, write: Write, comment: str = "") -> FundRequest:
        """See DealDesk."""
        request = Request(f"fund_{state}", request_id, comment)
        return await self._write(
            write,
            request,
            FundRequest,
            lambda unit: together.decide_funds(unit, request_id, write, state=state, comment=comment),
        )

    async def tick(self) -> int:
        """See DealDesk."""
        return await asyncio.to_thread(self._tick)

    def _tick(self) -> int:
        deals = schema.deals.c
        with self._database.reading("") as unit:
            due = (deals.due > 0) & (deals.due <= micros(unit.now))
            rows = unit.connection.execute(select(deals.tenant, deals.id).where(due).limit(BATCH)).all()
            waiting = unit.connection.scalars(select(schema.invitations.c.tenant).distinct()).all()
        lapsed = 0
        for row in rows:
            with self._database.writing(row.tenant) as unit:
                deal = DEALS.get(unit, row.id)
                if overdue(deal, now=unit.now):
                    act = Act(DealEvent.LAPSE, RULES, "The time for this state ran out.")
                    registration.move(unit, deal, act, version=deal.version, books=self._books)
                    lapsed += 1
        for tenant in waiting:
            with self._database.writing(tenant) as unit:
                lapsed += together.lapse_invitations(unit)
        return lapsed

    async def _move(self, deal_id: str, act: Act, write: Write) -> DealRegistration:
        require_words(act.comment)

        def work(unit: Unit) -> DealRegistration:
            deal = DEALS.get(unit, deal_id)
            return registration.move(unit, deal, act, version=write.expected_version, books=self._books)

        return await self._write(write, Request(act.event.value, deal_id, act.comment), DealRegistration, work)

    async def _read(self, requester: Requester, work: Callable[[Unit], T]) -> T:
        visibility.require_staff(requester)

        def run() -> T:
            with self._database.reading(requester.tenant) as unit:
                return work(unit)

        return await asyncio.to_thread(run)

    async def _write(self, write: Write, request: Request, kind: type[T], work: Callable[[Unit], T]) -> T:
        visibility.require_staff(write.requester)

        def run() -> T:
            with self._database.writing(write.requester.tenant) as unit:
                return once(unit, write, request, kind, lambda: work(unit))

        return await asyncio.to_thread(run)
