from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.domain.people import ANONYMOUS, Requester
from assistant.errors import Forbidden, UnknownThread, UsageError
from assistant.ports.thread_store import LONGEST_HISTORY, ThreadStore
from integrations.records.conversations import open_conversations
from tests.contract.conversation_stores import DANA, LENA, LENA_ELSEWHERE, STORES, TIM, VISITOR, ZOE, new_turn, stores


@pytest.fixture(params=STORES)
def threads(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ThreadStore]:
    with stores(request.param, tmp_path, request) as found:
        yield found.threads


async def test_a_thread_reads_back_with_its_turns_in_order(threads: ThreadStore) -> None:
    opened = await threads.open("deals", requester=LENA)
    first, second = new_turn("How long?"), new_turn("And for MSPs?", documents=())
    added = [await threads.append(opened.id, turn, requester=LENA) for turn in (first, second)]
    assert [turn.position for turn in added] == [1, 2]
    read = await threads.open("deals", requester=LENA)
    assert read.id == opened.id
    assert read.turns == tuple(added)
    assert [turn.answer for turn in read.turns] == [first.answer, second.answer]
    assert [turn.resolution for turn in read.turns] == [first.resolution, second.resolution]
    assert await threads.read(opened.id, requester=LENA) == read


@pytest.mark.parametrize("stranger", [DANA, TIM, LENA_ELSEWHERE, VISITOR], ids=lambda r: f"{r.tenant}-{r.user}")
async def test_nobody_reaches_a_thread_of_somebody_else(threads: ThreadStore, stranger: Requester) -> None:
    mine = await threads.open("deals", requester=LENA)
    await threads.append(mine.id, new_turn("How long?"), requester=LENA)
    theirs = await threads.open("deals", requester=stranger)
    assert theirs.id != mine.id
    assert theirs.turns == ()
    reading = [threads.read(each, requester=stranger) for each in (mine.id, "0" * 32)]
    writing = [threads.append(each, new_turn("Mine"), requester=stranger) for each in (mine.id, "0" * 32)]
    removing = [threads.delete(each, requester=stranger) for each in (mine.id, "0" * 32)]
    sharing = [threads.share(each, requester=stranger) for each in (mine.id, "0" * 32)]
    for hidden, missing in (reading, writing, removing):
        told = await refusals(hidden, missing)
        assert told[0].replace(mine.id, "ID") == told[1].replace("0" * 32, "ID")
    await asyncio.gather(*sharing, return_exceptions=True)
    assert len((await threads.read(mine.id, requester=LENA)).turns) == 1
    assert not (await threads.read(mine.id, requester=LENA)).shared


async def refusals(*attempts: object) -> list[str]:
    found = await asyncio.gather(*attempts, return_exceptions=True)  # type: ignore[call-overload]
    assert [type(each) for each in found] == [UnknownThread] * len(found)
    return [str(each) for each in found]


async def test_a_shared_thread_is_open_to_the_same_organisation_only(threads: ThreadStore) -> None:
    mine = await threads.open("deals", requester=LENA)
    asked = await threads.append(mine.id, new_turn("How long?"), requester=LENA)
    await threads.share(mine.id, requester=LENA)
    shared = await threads.read(mine.id, requester=TIM)
    assert shared.turns == (asked,)
    assert shared.shared
    assert (await threads.append(mine.id, new_turn("And then?", requester=TIM), requester=TIM)).position == 2
    for stranger in (DANA, LENA_ELSEWHERE, VISITOR):
        await refusals(threads.read(mine.id, requester=stranger))
    await refusals(threads.delete(mine.id, requester=TIM))


async def test_a_colleague_who_sees_other_content_gets_the_question_without_its_answer(threads: ThreadStore) -> None:
    mine = await threads.open("deals", requester=LENA)
    asked = await threads.append(mine.id, new_turn("How long?"), requester=LENA)
    await threads.share(mine.id, requester=LENA)
    [turn] = (await threads.read(mine.id, requester=ZOE)).turns
    assert turn.answer is None
    assert turn.resolution == asked.resolution


async def test_nobody_in_particular_has_no_threads(threads: ThreadStore) -> None:
    mine = await threads.open("deals", requester=LENA)
    for attempt in (
        threads.open("deals", requester=ANONYMOUS),
        threads.read(mine.id, requester=ANONYMOUS),
        threads.threads(requester=ANONYMOUS),
        threads.append(mine.id, new_turn("How long?"), requester=ANONYMOUS),
        threads.delete(mine.id, requester=ANONYMOUS),
    ):
        with pytest.raises(Forbidden):
            await attempt


async def test_an_unknown_person_has_nobody_to_share_with(threads: ThreadStore) -> None:
    mine = await threads.open("deals", requester=VISITOR)
    with pytest.raises(Forbidden):
        await threads.share(mine.id, requester=VISITOR)


async def test_own_threads_are_listed_by_name(threads: ThreadStore) -> None:
    for name in ("prices", " deals  2026 "):
        await threads.open(name, requester=LENA)
    await threads.open("other", requester=TIM)
    assert [thread.name for thread in await threads.threads(requester=LENA)] == ["deals 2026", "prices"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "id:1234"])
