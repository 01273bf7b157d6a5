from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from assistant.domain.answer import AnswerStatus
from assistant.domain.gap import (
    AskedQuestion,
    Asker,
    Complaint,
    Feedback,
    GapRecord,
    GapStatus,
    RatedAnswer,
    Rating,
    Signal,
)
from assistant.errors import UnknownAnswer
from assistant.ports.gap_store import GapStore
from tests.contract.conversation_stores import DANA, LENA, LENA_ELSEWHERE, NOON, STORES, stores

T = "default"
ASKED = AskedQuestion(
    answer_id="a1",
    owner="lena-digest",
    asker=Asker.of(LENA),
    question="Is there a leasing programme?",
    language="en",
    status=AnswerStatus.DECLINED,
    confidence=0.1,
    generation=7,
    evidence="e1",
    nearest=("policy", "guide"),
    first_at=NOON,
    last_at=NOON,
    signals=frozenset({Signal.DECLINED}),
)
GAP = GapRecord(
    id="a1",
    tenant=T,
    language="en",
    question="Is there a leasing programme?",
    vector=np.array([0.6, 0.8], dtype="<f4").tobytes(),
    fingerprint="hash-2",
    status=GapStatus.OPEN,
    opened_at=NOON,
    changed_at=NOON,
    checked=7,
    nearest=("policy",),
)


@pytest.fixture(params=STORES)
def gaps(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GapStore]:
    with stores(request.param, tmp_path, request) as found:
        yield found.gaps


async def test_an_asked_question_reads_back_as_it_was(gaps: GapStore) -> None:
    assert await gaps.log(ASKED) == ASKED
    assert await gaps.asked("a1", tenant=T) == ASKED


async def test_the_same_answer_given_again_is_counted(gaps: GapStore) -> None:
    await gaps.log(ASKED)
    later = replace(ASKED, last_at=NOON + timedelta(hours=1), signals=frozenset({Signal.REASKED}))
    twice = await gaps.log(later)
    assert (twice.times, twice.first_at, twice.last_at) == (2, NOON, NOON + timedelta(hours=1))
    assert twice.signals == {Signal.DECLINED, Signal.REASKED}


async def test_questions_logged_at_once_are_all_counted(gaps: GapStore) -> None:
    await asyncio.gather(*(gaps.log(ASKED) for _ in range(10)))
    assert (await gaps.asked("a1", tenant=T)).times == 10


async def test_tenants_are_kept_apart(gaps: GapStore) -> None:
    await gaps.log(ASKED)
    await gaps.save(GAP)
    await gaps.log(replace(ASKED, asker=Asker.of(LENA_ELSEWHERE), question="Theirs"))
    assert (await gaps.asked("a1", tenant=T)).question == ASKED.question
    assert [q.question for q in await gaps.signalled(tenant="other")] == ["Theirs"]
    assert await gaps.gaps(tenant="other") == ()
    with pytest.raises(UnknownAnswer):
        await gaps.asked("a1", tenant="third")


async def test_only_questions_with_a_signal_are_signalled_in_the_order_they_were_first_asked(gaps: GapStore) -> None:
    for key, hours, signals in (("b", 2, {Signal.DECLINED}), ("c", 1, {Signal.LOW_SUPPORT}), ("d", 0, set())):
        at = NOON + timedelta(hours=hours)
        await gaps.log(replace(ASKED, answer_id=key, first_at=at, last_at=at, signals=frozenset(signals)))
    assert [question.answer_id for question in await gaps.signalled(tenant=T)] == ["c", "b"]


async def test_what_was_asked_since_a_time_is_found_whether_it_went_well_or_not(gaps: GapStore) -> None:
    for key, hours, signals in (("old", -3, {Signal.DECLINED}), ("well", 1, set()), ("again", -2, set())):
        at = NOON + timedelta(hours=hours)
        last = NOON + timedelta(hours=max(hours, 0 if key == "again" else hours))
        await gaps.log(replace(ASKED, answer_id=key, first_at=at, last_at=last, signals=frozenset(signals)))
    await gaps.log(replace(ASKED, answer_id="theirs", asker=Asker.of(LENA_ELSEWHERE)))
    assert [question.answer_id for question in await gaps.asked_since(NOON, tenant=T)] == ["again", "well"]


