from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from assistant.answering.answer import Answerer
from assistant.conversation.converse import Conversation
from assistant.conversation.read import Reader
from assistant.domain.answer import Answer
from assistant.domain.content import Audience, Scope
from assistant.domain.gap import Complaint, Feedback, Gap, GapStatus, Rating, Signal
from assistant.domain.people import ANONYMOUS, Requester, Role
from assistant.errors import Forbidden, UnknownAnswer, UsageError
from assistant.gaps.feedback import FeedbackDesk
from assistant.gaps.log import GapLog
from assistant.gaps.report import Gaps
from assistant.retrieval.retrieve import Question
from assistant.testing import MemoryGaps, MemoryThreads
from tests.unit.retrieval.world import FILLER, GOLD, SILVER, Library, Noon

LEASING = "Is there a leasing programme for appliances?"
ANSWER = "There is a leasing programme for appliances over 36 months."
MANAGER = Requester("jonas", role=Role.CHANNEL_MANAGER)
FOR_GOLD = Scope(audience=Audience(minimum_tier="gold"))
SURE = 0.85  # between what fillers and what the answer come to with the hash embedder


@dataclass
class World:
    """Gaps over a little programme, on fakes."""

    library: Library = field(default_factory=Library)
    store: MemoryGaps = field(default_factory=MemoryGaps)

    def __post_init__(self) -> None:
        self.library.put("filler", FILLER)

    @property
    def answerer(self) -> Answerer:
        return Answerer(self.library.retriever(), threshold=SURE)

    @property
    def gaps(self) -> Gaps:
        return Gaps(self.store, answerer=self.answerer, embedder=self.library.embedder, clock=Noon())

    @property
    def desk(self) -> FeedbackDesk:
        return FeedbackDesk(self.store, clock=Noon())

    async def ask(self, text: str = LEASING, *, who: Requester = GOLD) -> Answer:
        log, reader = GapLog(self.store, low_support=SURE), Reader(self.library.embedder)
        talk = Conversation(self.answerer, threads=MemoryThreads(), log=log, clock=Noon(), reader=reader)
        return await talk.ask("", Question(text, requester=who))

    async def report(self, who: Requester = MANAGER) -> list[Gap]:
        return await self.gaps.report(requester=who)


class Later:
    """A clock two years ahead."""

    def now(self) -> datetime:
        return Noon().now() + timedelta(days=730)


@pytest.fixture
def world() -> World:
    return World()


async def test_a_declined_question_is_a_gap_until_new_content_answers_it(world: World) -> None:
    assert (await world.ask()).declined
    [gap] = await world.report()
    assert (gap.status, gap.question, gap.count) == (GapStatus.OPEN, LEASING, 1)
    assert [near.document_id for near in gap.nearest] == ["filler"]
    world.library.put("leasing", [ANSWER])
    found = await world.gaps.recheck()
    assert found.closed == (gap.id,)
    [gap] = await world.report()
    assert gap.status is GapStatus.CLOSED
    assert [document.document_id for document in gap.answered_in] == ["leasing"]


async def test_a_gap_is_opened_again_when_its_answer_goes(world: World) -> None:
    await world.ask()
    world.library.put("leasing", [ANSWER])
    assert len((await world.gaps.recheck()).closed) == 1
    world.library.put("leasing", ["Cafeteria menus change every Monday."])
    assert len((await world.gaps.recheck()).reopened) == 1
    [gap] = await world.report()
    assert (gap.status, gap.answered_in) == (GapStatus.REOPENED, ())


async def test_nothing_is_asked_again_while_nothing_changes(world: World) -> None:
    await world.ask()
    assert (await world.gaps.recheck()).checked == 1
    assert (await world.gaps.recheck()).checked == 0
    world.library.put("more", ["Parking is free on Sundays."])
    assert (await world.gaps.recheck()).checked == 1


async def test_content_that_only_some_askers_may_see_closes_nothing(world: World) -> None:
    await world.ask(who=GOLD)
    await world.ask(who=SILVER)
    world.library.put("leasing", [ANSWER], scope=FOR_GOLD)
    assert (await world.gaps.recheck()).closed == ()
    world.library.put("leasing", [ANSWER])
    assert len((await world.gaps.recheck()).closed) == 1


async def test_a_partner_sees_only_what_its_own_people_asked(world: World) -> None:
    await world.ask(who=GOLD)
    await world.ask("Who pays customs duties on tractors?", who=SILVER)
    assert len(await world.report()) == 2
    [own] = await world.report(SILVER)
    assert own.question == "Who pays customs duties on tractors?"
    assert await world.report(replace(SILVER, partner_id="third")) == []
    assert await world.report(replace(MANAGER, tenant="other")) == []
    with pytest.raises(Forbidden):
        await world.report(ANONYMOUS)


async def test_a_partner_does_not_learn_how_often_others_asked_the_same(world: World) -> None:
    await world.ask(who=GOLD)
    await world.ask("is there a LEASING programme for appliances", who=SILVER)
    [all_of_it] = await world.report()
    [own] = await world.report(SILVER)
    assert (all_of_it.count, own.count) == (2, 1)
    assert own.wordings == ("is there a LEASING programme for appliances",)


