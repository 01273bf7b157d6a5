"""A process that dies between any two steps from proposal to receipt loses nothing approved and does nothing twice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from assistant.approvals.desk import ApprovalDesk
from assistant.domain.approvals import OPEN, Approval, ApprovalState, Argument, Proposal, Source, first_broken
from assistant.domain.people import Requester, Role
from assistant.errors import LiaisonError, OutcomeUnknown
from assistant.ports.prm import Write
from assistant.testing.approvals import MemoryApprovals
from integrations.records.approvals.book import ApprovalRecords
from tests.contract.prm_world import START, TurnableClock

T = TypeVar("T")
LENA = Requester("lena", role=Role.PARTNER, partner_id="acme")
POINTS = ("propose", "decide", "claim", "execute", "settle")


class Killed(BaseException):
    """The process is gone: nothing after this line runs."""


@dataclass
class Wire:
    """A PRM that does the work of a key once, and may die, with us, right before or right after it."""

    dies: str = ""
    written: dict[str, str] = field(default_factory=dict)

    async def execute(self, proposal: Proposal, *, write: Write) -> str:
        if self.dies == "before execute":
            raise Killed
        self.written.setdefault(write.key, proposal.payload)
        if self.dies == "after execute":
            raise Killed
        return "deal-1 active"


class Dying:
    """A book whose process dies right before or right after one step."""

    def __init__(self, book: ApprovalRecords, dies: str) -> None:
        self._book, self._dies = book, dies

    def __getattr__(self, name: str) -> Callable[..., Awaitable[object]]:
        step: Callable[..., Awaitable[object]] = getattr(self._book, name)

        async def guarded(*words: object, **named: object) -> object:
            if self._dies == f"before {name}":
                raise Killed
            done = await step(*words, **named)
            if self._dies == f"after {name}":
                raise Killed
            return done

        return guarded


def proposal(number: int = 0) -> Proposal:
    return Proposal(
        tool="register_deal",
        payload=f'{{"draft":{{"title":"Deal {number}"}}}}',
        arguments=(Argument("title", f"Deal {number}", Source.SAID),),
        requester=LENA,
        thread=f"t{number}",
        expires_at=START + timedelta(hours=1),
    )


async def asked_and_approved(desk: ApprovalDesk, number: int = 0) -> None:
    entered = await desk.propose(proposal(number))
    await desk.approve(entered.id, entered.digest, requester=LENA)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("point", POINTS)
async def test_a_kill_at_a_named_point_leaves_nothing_or_one_write(tmp_path: Path, point: str, when: str) -> None:
    dies = f"{when} {point}"
    book, wire = ApprovalRecords(tmp_path / "a.sqlite3", clock=TurnableClock()), Wire(dies)
    dying = ApprovalDesk(Dying(book, dies), wire)  # type: ignore[arg-type]
    with pytest.raises(Killed):
        await asked_and_approved(dying)
    book.close()

    reopened = ApprovalRecords(tmp_path / "a.sqlite3", clock=TurnableClock())
    wire.dies = ""
    desk = ApprovalDesk(reopened, wire)
    finished_now = await desk.reconcile()
    approved = [entry for entry in await reopened.log() if entry.event == "approved"]
    assert len(wire.written) == len(approved)
    assert all(each.state is ApprovalState.DONE for each in finished_now)
    assert await reopened.unfinished() == ()
    assert await desk.reconcile() == ()
    assert first_broken(list(await reopened.log())) is None
    reopened.close()


async def test_kills_at_random_points_of_many_changes_lose_and_double_nothing(tmp_path: Path) -> None:
    draw, wire, clock = random.Random(20261122), Wire(), TurnableClock()
    places = [f"{when} {point}" for point in POINTS for when in ("before", "after")]
    for number in range(60):
        book = ApprovalRecords(tmp_path / "a.sqlite3", clock=clock)
        wire.dies = draw.choice(places)
        desk = ApprovalDesk(Dying(book, wire.dies), wire)  # type: ignore[arg-type]
        try:
            await desk.reconcile()
            await asked_and_approved(desk, number)
        except Killed:
            pass
        book.close()
    book, wire.dies = ApprovalRecords(tmp_path / "a.sqlite3", clock=clock), ""
    await ApprovalDesk(book, wire).reconcile()
    log = list(await book.log())
    approved = {entry.subject for entry in log if entry.event == "approved"}
    done = [entry.subject for entry in log if entry.event == "done"]
    assert sorted(approved) == sorted(done)
    assert len(wire.written) == len(approved)
    assert first_broken(log) is None
    book.close()


class Clicks(RuleBasedStateMachine):
    """People and failures in any order, against what must hold whatever happens."""

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.wire = TurnableClock(), Unsteady()
        self.book = MemoryApprovals(self.clock)
        self.desk = ApprovalDesk(self.book, self.wire)
        self.shown: list[Approval] = []

    @rule(thread=st.integers(0, 2), title=st.integers(0, 3))
    def propose(self, thread: int, title: int) -> None:
        made = proposal(title)
        again = replace(made, thread=f"t{thread}", expires_at=self.clock.now() + timedelta(hours=1))
        self.shown.append(finished(self.desk.propose(again)))

    @precondition(lambda self: self.shown)
    @rule(pick=st.integers(0, 50), mixed=st.booleans(), loses=st.booleans())
    def approve(self, pick: int, mixed: bool, loses: bool) -> None:
        one = self.shown[pick % len(self.shown)]
        digest = self.shown[0].digest if mixed else one.digest
        self.wire.loses = loses
        try:
            finished(self.desk.approve(one.id, digest, requester=LENA))
        except LiaisonError:
            return

    @precondition(lambda self: self.shown)
    @rule(pick=st.integers(0, 50))
    def reject(self, pick: int) -> None:
        one = self.shown[pick % len(self.shown)]
        try:
            finished(self.desk.reject(one.id, one.digest, reason="no", requester=LENA))
        except LiaisonError:
            return

    @rule(minutes=st.integers(1, 90))
    def wait(self, minutes: int) -> None:
        self.clock.turn(minutes=minutes)

    @rule()
    def reconcile(self) -> None:
        self.wire.loses = False
        finished(self.desk.reconcile())
        assert finished(self.book.unfinished()) == ()

    @invariant()
    def every_write_was_approved_as_it_was_shown(self) -> None:
        by_key = {each.key: each for each in self.shown}
        log = finished(self.book.log())
        approved = {entry.subject for entry in log if entry.event == "approved"}
        for key, payload in self.wire.written.items():
            assert by_key[key].id in approved
            assert by_key[key].proposal.payload == payload
        assert first_broken(list(log)) is None

    @invariant()
    def nothing_approved_is_forgotten(self) -> None:
        for each in self.shown:
            now = finished(self.book.get(each.id, requester=LENA))
            assert (now.state is ApprovalState.DONE) <= (each.key in self.wire.written)
            assert now.digest == each.digest
            assert now.state not in OPEN or now.state is ApprovalState.UNKNOWN


class Unsteady(Wire):
    """Loses its answer when told to."""

    loses = False

    async def execute(self, proposal: Proposal, *, write: Write) -> str:
        told = await super().execute(proposal, write=write)
        if self.loses:
            raise OutcomeUnknown("The line went dead.")
        return told


def finished(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def test_no_order_of_clicks_failures_and_waiting_writes_what_was_not_approved() -> None:
    quick = settings(max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Clicks, settings=quick)
