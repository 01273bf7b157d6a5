from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.gap import AskedQuestion, Signal
from assistant.domain.people import ANONYMOUS
from assistant.errors import Forbidden
from assistant.gaps.trend import first_monday, trend
from tests.contract.conversation_stores import NOON
from tests.unit.gaps.test_report import MANAGER, World
from tests.unit.gaps.test_view import asked as by_partner
from tests.unit.retrieval.world import GOLD, SILVER, Library

TODAY = NOON.date()  # Monday, 16 November 2026


def asked(partner: str, *, days: int = 0, well: bool = False, times: int = 1, language: str = "en") -> AskedQuestion:
    at = NOON - timedelta(days=days)
    signals = frozenset[Signal]() if well else frozenset({Signal.DECLINED})
    told = replace(by_partner(partner, n=days, times=times), language=language, signals=signals)
    return replace(told, first_at=at, last_at=at)


def test_every_week_is_told_also_the_quiet_ones() -> None:
    (weeks,) = trend([asked("a"), asked("a", days=1, well=True, times=3)], today=TODAY, minimum_partners=3, weeks=3)
    assert [(week.monday, week.asked, week.missed) for week in weeks] == [
        (date(2026, 11, 2), 0, 0), (date(2026, 11, 9), 3, 0), (TODAY, 1, 1),
    ]  # fmt: skip
    assert [week.share for week in weeks] == [0.0, 0.0, 1.0]


def test_a_language_is_told_apart_where_enough_partners_ask_in_it() -> None:
    everybody = [*(asked(name) for name in "abc"), *(asked(name, language="de") for name in "ab")]
    shown = trend(everybody, today=TODAY, minimum_partners=3, weeks=1)
    assert [(week.language, week.asked) for (week,) in shown] == [("", 5), ("en", 3)]


def test_what_is_older_than_the_first_week_is_left_out() -> None:
    assert trend([asked("a", days=21)], today=TODAY, minimum_partners=1, weeks=3) == ()


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 20))
def test_weeks_begin_on_mondays_and_the_last_one_holds_today(day: date, weeks: int) -> None:
    first = first_monday(day, weeks=weeks)
    assert first.weekday() == 0
    assert timedelta(0) <= day - (first + timedelta(weeks=weeks - 1)) < timedelta(weeks=1)


async def test_a_partner_sees_its_own_weeks_the_vendor_all_and_nobody_else_any() -> None:
    world = World(Library())
    await world.ask(who=GOLD)
    await world.ask(who=SILVER)
    (own,) = [weeks for weeks in await world.gaps.trend(requester=GOLD) if not weeks[0].language]
    (every,) = await world.gaps.trend(requester=MANAGER)
    assert (own[-1].asked, every[-1].asked, every[-1].missed) == (1, 2, 2)
    with pytest.raises(Forbidden):
        await world.gaps.trend(requester=ANONYMOUS)
