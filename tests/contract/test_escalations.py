from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.domain.escalation import Escalation, Topic
from assistant.domain.people import Requester, Role
from assistant.errors import Forbidden, RecordNotFound
from assistant.ports.escalations import Escalations
from assistant.testing import MemoryEscalations
from integrations.clock import SystemClock
from integrations.records.conversations import open_conversations
from tests.contract.conversation_stores import DANA, LENA, NOON, STORES, TIM
from tests.servers import fresh_database

CORA = Requester("cora", role=Role.CHANNEL_MANAGER)
MATTER = Escalation(
    id="case-1",
    tenant="default",
    requester=LENA.name,
    user=LENA.user,
    thread="t1",
    topic=Topic.DEAL,
    words="Bitte ruft mich an, 明日まで.",
    at=NOON,
)


@pytest.fixture(params=STORES)
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Escalations]:
    if request.param == "memory":
        yield MemoryEscalations(SystemClock())
    elif request.param == "sqlite":
        kept = open_conversations(tmp_path)
        yield kept.escalations
        kept.close()
    else:
        with fresh_database(request.getfixturevalue("postgres")) as url:
            kept = open_conversations(tmp_path, url=url)
            yield kept.escalations
            kept.close()


def test_a_matter_is_kept_once_and_seen_by_its_owner_and_the_vendors_people(book: Escalations) -> None:
    async def work() -> None:
        assert await book.add(MATTER) == MATTER
        assert await book.add(replace(MATTER, words="changed")) == MATTER
        for person, seen in ((LENA, 1), (CORA, 1), (TIM, 0), (DANA, 0), (replace(CORA, tenant="other"), 0)):
            assert len(await book.open(requester=person)) == seen, person

    asyncio.run(work())


def test_a_channel_manager_closes_it_once(book: Escalations) -> None:
    async def work() -> None:
        await book.add(MATTER)
        with pytest.raises(Forbidden):
            await book.close("case-1", requester=LENA)
        with pytest.raises(RecordNotFound):
            await book.close("case-1", requester=replace(CORA, tenant="other"))
        closed = await book.close("case-1", requester=CORA)
        assert closed.closed_by == "channel_manager:cora"
        assert await book.close("case-1", requester=replace(CORA, user="other")) == closed
        assert await book.open(requester=CORA) == ()

    asyncio.run(work())
