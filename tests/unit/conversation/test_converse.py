from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant.answering.answer import Answerer
from assistant.conversation.converse import Conversation
from assistant.conversation.read import Reader
from assistant.domain.answer import Answer, AnswerStatus
from assistant.domain.conversation import NewTurn, Turn, Understanding
from assistant.domain.gap import Signal
from assistant.domain.people import ANONYMOUS, Requester
from assistant.errors import Forbidden, StorageError, UnknownThread
from assistant.gaps.log import GapLog
from assistant.retrieval.retrieve import Question
from assistant.testing import MemoryGaps, MemoryThreads
from tests.unit.retrieval.world import FILLER, GOLD, SILVER, Library

POLICY = [
    "An approved deal registration is protected for 90 days.",
    "The protection of a deal registration can be extended once by 60 days.",
    "Managed service providers count twelve times their monthly charge.",
]
HOW_LONG = "How long is a deal registration protected?"


@dataclass
class Ticking:
    """A clock that is moved by hand."""

    at: datetime = datetime(2026, 11, 16, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class FullDisk(MemoryThreads):
    """A store that has no room for another turn."""

    async def append(self, thread_id: str, turn: NewTurn, *, requester: Requester) -> Turn:
        raise StorageError("No space left on device.")


@dataclass
class World:
    """A conversation over a little programme, on fakes."""

    library: Library = field(default_factory=Library)
    threads: MemoryThreads = field(default_factory=MemoryThreads)
    gaps: MemoryGaps = field(default_factory=MemoryGaps)
    clock: Ticking = field(default_factory=Ticking)
    threshold: float = 0.0

    def __post_init__(self) -> None:
        self.library.put("policy", POLICY)
        self.library.put("filler", FILLER)

    @property
    def conversation(self) -> Conversation:
        answerer = Answerer(self.library.retriever(), threshold=self.threshold)
        log = GapLog(self.gaps, low_support=0.0)
        reader = Reader(self.library.embedder)
        return Conversation(answerer, threads=self.threads, log=log, clock=self.clock, reader=reader)

    async def ask(self, text: str, *, thread: str = "deals", who: Requester = GOLD) -> Answer:
        return await self.conversation.ask(thread, Question(text, requester=who))


@pytest.fixture
def world() -> World:
    return World()


async def test_a_follow_up_is_answered_from_what_was_asked_before(world: World) -> None:
    await world.ask(HOW_LONG)
    answer = await world.ask("Can it be extended?")
    assert answer.question == "Can it be extended?"
    assert answer.resolved == f"{HOW_LONG} Can it be extended?"
    assert "extended once by 60 days" in answer.text


async def test_a_question_without_a_thread_is_answered_alone(world: World) -> None:
    await world.ask(HOW_LONG, thread="")
    answer = await world.ask("Can it be extended?", thread="")
    assert answer.resolved == ""
    assert world.threads.kept == {}


async def test_the_same_question_again_gets_the_same_answer_and_counts_as_asked_again(world: World) -> None:
    await world.ask(HOW_LONG)
    follow_up = await world.ask("Can it be extended?")
    again = await world.ask("can it be extended")
    assert replace(again, question=follow_up.question) == replace(follow_up, id=again.id)
    kept = await world.gaps.asked(follow_up.id, tenant="default")
    assert Signal.REASKED in kept.signals
    [thread] = world.threads.kept.values()
    assert thread.turns[-1].resolution.understanding is Understanding.REPEATED


async def test_new_content_or_another_day_makes_a_new_answer(world: World) -> None:
    first = await world.ask(HOW_LONG)
    world.library.put("policy", [POLICY[0].replace("90", "120"), *POLICY[1:]])
    changed = await world.ask(HOW_LONG)
    assert changed.generation == first.generation + 1
    assert "120 days" in changed.text
    world.clock.at += timedelta(days=1)
    next_day = (await world.conversation.begin("deals", Question(HOW_LONG, requester=GOLD))).replay
    assert next_day is None


async def test_somebody_with_other_rights_does_not_get_the_kept_answer(world: World) -> None:
    await world.ask(HOW_LONG)
    [thread] = world.threads.kept.values()
    await world.threads.share(thread.id, requester=GOLD)
    colleague = replace(GOLD, user="tim", regions=frozenset({"FR"}))
    asking = await world.conversation.begin(f"id:{thread.id}", Question(HOW_LONG, requester=colleague))
    assert asking.resolution.understanding is Understanding.REPEATED
    assert asking.replay is None


async def test_threads_do_not_leak_into_each_other(world: World) -> None:
    await world.ask(HOW_LONG, thread="deals")
    for thread, who in (("other", GOLD), ("deals", SILVER)):
        answer = await world.ask("Can it be extended?", thread=thread, who=who)
        assert answer.resolved == ""
    [mine, *_] = [t for t in world.threads.kept.values() if t.name == "deals" and len(t.turns) == 1]
    with pytest.raises(UnknownThread):
        await world.ask("And?", thread=f"id:{mine.id}", who=replace(SILVER, partner_id="third"))


async def test_nobody_in_particular_can_ask_but_has_no_thread(world: World) -> None:
    assert (await world.ask(HOW_LONG, thread="", who=ANONYMOUS)).status is AnswerStatus.ANSWERED
    with pytest.raises(Forbidden):
        await world.ask(HOW_LONG, who=ANONYMOUS)


async def test_an_answer_has_a_stable_id_of_its_own_for_each_person(world: World) -> None:
    first = await world.ask(HOW_LONG, thread="")
    assert first.id == (await world.ask(HOW_LONG, thread="")).id
    assert first.id != (await world.ask(HOW_LONG, thread="", who=SILVER)).id
    assert first.id != (await world.ask("Who counts twelve times?", thread="")).id
    assert (await world.gaps.asked(first.id, tenant="default")).times == 2


async def test_what_is_declined_is_a_gap_without_names(world: World) -> None:
    world.threshold = 1.1
    answer = await world.ask("Does lena@acme.example or +49 89 1234567 get a leasing programme?", thread="")
    assert answer.declined
    [asked] = await world.gaps.signalled(tenant="default")
    assert asked.question == "Does [e-mail] or [phone] get a leasing programme?"
    assert asked.signals == {Signal.DECLINED}
    assert (asked.asker.partner_id, asked.asker.tier) == ("acme", "gold")
    assert GOLD.user not in repr(asked)
    assert asked.nearest


@pytest.mark.parametrize("asked", ["Does it apply to them?", "Gilt das auch für diese?"])
async def test_a_first_question_that_refers_to_nothing_is_asked_back_and_is_no_gap(world: World, asked: str) -> None:
    world.threshold = 1.1
    answer = await world.ask(asked)
    assert answer.status is AnswerStatus.CLARIFY
    assert answer.reason is None
    kept = await world.gaps.asked(answer.id, tenant="default")
    assert kept.signals == frozenset()


async def test_a_first_question_that_names_its_subject_is_declined_not_asked_back(world: World) -> None:
    world.threshold = 1.1
    assert (await world.ask("Is it possible to extend the protection?")).status is AnswerStatus.DECLINED


async def test_an_empty_question_is_nobodys_gap(world: World) -> None:
    assert (await world.ask("  ", thread="")).declined
    assert world.gaps.questions == {}


async def test_an_answer_that_cannot_be_kept_is_given_and_says_so(world: World) -> None:
    world.threads = FullDisk()
    answer = await world.ask(HOW_LONG)
    assert "90 days" in answer.text
    assert answer.id == ""
    assert any("could not be stored" in notice for notice in answer.notices)


async def test_a_reader_who_leaves_early_leaves_no_turn(world: World) -> None:
    stream = world.conversation.stream("deals", Question(HOW_LONG, requester=GOLD))
    await anext(stream)
    await stream.aclose()
    [thread] = world.threads.kept.values()
    assert thread.turns == []
    assert world.gaps.questions == {}


async def test_what_was_said_before_does_not_answer_a_whole_question_that_the_content_does_not(world: World) -> None:
    world.threshold = 0.5
    assert not (await world.ask(HOW_LONG)).declined
    unanswerable = "Which deal registration gifts do astronauts buy abroad?"
    asking = await world.conversation.begin("deals", Question(unanswerable, requester=GOLD))
    assert asking.question.background
    assert (await world.ask(unanswerable)).declined
    assert not (await world.ask("How long can a deal registration be extended?")).declined
