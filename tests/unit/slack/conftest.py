"""The office of the scenario tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from integrations.bootstrap import Liaison
from tests.slack.people import Office, a_slack, an_installation, an_office


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Liaison]:
    with an_installation(tmp_path_factory.mktemp("office")) as liaison:
        yield liaison


@pytest.fixture
async def office(installation: Liaison, shared: Path) -> AsyncIterator[Office]:
    async with an_office(installation, a_slack(shared)) as made:
        yield made
