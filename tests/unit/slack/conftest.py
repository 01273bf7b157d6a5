"""The office of the scenario tests."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from integrations.bootstrap import Liaison
from tests.slack.people import Office, a_slack, an_installation, an_office
from tests.unit.surfaces.world import serving_quickly


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with content in it, to be copied: reading it takes longer than most tests."""
    folder = tmp_path_factory.mktemp("stocked")
    with serving_quickly(folder):
        return folder / "data"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, stocked: Path) -> Iterator[Liaison]:
    folder = tmp_path_factory.mktemp("office")
    shutil.copytree(stocked, folder / "data")
    with an_installation(folder, library={}) as liaison:
        yield liaison


@pytest.fixture
async def office(installation: Liaison, shared: Path) -> AsyncIterator[Office]:
    async with an_office(installation, a_slack(shared)) as made:
        yield made
