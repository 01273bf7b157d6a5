"""The app, from what Slack delivers to what people see, against a Slack that refuses what Slack refuses."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.domain.gap import Rating
from assistant.domain.people import Requester, Role
from assistant.errors import ProviderUnavailable, SettingsError
from integrations.bootstrap import Liaison, build
from integrations.surfaces.slack.delivery import Delivery
from integrations.surfaces.slack.surface import SlackSurface, open_surface
from tests.slack.mock import Message, MockSlack
from tests.slack.mock import serving as slack_serving
from tests.slack.people import PATIENT
from tests.slack.spec import web_api
from tests.unit.slack.test_workers import until
from tests.unit.slack.workspace import mail, user
from tests.unit.surfaces.world import serving

MAP = """
teams: {T1: vendor, TACME: 'partner:acme', TBETA: 'partner:brightpath'}
people: {jonas@vendor.example: 'channel_manager:jonas'}
"""
PROTECTION = "How long does an approved deal registration protect a partner?"
REBATE = "What rebate do gold partners get on renewals?"
NOT_SAID = "7 percent"
STAMPS = itertools.count(1)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Liaison]:
    folder = tmp_path_factory.mktemp("slack")
    (folder / "slack.yaml").write_text(MAP)
    tokens: dict[str, Any] = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "s", "slack_app_token": "xapp-1"}
    with serving(folder, slack_organizations=folder / "slack.yaml", **tokens) as service:
        yield service.liaison


@pytest.fixture
async def slack(shared: Path) -> AsyncIterator[MockSlack]:
    people = {
        "UJONAS": user("T1", id="UJONAS", locale="de-DE", **mail("jonas@vendor.example")),
        "ULENA": user("TACME", id="ULENA", locale="en-US"),
        "UDANA": user("TBETA", id="UDANA", locale="fr-FR"),
        "UODD": user("TODD", id="UODD", locale="en-US"),
    }
    channels = {"D1": {"id": "D1", "is_im": True}, "C1": {"id": "C1", "is_im": False, "connected_team_ids": ["TACME"]}}
    mock = MockSlack(web_api(shared), people=people, channels=channels)
    mock.members = {"C1": ["UJONAS", "ULENA"]}
    async with slack_serving(mock) as made:
        yield made
        assert made.faults == []


@pytest.fixture
async def surface(library: Liaison, slack: MockSlack) -> AsyncIterator[SlackSurface]:
    settings = library.settings.model_copy(update={"slack_url": slack.url})
    liaison = build(settings, embedder=library.embedder)
    async with open_surface(liaison, patience=PATIENT) as made:
        yield made
    liaison.close()


def said(text: str, *, user: str = "ULENA", team: str = "TACME", channel: str = "D1", **more: Any) -> Delivery:
    kind = "im" if channel.startswith("D") else "channel"
    event = {"type": "message", "user": user, "user_team": team, "text": text, "channel": channel, "channel_type": kind}
    whole = {**event, "ts": f"17.{next(STAMPS)}", **more}
    payload = {"type": "event_callback", "team_id": "T1", "event_id": whole["ts"], "event": whole}
    return Delivery(whole["type"], payload | {"is_ext_shared_channel": True})


def shown(slack: MockSlack, user: str = "") -> list[Message]:
    return [message for message in slack.messages.values() if message.ephemeral_for == user]


def whole(message: Message) -> str:
    return message.text + str(message.blocks)


async def test_a_question_is_answered_in_its_thread_with_its_sources(surface: SlackSurface, slack: MockSlack) -> None:
    question = said(PROTECTION)
    await surface.handle(question)
    (reply,) = shown(slack)
    assert (reply.channel, reply.thread) == ("D1", question.payload["event"]["ts"])
    assert "90 days" in reply.text
    assert "[1] *Deal protection*" in str(reply.blocks)
    assert reply.blocks[-1]["type"] == "context_actions"
    assert reply.streaming_since is None


async def test_while_an_answer_is_made_its_thread_says_so(surface: SlackSurface, slack: MockSlack) -> None:
    question = said(PROTECTION)
    await surface.handle(question)
    made = {call.method: call.arguments for call in slack.calls}
    status = made["assistant.threads.setStatus"]
    assert (status["channel_id"], status["thread_ts"]) == ("D1", question.payload["event"]["ts"])
    assert list(made).index("assistant.threads.setStatus") < list(made).index("chat.startStream")
    (step, text) = made["chat.startStream"]["chunks"]
    assert (step["title"], step["status"]) == ("Search the programme's content", "complete")
    assert text["type"] == "markdown_text"


async def test_a_channel_hears_what_all_its_organizations_may_know(surface: SlackSurface, slack: MockSlack) -> None:
    await surface.handle(said(f"<@UBOT> {REBATE}", channel="C1", type="app_mention"))
    (reply,) = shown(slack)
    assert NOT_SAID in reply.text
    assert shown(slack, "ULENA") == []


async def test_what_another_organization_may_not_know_is_said_privately(
    surface: SlackSurface, slack: MockSlack
) -> None:
    slack.channels["C1"]["connected_team_ids"] = ["TACME", "TBETA"]
    slack.members["C1"].append("UDANA")
    await surface.handle(said(f"<@UBOT> {REBATE}", channel="C1", type="app_mention"))
    (public,) = shown(slack)
    (private,) = shown(slack, "ULENA")
    assert NOT_SAID not in whole(public)
    assert NOT_SAID in whole(private)
    assert "Only you can see this" in whole(private)


@pytest.mark.parametrize(("user", "team"), [("UODD", "TODD"), ("UDANA", "TBETA"), ("UNOBODY", "TACME"), ("ULENA", "")])
async def test_nobody_else_hears_it_in_a_direct_message(
    surface: SlackSurface, slack: MockSlack, user: str, team: str
) -> None:
    await surface.handle(said(REBATE, user=user, team=team))
    assert all(NOT_SAID not in whole(reply) for reply in slack.messages.values())
    assert len(slack.messages) == 1


async def test_a_channel_that_was_shared_is_looked_at_again(surface: SlackSurface, slack: MockSlack) -> None:
    await surface.handle(said(f"<@UBOT> {PROTECTION}", channel="C1", type="app_mention"))
    slack.channels["C1"]["connected_team_ids"] = ["TACME", "TODD"]
    event = {"type": "channel_shared", "connected_team_id": "TODD", "channel": "C1", "event_ts": "1"}
    await surface.handle(Delivery("channel_shared", {"type": "event_callback", "team_id": "T1", "event": event}))
    slack.messages.clear()
    await surface.handle(said(f"<@UBOT> {REBATE}", channel="C1", type="app_mention"))
    (public,) = shown(slack)
    assert NOT_SAID not in whole(public)


@pytest.mark.parametrize(
    "overheard",
    [
        said(PROTECTION, channel="C1"),
        said(PROTECTION, bot_id="B7"),
        said(PROTECTION, user="UBOT", team="T1"),
        said(PROTECTION, subtype="message_changed"),
    ],
)
async def test_what_is_not_said_to_it_is_not_answered(
    surface: SlackSurface, slack: MockSlack, overheard: Delivery
) -> None:
    await surface.handle(overheard)
    assert slack.messages == {}


async def test_an_empty_mention_gets_an_example(surface: SlackSurface, slack: MockSlack) -> None:
    await surface.handle(said("<@UBOT>", user="UJONAS", team="T1", channel="C1", type="app_mention"))
    (reply,) = shown(slack)
    assert "Wie lange schützt uns eine Deal-Registrierung?" in whole(reply)


@pytest.mark.parametrize(("value", "rating"), [("good", Rating.GOOD), ("bad", Rating.BAD)])
@pytest.mark.parametrize("channel", ["D1", "C1"])
async def test_an_answer_is_rated_by_its_buttons(
    surface: SlackSurface, slack: MockSlack, value: str, rating: Rating, channel: str
) -> None:
    await surface.handle(said(f"<@UBOT> {PROTECTION}", channel=channel))
    (reply,) = shown(slack)
    buttons = reply.blocks[-1]["elements"][0]
    pressed = {"good": "positive_button", "bad": "negative_button"}[value]
    action = {"type": "feedback_buttons", "action_id": buttons["action_id"], "value": buttons[pressed]["value"]}
    click = {"type": "block_actions", "team": {"id": "T1"}, "channel": {"id": channel}, "trigger_id": "t"}
    person = {"id": "ULENA", "team_id": "TACME"}
    await surface.handle(Delivery("block_actions", {**click, "user": person, "actions": [action]}))
    rated = await surface.liaison.feedback.ratings(requester=Requester("jonas", Role.CHANNEL_MANAGER))
    answer_id = buttons[pressed]["value"].partition(":")[2]
    assert [each.feedback.rating for each in rated if each.feedback.answer_id == answer_id] == [rating]


def command(slack: MockSlack, text: str) -> Delivery:
    answered_at = slack.url.replace("/api/", "/response_url")
    person = {"team_id": "T1", "user_id": "UODD", "user_team_id": "TODD", "channel_id": "D1"}
    form = {"command": "/partner", "text": text, "trigger_id": "t", "response_url": answered_at}
    return Delivery("slash_command", {**person, **form})


async def test_a_code_links_the_account_of_whoever_gives_it(surface: SlackSurface, slack: MockSlack) -> None:
    code = await surface.liaison.slack.links.new_code("partner:acme", lifetime=timedelta(hours=1))
    for text in (f"link {code}", f"link {code}", "help"):
        await surface.handle(command(slack, text))
    told = [response["text"] for response in slack.responses]
    assert told[0] == "This account now stands for acme."
    assert "used or expired" in told[1]
    assert "/partner link CODE" in told[2]
    await surface.handle(said(REBATE, user="UODD", team="TODD"))
    assert NOT_SAID in whole(shown(slack)[0])
    await surface.handle(command(slack, "unlink"))
    slack.messages.clear()
    await surface.handle(said(REBATE, user="UODD", team="TODD"))
    assert NOT_SAID not in whole(shown(slack)[0])


async def test_a_link_whose_reply_was_lost_is_told_when_the_command_is_handled_again(
    surface: SlackSurface, slack: MockSlack
) -> None:
    code = await surface.liaison.slack.links.new_code("partner:acme", lifetime=timedelta(hours=1))
    given = command(slack, f"link {code}")
    await surface.handle(given)
    await surface.handle(replace(given, again=True))
    assert [response["text"] for response in slack.responses] == ["This account now stands for acme."] * 2
    await surface.handle(command(slack, "unlink"))
    await surface.handle(replace(given, again=True))
    assert "used or expired" in slack.responses[-1]["text"]


@pytest.mark.parametrize(("user", "team", "told"), [("ULENA", "TACME", "*acme*"), ("UODD", "TODD", "public")])
async def test_the_home_tells_who_somebody_is(
    surface: SlackSurface, slack: MockSlack, user: str, team: str, told: str
) -> None:
    event = {"type": "app_home_opened", "user": user, "user_team": team, "channel": "D1", "tab": "home"}
    payload = {"type": "event_callback", "team_id": "T1", "event_id": "E", "event": event}
    await surface.handle(Delivery("app_home_opened", payload))
    assert told in str(slack.homes[user])


async def test_a_failing_slack_is_tried_again_later(surface: SlackSurface, slack: MockSlack) -> None:
    slack.tokens.clear()
    with pytest.raises(ProviderUnavailable):
        await surface.handle(said(PROTECTION))


async def test_what_was_kept_is_answered_by_the_workers(surface: SlackSurface, slack: MockSlack) -> None:
    await surface.liaison.slack.inbox.put([said(PROTECTION).arrival])
    surface.workers.wake()
    await until(lambda: any(reply.streaming_since is None for reply in slack.messages.values()))
    assert "90 days" in shown(slack)[0].text


async def test_a_surface_without_a_token_or_with_a_wrong_one_says_so(library: Liaison, slack: MockSlack) -> None:
    for token, told in (("", "no bot token"), ("xoxb-2", "invalid_auth")):
        update = {"slack_bot_token": type(library.settings.slack_bot_token)(token), "slack_url": slack.url}
        liaison = build(library.settings.model_copy(update=update), embedder=library.embedder)
        with pytest.raises(SettingsError, match=told):
            async with open_surface(liaison):
                pass
        liaison.close()
    slack.faults.clear()
