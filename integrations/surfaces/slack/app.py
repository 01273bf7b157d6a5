"""The Slack app: a Bolt application whose listeners get what the inbox kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from assistant.domain.gap import Feedback, Rating
from assistant.domain.people import Requester
from assistant.errors import Forbidden, UnknownAnswer
from assistant.gaps.feedback import FeedbackDesk
from integrations.surfaces.slack.actor import Actor, actor_of
from integrations.surfaces.slack.bolt_app import AGAIN, WorkspaceApp
from integrations.surfaces.slack.delivery import SAID_SUBTYPES, Delivery, Json
from integrations.surfaces.slack.interactions import COSELL, DEAL, SHORTCUT, Interactions
from integrations.surfaces.slack.people import LinkBook
from integrations.surfaces.slack.rendering import BAD, FEEDBACK, GOOD
from integrations.surfaces.slack.replying import Replier, Said
from prompts.messages import message

COMMAND = "/partner"
COMMANDS = (COMMAND, DEAL, COSELL)
# Events that change who can read a channel or who somebody is; what was looked up before them is forgotten.
CHANNEL_EVENTS = ("channel_shared", "channel_unshared", "member_joined_channel", "member_left_channel")
PERSON_EVENTS = ("user_change",)
SAID_EVENTS = ("app_mention", "message")
HOME_EVENT, CONTEXT_EVENT = "app_home_opened", "app_context_changed"
# Apps made before agents had a place of their own have an assistant instead, which says so when it is opened.
ASSISTANT_EVENTS = ("assistant_thread_started", "assistant_thread_context_changed")
CHANNEL_ENTITY = "slack#/types/channel_id"
log = structlog.get_logger("liaison.slack")


@dataclass(frozen=True, slots=True)
class Bot:
    """The app's own account in a workspace."""

    user: str
    id: str
    team: str
    token: str


