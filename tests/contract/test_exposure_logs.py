"""What the log of co-sell recommendations promises, in memory, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.domain.exposure import Choice, Exposure, Placed
from assistant.ports.exposures import ExposureLog
from assistant.testing import MemoryExposures
from integrations.records.exposures import FILE, open_exposures
from tests.servers import fresh_database

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHOWN = Exposure(
    id="one",
    tenant="default",
    who="channel_manager:jonas",
    at=NOON,
    deal_id="deal-1",
    model="m",
    shown=(Placed("acme", 1, 0.3), Placed("fresh", 9, 0.1, 0.84, kept=True)),
    choices=(Choice("fresh", 0.84, 0.1), Choice("newer", 0.16, 0.05)),
)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ExposureLog]:
    if request.param == "memory":
        yield MemoryExposures()
        return
    database = fresh_database(request.getfixturevalue("postgres")) if request.param == "postgres" else None
    with database or nullcontext("") as url:
        records = open_exposures(tmp_path, url=url)
        yield records
        records.close()


async def test_what_was_shown_is_given_back_whole_and_in_order(log: ExposureLog) -> None:
    later = replace(SHOWN, id="two", at=NOON + timedelta(days=1), choices=())
    await log.keep(later)
    await log.keep(SHOWN)
    assert await log.of("default") == (SHOWN, later)
    assert SHOWN.drawn == SHOWN.shown[1]
    assert later.drawn is None


async def test_the_same_list_looked_at_twice_is_one_exposure(log: ExposureLog) -> None:
    await log.keep(SHOWN)
    await log.keep(replace(SHOWN, at=NOON + timedelta(hours=2)))
    assert await log.of("default") == (SHOWN,)


async def test_tenants_do_not_see_each_other(log: ExposureLog) -> None:
    await log.keep(SHOWN)
    await log.keep(replace(SHOWN, tenant="other"))
    assert await log.forget("other", who=SHOWN.who) == 1
    assert await log.of("default") == (SHOWN,)
    assert await log.of("other") == ()


async def test_what_one_person_was_shown_can_be_erased(log: ExposureLog) -> None:
    other = replace(SHOWN, id="two", who="channel_manager:maria")
    await log.keep(SHOWN)
    await log.keep(other)
    assert await log.forget("default", who=SHOWN.who) == 1
    assert await log.forget("default", who=SHOWN.who) == 0
    assert await log.of("default") == (other,)


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob(f"{FILE}*"))


async def test_nothing_of_what_was_erased_stays_in_the_file(tmp_path: Path) -> None:
    records = open_exposures(tmp_path)
    await records.keep(replace(SHOWN, who="channel_manager:zebedee"))
    assert b"zebedee" in on_disk(tmp_path)
    await records.forget("default", who="channel_manager:zebedee")
    left = on_disk(tmp_path)
    records.close()
    assert b"zebedee" not in left
    reopened = open_exposures(tmp_path)
    assert await reopened.of("default") == ()
    reopened.close()
