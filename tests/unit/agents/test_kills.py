from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.memory import InMemorySaver

from tests.unit.agents.office import Office, office
from tests.unit.agents.test_agent import COMPLETE, DE, deals

SAVES = range(12)  # more than a turn makes


class KilledError(Exception):
    """The process is gone."""


class MortalSaver(InMemorySaver):
    """Keeps what it is given until its process is killed: after so many calls, or never."""

    left: int | None = None

    def put(
        self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata, versions: ChannelVersions
    ) -> RunnableConfig:
        self._live()
        return super().put(config, checkpoint, metadata, versions)

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        self._live()
        super().put_writes(config, writes, task_id, task_path)

    def _live(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise KilledError


def killed_after(saves: int, text: str, first: Office, saver: MortalSaver) -> Office:
    """Another process of an installation whose first one was killed in this turn, after so many saves."""
    saver.left = saves
    with suppress(KilledError):
        first.say(text, who=DE)
    saver.left = None
    return office(first.place, saver=saver, threads=first.threads)


@pytest.mark.parametrize("saves", SAVES)
def test_a_proposal_survives_a_kill_between_any_two_saves_of_its_turn(saves: int) -> None:
    saver = MortalSaver()
    second = killed_after(saves, COMPLETE, office(saver=saver), saver)
    told = asyncio.run(second.agent.transcript("t1", requester=DE))
    if told.open is None:
        second.say(COMPLETE, who=DE)
    assert "deal-1" in second.say("Ja", who=DE).reply
    assert len(deals(second)) == 1


@pytest.mark.parametrize("saves", SAVES)
def test_an_approval_survives_a_kill_between_any_two_saves_of_its_turn(saves: int) -> None:
    saver = MortalSaver()
    first = office(saver=saver)
    assert first.say(COMPLETE, who=DE).waits
    second = killed_after(saves, "Ja", first, saver)
    told = asyncio.run(second.agent.transcript("t1", requester=DE))
    assert "deal-1" in told.messages[-1].text
    assert len(deals(second)) == 1