@dataclass(frozen=True, slots=True)
class SlackApp:
    """What the listeners work with."""

    bot: Bot
    replier: Replier
    links: LinkBook
    feedback: FeedbackDesk
    client: AsyncWebClient
    interactions: Interactions
    follow_ups: bool = False

    def bolt(self) -> WorkspaceApp:
        """The Bolt application. Requests reach it from the inbox, verified before; see `handler`."""

        async def authorize(**_given: Any) -> AuthorizeResult:  # noqa: ANN401 - Bolt's signature
            bot = self.bot
            return AuthorizeResult(
                enterprise_id=None, team_id=bot.team, bot_user_id=bot.user, bot_id=bot.id, bot_token=bot.token
            )

        app = WorkspaceApp(
            client=self.client,
            authorize=authorize,
            process_before_response=True,
            request_verification_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        app.event(re.compile(f"^({'|'.join(SAID_EVENTS)})$"))(self.said)
        app.event(HOME_EVENT)(self.home_opened)
        app.event(re.compile(f"^({'|'.join((CONTEXT_EVENT, *ASSISTANT_EVENTS))})$"))(self.looked_at)
        app.event(re.compile(f"^({'|'.join((*CHANNEL_EVENTS, *PERSON_EVENTS))})$"))(self.changed)
        app.action(re.compile("."))(self.clicked)
        app.command(re.compile(f"^({'|'.join(COMMANDS)})$"))(self.commanded)
        app.shortcut(SHORTCUT)(self.shortcut)
        app.error(failed)
        return app

    async def said(self, body: Json, context: Mapping[str, Any]) -> None:
        """Somebody said something: to Liaison, when it is a direct message or mentions it."""
        event = body["event"]
        own = event.get("bot_id") or not event.get("user") or event["user"] == self.bot.user
        if own or event.get("subtype") not in SAID_SUBTYPES:
            return
        text = str(event.get("text") or "")
        if event.get("channel_type") != "im" and not await self._addressed(event, text):
            return
        actor = actor_of(Delivery(str(event["type"]), body))
        thread, files = str(event.get("thread_ts") or event["ts"]), tuple(event.get("files") or ())
        again = bool(context.get(AGAIN))
        await self.replier.reply(Said(actor, text, thread=thread, id=str(event["ts"]), files=files, again=again))

    async def _addressed(self, event: Json, text: str) -> bool:
        """Whether a message of a channel is for Liaison: it mentions it, or goes on in a thread where it was asked."""
        channel, thread = str(event["channel"]), str(event.get("thread_ts") or "")
        chat = self.interactions.forms.chat
        if re.search(rf"<@{self.bot.user}[|>]", text):
            await chat.join(channel, thread or str(event["ts"]))
            return True
        if not (self.follow_ups and thread) or "<@" in text or not await chat.joined(channel, thread):
            return False
        return await self.interactions.forms.reader.concerns(text)

    async def home_opened(self, body: Json) -> None:
        """Somebody opened the app: its home is shown as it is now, or its messages get prompts."""
        actor = actor_of(Delivery(HOME_EVENT, body))
        if body["event"].get("tab") == "home":
            await self.interactions.home.publish(actor)
        else:
            await self.interactions.prompts.suggest(actor)

    async def looked_at(self, body: Json) -> None:
        """Somebody opened the assistant, which gets prompts, or looks at another channel, which is looked up ahead."""
        event = body["event"]
        opened = event.get("assistant_thread") or {}
        actor = actor_of(Delivery(str(event["type"]), body))
        if event["type"] == ASSISTANT_EVENTS[0]:
            await self.interactions.prompts.suggest(actor, str(opened.get("thread_ts") or ""))
        seen = opened.get("context") or event.get("context") or {}
        named = [each.get("value") for each in seen.get("entities") or () if each.get("type") == CHANNEL_ENTITY]
        for channel in [*named, seen.get("channel_id")][:1]:
            if isinstance(channel, str):
                await self.replier.who.facts.channel(actor.installed, channel)

    async def changed(self, body: Json) -> None:
        """Who can read a channel, or who somebody is, changed."""
        event, facts = body["event"], self.replier.who.facts
        if event["type"] in PERSON_EVENTS:
            facts.forget_person(str((event.get("user") or {}).get("id", "")))
        elif isinstance(event.get("channel"), str):
            facts.forget_channel(event["channel"])
        else:
            facts.forget_everything()

    async def clicked(self, ack: Any, body: Json) -> None:  # noqa: ANN401 - Bolt's utility
        """A button was pressed, or something chosen from a menu."""
        await ack()
        if body["actions"][0].get("action_id") == FEEDBACK:
            await self.rated(body)
        else:
            await self.interactions.clicked(body)

    async def shortcut(self, ack: Any, body: Json) -> None:  # noqa: ANN401 - Bolt's utility
        """Somebody chose to register a deal from a message."""
        await ack()
        await self.interactions.shortcut(body)

    async def rated(self, body: Json) -> None:
        """Somebody rated an answer; it was theirs, or one that the channel was given."""
        kind, _, answer_id = str(body["actions"][0].get("value", "")).partition(":")
        ratings = {GOOD: Rating.GOOD, BAD: Rating.BAD}
        if kind not in ratings:
            return
        actor, who = actor_of(Delivery("block_actions", body)), self.replier.who
        requester = await who.requester(actor)
        given = Feedback(answer_id=answer_id, rating=ratings[kind])
        audience = await who.audience(actor, requester)
        if not (await self._rate(given, requester) or await self._rate(given, audience)):
            log.info("a rating was of nobody's answer")

    async def _rate(self, given: Feedback, requester: Requester) -> bool:
        try:
            await self.feedback.rate(given, requester=requester)
        except UnknownAnswer:
            return False
        return True

    async def commanded(self, ack: Any, body: Json, context: Mapping[str, Any]) -> None:  # noqa: ANN401 - Bolt's utility
        """`/partner link CODE` and `/partner unlink`; the other commands."""
        await ack()
        if body.get("command") != COMMAND:
            await self.interactions.commanded(body)
            return
        actor = actor_of(Delivery("slash_command", body))
        person = await self.replier.who.facts.person(actor.installed, actor.user)
        words, language = str(body.get("text") or "").split(), person.locale if person else "en"
        told = await self._linked(actor, words, language, again=bool(context.get(AGAIN)))
        await self.interactions.responses.tell(body, told)

    async def _linked(self, actor: Actor, words: list[str], language: str, *, again: bool) -> str:
        match words:
            case ["link", code] if actor.home:
                try:
                    principal = await self.links.link(actor.home, actor.user, code=code)
                except Forbidden:
                    # An earlier attempt, whose reply was never seen, may have used the code up.
                    principal = await self.links.principal(actor.home, actor.user) if again else ""
                if not principal:
                    return message("slack_link_refused", language)
                requester = await self.replier.who.requester(actor)
                return message("slack_linked", language, principal=await self.interactions.home.called(requester))
            case ["unlink"] if actor.home:
                await self.links.unlink(actor.home, actor.user)
                return message("slack_unlinked", language)
            case _:
                return message("slack_link_help", language)


async def failed(error: Exception) -> BoltResponse:
    """A listener failed: the event is handled again later. Nothing of it is logged."""
    log.warning("a listener failed", error=type(error).__name__)
    return BoltResponse(status=500)
