"""The App Home: who somebody is, their deals or their queue, what to ask, their language, and forgetting them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from assistant.domain.deals import DealRegistration
from assistant.domain.people import Requester, Role, TierLadder
from assistant.errors import LiaisonError
from assistant.ports.chat_desk import ChatDesk
from assistant.ports.prm import DealQuery, Prm, Window
from assistant.tools.list_deals import told
from integrations.surfaces.slack.actor import Actor
from integrations.surfaces.slack.approval_blocks import button
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.directions import directed
from integrations.surfaces.slack.form_fields import option, plain
from integrations.surfaces.slack.forms import OPEN_FORM
from integrations.surfaces.slack.outgoing import SlackCalls
from integrations.surfaces.slack.people import WhoIsWho
from integrations.surfaces.slack.prompting import prompts_for
from integrations.surfaces.slack.rendering import escaped, section
from integrations.surfaces.slack.reviewing import ReviewQueue
from prompts.messages import message

LANGUAGE, FORGET = "home_language", "home_forget"
AS_SLACK = "slack"  # the choice of the language that Slack tells
DEALS = 10
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "pt": "Português",
    "it": "Italiano",
    "ja": "日本語",
    "ar": "العربية",
}
log = structlog.get_logger("liaison.slack")
Forget = Callable[[Actor, Requester], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Home:
    """Publishes the home, and does what is chosen there. `forget` deletes what is kept of somebody."""

    chat: ChatDesk
    prm: Prm
    who: WhoIsWho
    calls: SlackCalls
    queue: ReviewQueue
    forget: Forget

    async def publish(self, actor: Actor, *, note: str = "") -> None:
        """Show the home as it is now; `note` says what was just done."""
        requester = await self.who.requester(actor)
        chosen = await self.chat.language(actor.home, actor.user) if actor.home else ""
        work = await self._work(requester)
        name = await self.called(requester)
        view = home_view(requester, work, name=name, ladder=self.who.ladder, chosen=chosen, note=note)
        await self.calls.call("views.publish", user_id=actor.user, view=view)

    async def choose_language(self, actor: Actor, language: str) -> None:
        """Speak this language with somebody from now on, or the one Slack tells."""
        if actor.home and (language in LANGUAGES or language == AS_SLACK):
            await self.chat.choose_language(actor.home, actor.user, "" if language == AS_SLACK else language)
        await self.publish(actor)

    async def forgotten(self, actor: Actor) -> None:
        """Delete what is kept of somebody, and say so."""
        requester = await self.who.requester(actor)
        if actor.home:
            await self.forget(actor, requester)
        await self.publish(actor, note=message("slack_forgotten", requester.locale))

    async def called(self, requester: Requester) -> str:
        """What people call them: their partner, by its id where the PRM knows no name, or themselves at the vendor."""
        if requester.role is not Role.PARTNER:
            return requester.user
        try:
            return (await self.prm.get_partner(requester.partner_id, requester=requester)).display_name
        except LiaisonError as error:
            log.info("a partner is called by its id", error=error.code)
            return requester.partner_id

    async def _work(self, requester: Requester) -> list[Json]:
        """A partner's deals, or a channel manager's queue; why there are none when the PRM cannot tell."""
        language = requester.locale
        try:
            if requester.role is Role.CHANNEL_MANAGER:
                return await self.queue.blocks(requester)
            if requester.role is not Role.PARTNER:
                return []
            page = await self.prm.find_deals(DealQuery(), requester=requester, window=Window(limit=DEALS))
        except LiaisonError as error:
            log.warning("a home shows no deals", error=error.code)
            return nothing_to_show(language)
        return deals_blocks(page.items, language)


def home_view(
    requester: Requester, work: list[Json], *, name: str, ladder: TierLadder, chosen: str = "", note: str = ""
) -> Json:
    """The home: who somebody is by `name`, their `work`, what they can ask, and what they can choose."""
    language = requester.locale
    blocks = [_header("slack_home_title", language)]
    blocks += [_small(note)] if note else []
    blocks += [section(_known(requester, name)), *work]
    blocks += [_header("slack_prompts_title", language), section(_prompts(requester, ladder))]
    blocks += [section(message("slack_home_how", language)), *_wishes(chosen, language)]
    return {"type": "home", "blocks": directed(blocks[:100], language)}


def nothing_to_show(language: str) -> list[Json]:
    """That the deals cannot be read now."""
    return [section(message("slack_home_failed", language))]


def deals_blocks(deals: Sequence[DealRegistration], language: str) -> list[Json]:
    """A partner's deals, and a button for a new one."""
    lines = [_line(deal, language) for deal in deals] or [message("slack_home_no_deals", language)]
    new = {"type": "actions", "elements": [button(OPEN_FORM, "new", message("slack_form_title", language))]}
    return [_header("slack_home_deals", language), section("\n".join(lines)[:3000]), new]


def _known(requester: Requester, name: str) -> str:
    if requester.known:
        return message("slack_home_known", requester.locale, name=escaped(name))
    return message("slack_home_unknown", requester.locale)


def _prompts(requester: Requester, ladder: TierLadder) -> str:
    return "\n".join(f"• {escaped(each['message'])}" for each in prompts_for(requester, ladder))


def _line(deal: DealRegistration, language: str) -> str:
    return f"*{escaped(deal.id)}*  {escaped(told(deal, language))}"[:280]


def _wishes(chosen: str, language: str) -> list[Json]:
    """The language and the end of it all."""
    slack = option(AS_SLACK, message("slack_language_slack", language))
    choices = [slack, *(option(code, name) for code, name in LANGUAGES.items())]
    now = next((each for each in choices if each["value"] == chosen), slack)
    select = {"type": "static_select", "action_id": LANGUAGE, "options": choices, "initial_option": now}
    confirm = {
        "title": plain(message("slack_forget", language)[:100]),
        "text": plain(message("slack_forget_sure", language)[:300]),
        "confirm": plain(message("slack_forget", language)[:30]),
        "deny": plain(message("slack_form_close", language)[:30]),
    }
    gone = button(FORGET, "all", message("slack_forget", language), style="danger") | {"confirm": confirm}
    return [
        {"type": "divider"},
        section(message("slack_language", language)) | {"accessory": select},
        {"type": "actions", "elements": [gone]},
    ]


def _header(key: str, language: str) -> Json:
    return {"type": "header", "text": plain(message(key, language)[:150])}


def _small(text: str) -> Json:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}
