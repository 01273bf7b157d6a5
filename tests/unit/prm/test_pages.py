from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from assistant.domain.deals import DealRegistration, DealState
from assistant.domain.people import Requester, Role
from assistant.ports.prm import DealQuery, Page, Window
from evals.prm_market import FixedClock, fill
from integrations.bootstrap import Liaison, build
from integrations.settings import Settings

STAFF = Requester(user="desk", role=Role.CHANNEL_MANAGER)
GUEST = Requester(user="x", role=Role.PARTNER, partner_id="p0003")  # joined deal-0000600 of another partner


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Liaison]:
    folder: Path = tmp_path_factory.mktemp("market")
    liaison = build(Settings(data=folder), clock=FixedClock())
    fill(liaison, 3000)
    yield liaison
    liaison.close()


async def read_through(
    ask: Callable[[Window], Awaitable[Page[DealRegistration]]], limit: int
) -> list[DealRegistration]:
    found: list[DealRegistration] = []
    window = Window(limit=limit)
    while True:
        page = await ask(window)
        found += page.items
        if not page.cursor:
            return found
        window = Window(limit=limit, cursor=page.cursor)


async def test_own_and_joined_deals_come_in_one_order_page_after_page(market: Liaison) -> None:
    def ask(window: Window) -> Awaitable[Page[DealRegistration]]:
        return market.prm.prm.find_deals(DealQuery(), requester=GUEST, window=window)

    whole, by_one = await read_through(ask, 200), await read_through(ask, 1)
    assert by_one == whole
    assert whole == sorted(whole, key=lambda deal: (deal.updated_at, deal.id), reverse=True)
    assert len({deal.id for deal in whole}) == len(whole)
    assert {deal.partner_id == GUEST.partner_id for deal in whole} == {True, False}


async def test_the_approval_queue_has_every_waiting_deal_once_the_longest_waiting_first(market: Liaison) -> None:
    found = await read_through(lambda window: market.prm.desk.queue(requester=STAFF, window=window), 70)
    assert len(found) == 300
    assert found == sorted(found, key=lambda deal: (deal.submitted_at, deal.id))
    assert {deal.state for deal in found} == {DealState.SUBMITTED}


async def test_a_word_and_a_state_narrow_down_joined_deals_too(market: Liaison) -> None:
    everything = await market.prm.prm.find_deals(DealQuery(), requester=GUEST, window=Window(limit=200))
    (joined,) = [deal for deal in everything.items if deal.partner_id != GUEST.partner_id]
    for query in (DealQuery(text=joined.draft.title), DealQuery(state=joined.state, text=joined.draft.title)):
        found = await market.prm.prm.find_deals(query, requester=GUEST)
        assert [deal.id for deal in found.items] == [joined.id]
    none = DealQuery(state=DealState.LOST, text=joined.draft.title)
    assert not (await market.prm.prm.find_deals(none, requester=GUEST)).items