async def test_a_name_that_is_none_is_refused(threads: ThreadStore, name: str) -> None:
    with pytest.raises(UsageError):
        await threads.open(name, requester=LENA)


async def test_turns_added_at_once_all_get_a_place(threads: ThreadStore) -> None:
    mine = await threads.open("deals", requester=LENA)
    added = await asyncio.gather(
        *(threads.append(mine.id, new_turn(f"Question {n}"), requester=LENA) for n in range(12))
    )
    assert sorted(turn.position for turn in added) == list(range(1, 13))
    read = (await threads.read(mine.id, requester=LENA)).turns
    assert {t.position: t.resolution.asked for t in read} == {t.position: t.resolution.asked for t in added}


async def test_opening_one_name_at_once_makes_one_thread(threads: ThreadStore) -> None:
    opened = await asyncio.gather(*(threads.open("deals", requester=LENA) for _ in range(8)))
    assert len({thread.id for thread in opened}) == 1


async def test_a_long_thread_comes_with_its_newest_turns(threads: ThreadStore) -> None:
    mine = await threads.open("deals", requester=LENA)
    for n in range(LONGEST_HISTORY + 3):
        await threads.append(mine.id, new_turn(f"Question {n}", documents=()), requester=LENA)
    positions = [turn.position for turn in (await threads.read(mine.id, requester=LENA)).turns]
    assert positions == list(range(4, LONGEST_HISTORY + 4))


async def test_a_deleted_thread_is_gone(threads: ThreadStore) -> None:
    mine = await threads.open("deals", requester=LENA)
    await threads.append(mine.id, new_turn("How long?"), requester=LENA)
    await threads.delete(mine.id, requester=LENA)
    await refusals(threads.read(mine.id, requester=LENA))
    assert (await threads.open("deals", requester=LENA)).turns == ()


async def test_erasing_a_document_takes_every_answer_that_cites_it(threads: ThreadStore) -> None:
    mine = await threads.open("deals", requester=LENA)
    for documents in (("policy", "guide"), ("guide",), ("policy",)):
        await threads.append(mine.id, new_turn("How long?", documents=documents), requester=LENA)
    assert await threads.forget_documents(["policy", "nothing"]) == 2
    answers = [turn.answer for turn in (await threads.read(mine.id, requester=LENA)).turns]
    assert [answer is None for answer in answers] == [True, False, True]
    assert await threads.forget_documents(["policy"]) == 0


async def test_threads_are_forgotten_by_the_beginning_of_their_name(threads: ThreadStore) -> None:
    for name, owner in (("slack:T1:a", LENA), ("slack:T1:b", TIM), ("slack:T1_:c", LENA), ("slackxT1:d", LENA)):
        opened = await threads.open(name, requester=owner)
        await threads.append(opened.id, new_turn(name), requester=owner)
    assert len(await threads.forget_named("slack:T1:", owner=LENA)) == 1
    assert [thread.name for thread in await threads.threads(requester=TIM)] == ["slack:T1:b"]
    await threads.forget_named("slack:T1:")
    assert await threads.threads(requester=TIM) == ()
    assert [thread.name for thread in await threads.threads(requester=LENA)] == ["slack:T1_:c", "slackxT1:d"]
    assert await threads.forget_named("slack:T_:") == frozenset()


async def test_a_message_is_taken_into_a_thread_once(threads: ThreadStore) -> None:
    thread = await threads.open("deals", requester=LENA)
    first = replace(new_turn("How long is a deal protected?"), key="said:C1:1.0")
    again = replace(new_turn("How long is a deal protected?", documents=()), key="said:C1:1.0")
    await threads.append(thread.id, first, requester=LENA)
    held = await threads.append(thread.id, again, requester=LENA)
    assert (held.position, held.answer, held.key) == (1, first.answer, "said:C1:1.0")
    other = await threads.append(thread.id, replace(first, key="said:C1:2.0"), requester=LENA)
    assert other.position == 2
    unnamed = [await threads.append(thread.id, new_turn("And in Denmark?"), requester=LENA) for _ in range(2)]
    assert [turn.position for turn in unnamed] == [3, 4]
    read = await threads.read(thread.id, requester=LENA)
    assert [turn.key for turn in read.turns] == ["said:C1:1.0", "said:C1:2.0", "", ""]


async def test_threads_of_an_earlier_release_take_messages_once_too(tmp_path: Path) -> None:
    open_conversations(tmp_path).close()
    with sqlite3.connect(tmp_path / "conversations.sqlite3") as earlier:
        earlier.execute("DROP INDEX turns_by_key")
        earlier.execute("ALTER TABLE turns DROP COLUMN key")
        earlier.execute("UPDATE conversation_meta SET version = 2")
    kept = open_conversations(tmp_path)
    thread = await kept.threads.open("deals", requester=LENA)
    for _ in range(2):
        await kept.threads.append(thread.id, replace(new_turn("And now?"), key="said:C1:1.0"), requester=LENA)
    assert len((await kept.threads.read(thread.id, requester=LENA)).turns) == 1
    kept.close()
