"""How long what Slack says is believed."""

from __future__ import annotations

from typing import Any

from integrations.surfaces.slack.facts import SECONDS, SlackFacts
from tests.unit.slack.workspace import Minutes, Slack


async def test_facts_are_remembered_for_a_minute_and_forgotten_when_told() -> None:
    clock, slack = Minutes(), Slack()
    facts = SlackFacts(slack, now=clock)
    for _ in range(3):
        await facts.channel("THOST", "C1")
    assert slack.asked["channel"] == 1
    clock.seconds += SECONDS
    await facts.channel("THOST", "C1")
    assert slack.asked["channel"] == 2
    facts.forget_channel("C1")
    slack.facts = None
    assert await facts.channel("THOST", "C1") is None
    assert slack.asked["channel"] == 3


async def test_a_fact_that_changes_while_it_is_looked_up_is_not_remembered() -> None:
    slack = Slack()
    facts = SlackFacts(slack)

    class Changing(Slack):
        async def channel(self, team: str, channel: str) -> dict[str, Any]:
            facts.forget_channel(channel)
            return await slack.channel(team, channel)

    facts._reads = Changing()
    await facts.channel("THOST", "C1")
    await facts.channel("THOST", "C1")
    assert slack.asked["channel"] == 2