async def test_a_signal_comes_and_goes(gaps: GapStore) -> None:
    await gaps.log(replace(ASKED, signals=frozenset()))
    await gaps.mark("a1", Signal.BADLY_RATED, tenant=T)
    await gaps.mark("a1", Signal.BADLY_RATED, tenant=T)
    await gaps.mark("a1", Signal.REASKED, tenant=T)
    assert (await gaps.asked("a1", tenant=T)).signals == {Signal.BADLY_RATED, Signal.REASKED}
    await gaps.unmark("a1", Signal.BADLY_RATED, tenant=T)
    assert (await gaps.asked("a1", tenant=T)).signals == {Signal.REASKED}
    await gaps.unmark("nothing", Signal.REASKED, tenant=T)
    with pytest.raises(UnknownAnswer):
        await gaps.mark("nothing", Signal.REASKED, tenant=T)


async def test_a_rating_is_tied_to_its_question_and_replaced_by_the_next(gaps: GapStore) -> None:
    await gaps.log(ASKED)
    await gaps.log(replace(ASKED, answer_id="a2", asker=Asker.of(DANA)))
    good = Feedback("a1", Rating.GOOD)
    bad = Feedback("a1", Rating.BAD, comment="Old figures", reason=Complaint.OUTDATED)
    await gaps.rate(good, tenant=T, at=NOON)
    await gaps.rate(bad, tenant=T, at=NOON + timedelta(minutes=1))
    await gaps.rate(Feedback("a2", Rating.GOOD), tenant=T, at=NOON)
    newest, older = await gaps.ratings(tenant=T)
    expected = RatedAnswer(bad, question=ASKED.question, language="en", generation=7, at=NOON + timedelta(minutes=1))
    assert newest == expected
    assert older.feedback.answer_id == "a2"
    with pytest.raises(UnknownAnswer):
        await gaps.rate(Feedback("nothing", Rating.GOOD), tenant=T, at=NOON)


async def test_questions_are_put_into_a_gap(gaps: GapStore) -> None:
    await gaps.log(ASKED)
    await gaps.log(replace(ASKED, answer_id="a2"))
    await gaps.assign(["a2", "nothing"], "a1", tenant=T)
    assert [question.gap_id for question in await gaps.signalled(tenant=T)] == ["", "a1"]


async def test_a_gap_is_kept_in_the_place_of_its_older_self(gaps: GapStore) -> None:
    await gaps.save(replace(GAP, id="z9"))
    await gaps.save(GAP)
    closed = replace(GAP, status=GapStatus.CLOSED, changed_at=NOON + timedelta(days=1), checked=8, answered_in=("new",))
    await gaps.save(closed)
    assert await gaps.gaps(tenant=T) == (closed, replace(GAP, id="z9"))


async def test_an_erased_document_is_mentioned_nowhere(gaps: GapStore) -> None:
    await gaps.log(ASKED)
    await gaps.save(replace(GAP, answered_in=("policy", "guide")))
    assert await gaps.forget_documents(["policy"]) == 2
    assert (await gaps.asked("a1", tenant=T)).nearest == ("guide",)
    [gap] = await gaps.gaps(tenant=T)
    assert (gap.nearest, gap.answered_in) == ((), ("guide",))
    assert await gaps.forget_documents(["policy"]) == 0


async def test_what_was_asked_for_an_answer_is_deleted_with_its_rating_and_a_gap_of_nothing_else(
    gaps: GapStore,
) -> None:
    await gaps.log(ASKED)
    await gaps.log(replace(ASKED, answer_id="a2"))
    await gaps.save(replace(GAP, id="shared"))
    await gaps.assign(["a1", "a2"], "shared", tenant=T)
    await gaps.rate(Feedback("a1", Rating.BAD), tenant=T, at=NOON)
    assert await gaps.forget_answers(["a1", "unknown"]) == 1
    with pytest.raises(UnknownAnswer):
        await gaps.asked("a1", tenant=T)
    assert await gaps.ratings(tenant=T) == ()
    assert [gap.id for gap in await gaps.gaps(tenant=T)] == ["shared"]
    assert await gaps.forget_answers(["a2"]) == 1
    assert await gaps.gaps(tenant=T) == ()


async def test_old_questions_that_went_well_are_pruned(gaps: GapStore) -> None:
    fine = frozenset[Signal]()
    await gaps.log(ASKED)
    for key, days in (("old", -3), ("rated", -3), ("new", 0)):
        at = NOON + timedelta(days=days)
        await gaps.log(replace(ASKED, answer_id=key, signals=fine, first_at=at, last_at=at))
    await gaps.rate(Feedback("rated", Rating.GOOD), tenant=T, at=NOON)
    assert await gaps.prune(tenant=T, before=NOON - timedelta(days=1)) == 1
    for key in ("a1", "rated", "new"):
        assert (await gaps.asked(key, tenant=T)).answer_id == key
    with pytest.raises(UnknownAnswer):
        await gaps.asked("old", tenant=T)
