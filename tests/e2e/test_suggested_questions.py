"""Every question that Slack suggests, of every role and in every language, over the sample programme on MiniLM."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.agents.events import CitationGiven, ToolCalled, ToolFinished
from assistant.domain.people import ANONYMOUS, Requester, Role, TierLadder
from assistant.retrieval.retrieve import Question
from integrations import cli
from integrations.agency import open_agent
from integrations.bootstrap import Liaison, build
from integrations.clock import FixedClock
from integrations.settings import Settings
from integrations.surfaces.slack.prompting import prompts_for
from tests.conftest import ROOT

DAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "ja", "pt")
PEOPLE = {
    "gold": Requester("acme", Role.PARTNER, "acme", tier="gold", regions=frozenset({"DE", "DACH", "EMEA"})),
    "platinum": Requester("minato", Role.PARTNER, "minato", tier="platinum", regions=frozenset({"JP", "APAC"})),
    "manager": Requester("jonas", Role.CHANNEL_MANAGER),
}
# What answers each of them, in the order they are suggested; "" is a question back for what is missing.
CONTENT = "search_content"
ANSWERED_BY = {
    "gold": ("tier_progress", "", "list_deals", CONTENT),
    "platinum": (CONTENT, "", "list_deals", CONTENT),
    "manager": ("list_reviews", "list_deals", CONTENT, CONTENT),
}


@pytest.fixture(scope="module")
def liaison(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Liaison]:
    data = tmp_path_factory.mktemp("suggested") / "data"
    env = {"LIAISON_DATA": str(data), "LIAISON_PARTNERS": str(ROOT / "samples" / "partners.yaml")}
    programme = str(ROOT / "samples" / "content" / "programme")
    for command in (["ingest", programme], ["prm", "seed"]):
        result = CliRunner().invoke(cli.app, command, env=env)
        assert result.exit_code == 0, result.output
    settings = Settings(data=data, partners=Path(env["LIAISON_PARTNERS"]))
    opened = build(settings, clock=FixedClock(DAY))  # later the sample content is no longer in force
    yield opened
    opened.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", PEOPLE)
async def test_what_is_suggested_is_answered(liaison: Liaison, role: str, language: str) -> None:
    who = replace(PEOPLE[role], locale=language)
    suggested = [prompt["message"] for prompt in prompts_for(who, TierLadder(liaison.settings.tiers))]
    assert len(suggested) == len(ANSWERED_BY[role])
    async with open_agent(liaison) as agent:
        for number, (text, tool) in enumerate(zip(suggested, ANSWERED_BY[role], strict=True)):
            thread = f"{role}-{language}-{number}"
            events = [event async for event in agent.say(thread, text, requester=who)]
            used = [event.tool for event in events if isinstance(event, ToolCalled)]
            assert used == ([tool] if tool else []), text
            failed = [event.failed for event in events if isinstance(event, ToolFinished) and event.failed]
            cited = any(isinstance(event, CitationGiven) for event in events)
            assert not failed, text
            assert cited or tool != CONTENT, text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_suggested_to_a_stranger_is_answered_from_what_everybody_may_see(
    liaison: Liaison, language: str
) -> None:
    stranger = replace(ANONYMOUS, locale=language)
    suggested = [prompt["message"] for prompt in prompts_for(stranger, TierLadder(liaison.settings.tiers))]
    answers = [await liaison.conversation.ask("", Question(text, requester=stranger)) for text in suggested]
    assert [answer.question for answer in answers if answer.declined] == []
