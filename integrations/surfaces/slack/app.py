"""The Slack app: a Bolt application whose listeners get what the inbox kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from assistant.domain.gap import Feedback, Rating
from assistant.domain.people import Requester
from assistant.errors import Forbidden, ProviderUnavailable, UnknownAnswer
from assistant.gaps.feedback import FeedbackDesk
from integrations.surfaces.slack.actor import Actor, actor_of
from integrations.surfaces.slack.delivery import Delivery, Json
from integrations.surfaces.slack.people import LinkBook
from integrations.surfaces.slack.rendering import BAD, FEEDBACK, GOOD, home
from integrations.surfaces.slack.replying import Replier, Said
from prompts.messages import message

COMMAND = "/partner"
# Events that change who can read a channel or who somebody is; what was looked up before them is forgotten.
CHANNEL_EVENTS = ("channel_shared", "channel_unshared", "member_joined_channel", "member_left_channel")
PERSON_EVENTS = ("user_change",)
SAID_EVENTS = ("app_mention", "message")
HOME_EVENT = "app_home_opened"
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

    def bolt(self) -> AsyncApp:
        """The Bolt application. Requests reach it from the inbox, verified before; see `handler`."""

        async def authorize(**_given: Any) -> AuthorizeResult:  # noqa: ANN401 - Bolt's signature
            bot = self.bot
            return AuthorizeResult(
                enterprise_id=None, team_id=bot.team, bot_user_id=bot.user, bot_id=bot.id, bot_token=bot.token
            )

        app = AsyncApp(
            client=self.client,
            authorize=authorize,
            process_before_response=True,
            request_verification_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        app.event(re.compile(f"^({'|'.join(SAID_EVENTS)})$"))(self.said)
        app.event(HOME_EVENT)(self.home_opened)
        app.event(re.compile(f"^({'|'.join((*CHANNEL_EVENTS, *PERSON_EVENTS))})$"))(self.changed)
        app.action(FEEDBACK)(self.rated)
        app.command(COMMAND)(self.commanded)
        app.error(failed)
        return app

    async def said(self, body: Json) -> None:
        """Somebody said something: to Liaison, when it is a direct message or mentions it."""
        event = body["event"]
        own = event.get("bot_id") or not event.get("user") or event["user"] == self.bot.user
        if own or event.get("subtype") not in {None, "file_share", "thread_broadcast"}:
            return
        text = str(event.get("text") or "")
        if event.get("channel_type") != "im" and f"<@{self.bot.user}" not in text:
            return
        actor = actor_of(Delivery(str(event["type"]), body))
        thread, files = str(event.get("thread_ts") or event["ts"]), tuple(event.get("files") or ())
        await self.replier.reply(Said(actor, text, thread=thread, files=files))

    async def home_opened(self, body: Json) -> None:
        """Somebody opened the App Home."""
        if body["event"].get("tab") != "home":
            return
        actor = actor_of(Delivery(HOME_EVENT, body))
        requester = await self.replier.who.requester(actor)
        view = home(requester.name if requester.known else "", requester.locale)
        await self.replier.calls.call("views.publish", user_id=actor.user, view=view)

    async def changed(self, body: Json) -> None:
        """Who can read a channel, or who somebody is, changed."""
        event, facts = body["event"], self.replier.who.facts
        if event["type"] in PERSON_EVENTS:
            facts.forget_person(str((event.get("user") or {}).get("id", "")))
        elif isinstance(event.get("channel"), str):
            facts.forget_channel(event["channel"])
        else:
            facts.forget_everything()

    async def rated(self, ack: Any, body: Json) -> None:  # noqa: ANN401 - Bolt's utility
        """Somebody rated an answer; it was theirs, or one that the channel was given."""
        await ack()
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

    async def commanded(self, ack: Any, body: Json) -> None:  # noqa: ANN401 - Bolt's utility
        """`/partner link CODE` and `/partner unlink`."""
        await ack()
        actor = actor_of(Delivery("slash_command", body))
        person = await self.replier.who.facts.person(actor.installed, actor.user)
        told = await self._linked(actor, str(body.get("text") or "").split(), person.locale if person else "en")
        url = str(body.get("response_url") or "")
        sent = await AsyncWebhookClient(url, session=self.client.session).send(text=told, response_type="ephemeral")
        if sent.status_code >= 500:
            raise ProviderUnavailable("Slack did not take the reply to a command.")

    async def _linked(self, actor: Actor, words: list[str], language: str) -> str:
        match words:
            case ["link", code] if actor.home:
                try:
                    principal = await self.links.link(actor.home, actor.user, code=code)
                except Forbidden:
                    return message("slack_link_refused", language)
                return message("slack_linked", language, principal=principal)
            case ["unlink"] if actor.home:
                await self.links.unlink(actor.home, actor.user)
                return message("slack_unlinked", language)
            case _:
                return message("slack_link_help", language)


async def failed(error: Exception) -> BoltResponse:
    """A listener failed: the event is handled again later. Nothing of it is logged."""
    log.warning("a listener failed", error=type(error).__name__)
    return BoltResponse(status=500)
