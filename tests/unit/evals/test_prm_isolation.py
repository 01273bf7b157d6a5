from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from assistant.domain.people import Requester, Role
from evals.prm_isolation import FixedClock, World, archive, built, search
from integrations.bootstrap import build
from integrations.settings import Settings


@pytest.fixture
async def world(tmp_path: Path) -> Any:
    liaison = build(Settings(data=tmp_path), clock=FixedClock())
    liaison.prm.load(archive(), tenant="default")
    yield await built(liaison.prm.prm, random.Random(1))
    liaison.close()


class Leaky:
    """Answers every partner as if the vendor asked."""

    def __init__(self, prm: object) -> None:
        self._prm = prm

    def __getattr__(self, name: str) -> Any:
        inner = getattr(self._prm, name)
        staff = Requester(user="x", role=Role.CHANNEL_MANAGER)
        return lambda *args, **named: inner(
            *args, **{**named, **({"requester": staff} if "requester" in named else {})}
        )


async def test_no_partner_learns_of_another_and_a_leak_would_be_found(world: World) -> None:
    asked, leaks = await search(world, 300, random.Random(2))
    assert len(asked) == 21
    assert leaks == []
    leaky = World(Leaky(world.prm), world.partners, world.deals, world.invitations, world.secrets)
    _, found = await search(leaky, 60, random.Random(2))
    assert found
