"""The contract of every book of approvals, and of the desk that executes what was approved."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from assistant.approvals.desk import ApprovalDesk
from assistant.domain.approvals import ApprovalState, Argument, Proposal, Source, first_broken
from assistant.domain.people import ANONYMOUS, Requester, Role
from assistant.errors import (
    InvalidRecord,
    LiaisonError,
    NotAllowedInState,
    OutcomeUnknown,
    PolicyRefused,
    RecordNotFound,
    StaleVersion,
)
from assistant.ports.approvals import ApprovalBook
from assistant.ports.prm import Write
from assistant.testing.approvals import MemoryApprovals
from integrations.records.approvals import open_approvals
from integrations.records.approvals.book import ApprovalRecords
from tests.contract.prm_world import START, TurnableClock
from tests.servers import fresh_database

LENA = Requester("lena", role=Role.PARTNER, partner_id="acme")
TIM = Requester("tim", role=Role.PARTNER, partner_id="acme")
DANA = Requester("dana", role=Role.PARTNER, partner_id="beta")
CORA = Requester("cora", role=Role.CHANNEL_MANAGER)
ELSEWHERE = Requester("cora", role=Role.CHANNEL_MANAGER, tenant="other")
OF_SOMEBODY_ELSE = (TIM, DANA, ELSEWHERE, ANONYMOUS)


@dataclass
class Counter:
    """Executes by counting: what was written under which key; `fails` is raised instead, before or after the write."""

    fails: list[LiaisonError] = field(default_factory=list)
    after_writing: bool = True
    written: dict[str, str] = field(default_factory=dict)
    calls: int = 0

    async def execute(self, proposal: Proposal, *, write: Write) -> str:
        self.calls += 1
        await asyncio.sleep(0)
        failure = self.fails.pop(0) if self.fails else None
        if failure is None or self.after_writing:
            self.written.setdefault(write.key, proposal.payload)
        if failure is not None:
            raise failure
        return "deal-1 active"


@dataclass
class World:
    """A book with its clock and a desk."""

    book: ApprovalBook
    clock: TurnableClock
    executor: Counter = field(default_factory=Counter)

    @property
    def desk(self) -> ApprovalDesk:
        return ApprovalDesk(self.book, self.executor)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    clock = TurnableClock()
    if request.param == "memory":
        yield World(MemoryApprovals(clock), clock)
    elif request.param == "sqlite":
        book = open_approvals(tmp_path, clock=clock)
        yield World(book, clock)
        book.close()
    else:
        with fresh_database(request.getfixturevalue("postgres")) as url:
            kept = open_approvals(tmp_path, url=url, clock=clock)
            yield World(kept, clock)
            kept.close()


def proposal(**changes: object) -> Proposal:
    made = Proposal(
        tool="register_deal",
        payload='{"draft":{"title":"Backup"}}',
        arguments=(Argument("title", "Backup", Source.SAID, "Backup"),),
        requester=LENA,
        thread="t1",
        expires_at=START + timedelta(hours=1),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


async def test_what_was_shown_is_what_is_written_and_once(world: World) -> None:
    entered = await world.desk.propose(proposal())
    done = await world.desk.approve(entered.id, entered.digest, requester=LENA)
    assert (done.state, done.outcome) == (ApprovalState.DONE, "deal-1 active")
    assert list(world.executor.written.values()) == [entered.proposal.payload]
    assert await world.desk.send(entered.id) == done
    with pytest.raises(NotAllowedInState):
        await world.desk.approve(entered.id, entered.digest, requester=LENA)
    assert world.executor.calls == 1


@pytest.mark.parametrize("stranger", OF_SOMEBODY_ELSE, ids=lambda who: f"{who.tenant}-{who.name}-{who.user}")
async def test_an_approval_of_somebody_else_does_not_exist(world: World, stranger: Requester) -> None:
    entered = await world.desk.propose(proposal())
    for attempt in (
        world.book.get(entered.id, requester=stranger),
        world.desk.approve(entered.id, entered.digest, requester=stranger),
        world.desk.reject(entered.id, entered.digest, reason="no", requester=stranger),
    ):
        with pytest.raises(RecordNotFound):
            await attempt
    assert await world.book.pending(requester=stranger) == ()
    assert world.executor.calls == 0


async def test_everything_proposed_since_a_moment_is_listed_whatever_became_of_it(world: World) -> None:
    await world.desk.propose(proposal(thread="before"))
    world.clock.turn(hours=1)
    since, later = world.clock.now(), world.clock.now() + timedelta(hours=1)
    refused = await world.desk.propose(proposal(expires_at=later))
    await world.desk.reject(refused.id, refused.digest, reason="no", requester=LENA)
    await world.desk.propose(proposal(requester=ELSEWHERE))
    world.clock.turn(minutes=1)
    waiting = await world.desk.propose(proposal(thread="t2", requester=TIM))
    found = await world.book.proposed_since(since, tenant=LENA.tenant)
    assert [each.id for each in found] == [refused.id, waiting.id]
    assert found[0].state is ApprovalState.REJECTED


async def test_what_rules_send_to_review_is_still_submitted_by_nobody_but_who_asked(world: World) -> None:
    entered = await world.desk.propose(proposal(reviewed=True))
    with pytest.raises(RecordNotFound):
        await world.desk.approve(entered.id, entered.digest, requester=CORA)
    assert await world.book.pending(requester=CORA) == ()
    assert (await world.desk.approve(entered.id, entered.digest, requester=LENA)).state is ApprovalState.DONE


async def test_a_changed_proposal_voids_the_one_before(world: World) -> None:
    first = await world.desk.propose(proposal())
    second = await world.desk.propose(proposal(payload='{"draft":{"title":"Archive"}}'))
    with pytest.raises(NotAllowedInState):
        await world.desk.approve(first.id, first.digest, requester=LENA)
    with pytest.raises(StaleVersion):
        await world.desk.approve(second.id, first.digest, requester=LENA)
    assert world.executor.calls == 0


async def test_a_late_approval_does_nothing_and_says_so(world: World) -> None:
    entered = await world.desk.propose(proposal())
    world.clock.turn(hours=1)
    with pytest.raises(NotAllowedInState, match="expired"):
        await world.desk.approve(entered.id, entered.digest, requester=LENA)
    assert (await world.book.get(entered.id, requester=LENA)).state is ApprovalState.EXPIRED
    assert await world.book.pending(requester=LENA) == ()


async def test_of_twelve_clicks_one_counts(world: World) -> None:
    entered = await world.desk.propose(proposal())
    clicks = [world.desk.approve(entered.id, entered.digest, requester=LENA) for _ in range(12)]
    outcomes = await asyncio.gather(*clicks, return_exceptions=True)
    assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) == 1
    assert {type(outcome) for outcome in outcomes if isinstance(outcome, BaseException)} == {NotAllowedInState}
    assert (world.executor.calls, len(world.executor.written)) == (1, 1)


async def test_a_rejection_keeps_its_reason_and_nothing_is_written(world: World) -> None:
    entered = await world.desk.propose(proposal())
    rejected = await world.desk.reject(entered.id, entered.digest, reason="wrong customer", requester=LENA)
    assert (rejected.state, rejected.reason) == (ApprovalState.REJECTED, "wrong customer")
    assert await world.desk.reconcile() == ()
    assert world.executor.calls == 0


@pytest.mark.parametrize("after_writing", [True, False])
async def test_a_lost_answer_is_found_out_by_the_same_key(world: World, after_writing: bool) -> None:
    world.executor.fails, world.executor.after_writing = [OutcomeUnknown("The line went dead.")], after_writing
    entered = await world.desk.propose(proposal())
    unknown = await world.desk.approve(entered.id, entered.digest, requester=LENA)
    assert unknown.state is ApprovalState.UNKNOWN
    assert [each.state for each in await world.desk.reconcile()] == [ApprovalState.DONE]
    assert list(world.executor.written) == [entered.key]
    assert await world.desk.reconcile() == ()


async def test_a_refusal_of_the_prm_is_final_and_told(world: World) -> None:
    world.executor.fails, world.executor.after_writing = [PolicyRefused("A named account.")], False
    entered = await world.desk.propose(proposal())
    failed = await world.desk.approve(entered.id, entered.digest, requester=LENA)
    assert (failed.state, failed.outcome) == (ApprovalState.FAILED, "A named account.")
    assert await world.desk.reconcile() == ()


async def test_nobody_unknown_proposes(world: World) -> None:
    with pytest.raises(InvalidRecord):
        await world.desk.propose(proposal(requester=ANONYMOUS))


async def test_dropping_a_thread_voids_what_is_undecided_in_it(world: World) -> None:
    mine = await world.desk.propose(proposal())
    other = await world.desk.propose(proposal(thread="t2"))
    assert await world.book.drop("t1", requester=TIM) == 0
    assert await world.book.drop("t1", requester=LENA) == 1
    assert (await world.book.get(mine.id, requester=LENA)).state is ApprovalState.VOID
    assert (await world.book.get(other.id, requester=LENA)).state is ApprovalState.PENDING


async def test_the_log_tells_every_step_in_an_unbroken_chain(world: World) -> None:
    entered = await world.desk.propose(proposal())
    await world.desk.approve(entered.id, entered.digest, requester=LENA)
    log = list(await world.book.log())
    assert [entry.event for entry in log] == ["proposed", "approved", "sending", "done"]
    assert first_broken(log) is None
    assert await world.book.log(after=2, limit=1) == (log[2],)
    for changed in (
        [replace(log[0], details="payload {}"), *log[1:]],
        [log[0], *log[2:]],
        [log[1], log[0], *log[2:]],
        [*log[:3], replace(log[3], actor="nobody")],
    ):
        assert first_broken(changed) is not None


async def test_a_line_changed_in_the_database_is_found(tmp_path: Path) -> None:
    book = open_approvals(tmp_path, clock=TurnableClock())
    await ApprovalDesk(book, Counter()).propose(proposal())
    engine = create_engine(f"sqlite:///{tmp_path / 'approvals.sqlite3'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit SET details = replace(details, 'Backup', 'Backdoor')"))
    broken = first_broken(list(await book.log()))
    assert broken is not None
    assert broken.seq == 1
    book.close()
    engine.dispose()


async def test_an_approval_survives_a_restart(tmp_path: Path) -> None:
    first = ApprovalRecords(tmp_path / "a.sqlite3", clock=TurnableClock())
    entered = await first.propose(proposal(notes=("Left of MDF 2026 afterwards: 8,000 EUR",)))
    first.close()
    second = ApprovalRecords(tmp_path / "a.sqlite3", clock=TurnableClock())
    assert await second.get(entered.id, requester=LENA) == entered
    second.close()
