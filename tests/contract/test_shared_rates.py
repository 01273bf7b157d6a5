"""What servers promise together about how many calls a key may make."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import NoReturn

import pytest

from assistant.errors import StorageError, Throttled
from integrations import records
from integrations.records.rates import RateRecords
from integrations.surfaces.http.rates import RateLimits, Rates
from tests.servers import fresh_database


@pytest.fixture
def servers(postgres: str) -> Iterator[list[Rates]]:
    """Two servers on one database, whose keys may make three calls a minute."""
    with fresh_database(postgres) as url:
        opened: list[RateRecords] = [records.open_rates(url) for _ in range(2)]
        yield [Rates(RateLimits(3), shared=each) for each in opened]
        for each in opened:
            each.close()


async def test_calls_at_several_servers_count_against_one_limit(servers: list[Rates]) -> None:
    one, two = servers
    assert [await one.take("key:a"), await two.take("key:a"), await one.take("key:a")] == [2, 1, 0]
    with pytest.raises(Throttled) as refused:
        await two.take("key:a")
    assert 0 < refused.value.retry_after <= 20
    assert await two.take("key:b") == 2
    assert await one.take("key:c", per_minute=10) == 9


async def test_calls_at_the_same_moment_are_all_counted(servers: list[Rates]) -> None:
    calls = [servers[n % 2].take("key:a", per_minute=10) for n in range(30)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    granted = [each for each in outcomes if isinstance(each, int)]
    # Ten at once, and what a minute's tenth gives back while this runs on a slow machine.
    assert 10 <= len(granted) <= 15
    assert all(isinstance(each, int | Throttled) for each in outcomes)


class OutOfOrder:
    """A shared place that does not answer."""

    async def take(self, caller: str, *, size: int) -> NoReturn:
        raise StorageError(f"No bucket of {size} for {caller}.")


async def test_only_calls_with_a_limit_need_the_shared_place() -> None:
    assert await Rates(RateLimits(0), shared=OutOfOrder()).take("key:a") == -1
    with pytest.raises(StorageError):
        await Rates(RateLimits(0), shared=OutOfOrder()).take("key:a", per_minute=5)