async def test_nearest_content_is_shown_only_to_those_who_may_see_it(world: World) -> None:
    world.library.put("filler", FILLER, scope=Scope(audience=Audience(partner_ids=frozenset({GOLD.partner_id}))))
    await world.ask(who=GOLD)
    [managers] = await world.report()
    [own] = await world.report(GOLD)
    assert managers.nearest == ()
    assert [near.document_id for near in own.nearest] == ["filler"]


async def test_a_badly_rated_answer_is_a_gap_until_it_changes(world: World) -> None:
    world.library.put("leasing", [ANSWER])
    answer = await world.ask()
    assert not answer.declined
    assert await world.report() == []
    rated = await world.desk.rate(
        Feedback(answer.id, Rating.BAD, comment=" Old. Ask lena@acme.example ", reason=Complaint.OUTDATED),
        requester=GOLD,
    )
    assert rated.feedback.comment == "Old. Ask [e-mail]"
    assert (rated.question, rated.generation) == (LEASING, answer.generation)
    [gap] = await world.report()
    assert (gap.status, gap.signals[0].name) == (GapStatus.OPEN, Signal.BADLY_RATED.value)
    world.library.put("more", ["Parking is free on Sundays."])
    assert (await world.gaps.recheck()).closed == ()
    world.library.put("leasing", [ANSWER.replace("36", "48")])
    assert (await world.gaps.recheck()).closed == (gap.id,)


async def test_a_good_rating_takes_a_bad_one_back(world: World) -> None:
    world.library.put("leasing", [ANSWER])
    answer = await world.ask()
    for rating in (Rating.BAD, Rating.GOOD):
        await world.desk.rate(Feedback(answer.id, rating), requester=GOLD)
    assert await world.report() == []
    [rated] = await world.desk.ratings(requester=MANAGER)
    assert rated.feedback.rating is Rating.GOOD
    with pytest.raises(Forbidden):
        await world.desk.ratings(requester=GOLD)


async def test_only_who_asked_may_rate(world: World) -> None:
    answer = await world.ask()
    for stranger in (SILVER, replace(GOLD, user="tim"), replace(GOLD, tenant="other"), ANONYMOUS):
        with pytest.raises(UnknownAnswer):
            await world.desk.rate(Feedback(answer.id, Rating.BAD), requester=stranger)
    nobodys = await world.ask(who=ANONYMOUS)
    with pytest.raises(UnknownAnswer):
        await world.desk.rate(Feedback(nobodys.id, Rating.BAD), requester=ANONYMOUS)
    with pytest.raises(UsageError):
        await world.desk.rate(Feedback(answer.id, Rating.BAD, comment="x" * 2001), requester=GOLD)


async def test_gaps_come_open_ones_first_and_by_how_often_they_were_asked(world: World) -> None:
    await world.ask("Who pays customs duties on tractors?")
    for _ in range(2):
        await world.ask("Where is the annual summer party held?")
    for _ in range(3):
        await world.ask()
    world.library.put("leasing", [ANSWER])
    gaps = await world.report()
    assert [(gap.count, gap.status) for gap in gaps] == [
        (2, GapStatus.OPEN),
        (1, GapStatus.OPEN),
        (3, GapStatus.CLOSED),
    ]
    only = await world.gaps.report(requester=MANAGER, status=GapStatus.CLOSED)
    assert [gap.count for gap in only] == [3]
    assert await world.gaps.report(requester=MANAGER, language="fr") == []


async def test_gaps_are_placed_again_after_another_embedder(world: World) -> None:
    await world.ask()
    await world.report()
    [kept] = await world.store.gaps(tenant="default")
    await world.store.save(replace(kept, fingerprint="older", vector=b"\0\0\x80?"))
    await world.ask("is there a LEASING programme for appliances")
    [gap] = await world.report()
    assert gap.count == 2


async def test_questions_that_went_well_are_forgotten_after_the_set_days_and_gaps_are_not(
    world: World,
) -> None:
    world.library.put("leasing", [ANSWER])
    assert not (await world.ask(ANSWER)).declined
    assert (await world.ask("Which refund goes with tea cups?")).declined
    long_after = replace(world.gaps, clock=Later())
    await long_after.report(requester=MANAGER)
    assert len(world.store.questions) == 2
    [gap] = await replace(long_after, kept_days=365).report(requester=MANAGER)
    assert gap.question == "Which refund goes with tea cups?"
    assert [kept.question for kept in world.store.questions.values()] == [gap.question]


async def test_a_question_is_answered_again_after_its_first_answer_was_forgotten(world: World) -> None:
    log, reader = GapLog(world.store), Reader(world.library.embedder)
    talk = Conversation(world.answerer, threads=MemoryThreads(), log=log, clock=Noon(), reader=reader)
    first = await talk.ask("leasing", Question(LEASING, requester=GOLD))
    world.store.questions.clear()
    world.library.put("leasing", [ANSWER])
    again = await replace(talk, answerer=world.answerer).ask("leasing", Question(LEASING, requester=GOLD))
    assert again.id != first.id
    assert [kept.answer_id for kept in world.store.questions.values()] == [again.id]
