from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.ports.model_ledger import ModelLedger, Spending
from assistant.testing.model_ledger import MemoryModelLedger
from integrations.records import open_model_ledger
from tests.servers import fresh_database

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ModelLedger]:
    if request.param == "memory":
        yield MemoryModelLedger()
        return
    if request.param == "sqlite":
        opened = open_model_ledger(tmp_path)
        yield opened
        opened.close()
        return
    with fresh_database(request.getfixturevalue("postgres")) as url:
        opened = open_model_ledger(tmp_path, url=url)
        yield opened
        opened.close()


def spending(
    user: str, *, partner: str = "acme", tenant: str = "default", at: datetime = NOON, tokens: int = 10
) -> Spending:
    return Spending(
        at=at,
        tenant=tenant,
        partner=partner,
        user=user,
        model="openai:m",
        calls=1,
        input_tokens=tokens,
        output_tokens=5,
        cost=Decimal("0.0000001"),
        currency="USD",
    )


async def test_what_was_recorded_counts_for_its_user_partner_and_tenant(ledger: ModelLedger) -> None:
    await ledger.record(spending("lena"))
    await ledger.record(spending("omar", tokens=20))
    await ledger.record(spending("dana", partner="brightpath"))
    await ledger.record(spending("lena", tenant="elsewhere", tokens=1000))
    assert (await ledger.spent(NOON, tenant="default", user="lena")).tokens == 15
    assert (await ledger.spent(NOON, tenant="default", partner="acme")).tokens == 40
    whole = await ledger.spent(NOON, tenant="default")
    assert (whole.answers, whole.tokens, whole.cost) == (3, 55, Decimal("0.0000003"))


async def test_what_was_before_the_day_does_not_count_in_any_time_zone(ledger: ModelLedger) -> None:
    await ledger.record(spending("lena", at=NOON - timedelta(seconds=1)))
    await ledger.record(spending("lena", at=NOON.astimezone(timezone(timedelta(hours=9)))))
    await ledger.record(spending("lena", at=(NOON + timedelta(seconds=1)).astimezone(timezone(timedelta(hours=-8)))))
    assert (await ledger.spent(NOON, tenant="default")).answers == 2


async def test_sums_by_group_come_most_first(ledger: ModelLedger) -> None:
    await ledger.record(spending("lena"))
    await ledger.record(spending("omar", tokens=20))
    await ledger.record(spending("dana", partner="", tenant="elsewhere", tokens=1))
    assert [(s.who, s.tokens) for s in await ledger.by("user", since=NOON)] == [("omar", 25), ("lena", 15), ("dana", 6)]
    assert [s.who for s in await ledger.by("partner", since=NOON)] == ["acme", ""]
    assert [(s.who, s.answers) for s in await ledger.by("model", since=NOON, tenant="default")] == [("openai:m", 2)]


async def test_spendings_of_many_tasks_are_all_kept(ledger: ModelLedger) -> None:
    await asyncio.gather(*(ledger.record(spending(f"u{n}")) for n in range(12)))
    assert (await ledger.spent(NOON, tenant="default")).answers == 12
