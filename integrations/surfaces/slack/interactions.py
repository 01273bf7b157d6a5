"""What people click, command and send in forms: each to the one part that does it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from slack_sdk.errors import SlackApiError

from assistant.domain.people import Role
from integrations.surfaces.slack.actor import Actor, actor_of
from integrations.surfaces.slack.announcing import Announcer
from integrations.surfaces.slack.approval_blocks import APPROVE, EDIT, REJECT
from integrations.surfaces.slack.approving import Approvals
from integrations.surfaces.slack.changing import CHANGED, Changes
from integrations.surfaces.slack.cosell import CoSell
from integrations.surfaces.slack.delivery import Delivery, Json
from integrations.surfaces.slack.following import APPROVAL_NEWS, DEAL_NEWS, REVIEW_NEWS
from integrations.surfaces.slack.form_fields import COUNTRY, country_options
from integrations.surfaces.slack.form_view import CHANGE_FORM, DEAL_FORM, REASON, REASON_FORM, drop_form, told_view
from integrations.surfaces.slack.forms import OPEN_FORM, SHOWN, SUBMITTED, DealForms
from integrations.surfaces.slack.home import FORGET, LANGUAGE, Home
from integrations.surfaces.slack.outgoing import SlackCalls
from integrations.surfaces.slack.people import WhoIsWho
from integrations.surfaces.slack.prompting import Prompts
from integrations.surfaces.slack.reading import plain_text
from integrations.surfaces.slack.responding import Responses
from integrations.surfaces.slack.reviewing import REVIEW_APPROVE, REVIEW_ASK, REVIEW_REJECT, ReviewQueue
from prompts.messages import message

DEAL, COSELL = "/deal", "/cosell"
SHORTCUT = "register_deal_from_message"
MOST_SAID = 20  # messages of a thread that a form is filled in from
REVIEWS = frozenset({REVIEW_APPROVE, REVIEW_ASK, REVIEW_REJECT})
log = structlog.get_logger("liaison.slack")
Click = Callable[[Actor, Json, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Interactions:
    """The parts of one workspace."""

    who: WhoIsWho
    calls: SlackCalls
    responses: Responses
    forms: DealForms
    approvals: Approvals
    changes: Changes
    queue: ReviewQueue
    cosell: CoSell
    home: Home
    prompts: Prompts
    announcer: Announcer

    async def commanded(self, payload: Json) -> None:
        """`/deal WORDS` opens the form; for channel managers it shows the queue. `/cosell DEAL` recommends."""
        actor, text = actor_of(Delivery("slash_command", payload)), plain_text(str(payload.get("text") or ""))
        if payload.get("command") == COSELL:
            await self.cosell.commanded(actor, payload, text)
            return
        requester = await self.who.requester(actor)
        if requester.role is Role.CHANNEL_MANAGER:
            await self.queue.show(payload, requester)
        else:
            await self.forms.open(actor, payload, text)

    async def shortcut(self, payload: Json) -> None:
        """The form, filled in from a message and the thread it stands in."""
        actor, said = actor_of(Delivery("message_action", payload)), payload.get("message") or {}
        thread = str(said.get("thread_ts") or said.get("ts") or "")
        text = plain_text(str(said.get("text") or ""))
        if said.get("thread_ts"):
            text = await self._thread(actor.channel, thread) or text
        await self.forms.open(actor, payload, text, thread=thread)

    async def clicked(self, payload: Json) -> None:
        """A button or menu, by its action."""
        actor, act = actor_of(Delivery("block_actions", payload)), (payload.get("actions") or [{}])[0]
        name, chosen = str(act.get("action_id")), act.get("selected_option") or {}
        value = str(act.get("value") or chosen.get("value") or "")
        if name in REVIEWS:
            await self.queue.clicked(actor, payload, name, value)
            return
        clicks: dict[str, Click] = {
            APPROVE: self.approvals.approve,
            EDIT: self._edit,
            REJECT: self._reject,
            OPEN_FORM: self.forms.again,
            LANGUAGE: lambda actor, _payload, value: self.home.choose_language(actor, value),
            FORGET: lambda actor, _payload, _value: self.home.forgotten(actor),
        }
        if name in clicks:
            await clicks[name](actor, payload, value)

    async def at_once(self, delivery: Delivery) -> Json:
        """What Slack shows from the reply to its request: a submitted form, or the lines of a menu."""
        payload = delivery.payload
        if delivery.kind == "block_suggestion":
            if payload.get("block_id") != COUNTRY:
                return {"options": []}
            requester = await self.who.requester(actor_of(delivery))
            return {"options": country_options(str(payload.get("value") or ""), requester.locale)}
        kind = (payload.get("view") or {}).get("callback_id")
        if kind == DEAL_FORM:
            return await self.forms.submitted(delivery)
        if kind == CHANGE_FORM:
            return await self.changes.submitted(delivery)
        return await self._reason(delivery) if kind == REASON_FORM else {}

    async def news(self, delivery: Delivery) -> None:
        """What Liaison itself kept to be done here."""
        kinds: dict[str, Callable[[Delivery], Awaitable[None]]] = {
            SHOWN: self.forms.show,
            SUBMITTED: self.forms.finish,
            CHANGED: self.changes.show,
            DEAL_NEWS: self.announcer.deal,
            APPROVAL_NEWS: lambda told: self.approvals.refresh(str(told.payload["approval"])),
            REVIEW_NEWS: lambda told: self.queue.news(str(told.payload["deal"])),
        }
        await kinds[delivery.kind](delivery)

    async def _edit(self, actor: Actor, payload: Json, subject: str) -> None:
        approval = await self.approvals.may_decide(actor, payload, subject)
        if approval is None:
            return
        requester = await self.who.requester(actor)
        view = self.changes.form(approval, requester.locale)
        if view is None:
            await self.forms.edit(actor, payload, approval)
        else:
            await self.queue.open_view(payload, view, requester.locale)

    async def _reject(self, actor: Actor, payload: Json, subject: str) -> None:
        """Ask for the reason, which decides."""
        approval = await self.approvals.may_decide(actor, payload, subject)
        if approval is None:
            return
        requester = await self.who.requester(actor)
        await self.queue.open_view(payload, drop_form(approval, requester.locale), requester.locale)

    async def _reason(self, delivery: Delivery) -> Json:
        """Why something is rejected, or what a reviewer asks."""
        view, actor = delivery.payload["view"], actor_of(delivery)
        subject = str(view.get("private_metadata") or "")
        words = str((view["state"]["values"].get(REASON) or {}).get("value", {}).get("value") or "").strip()
        action, _, rest = subject.partition(":")
        requester = await self.who.requester(actor)
        if action in REVIEWS:
            told = await self.queue.decide(actor, action, rest, words)
        else:
            told = await self.approvals.reject(actor, subject, reason=words)
        told = told or message("slack_rejected", requester.locale)
        return {"response_action": "update", "view": told_view(told, requester.locale)}

    async def _thread(self, channel: str, thread: str) -> str:
        """What people said in a thread; nothing where the app may not read it."""
        try:
            made = await self.calls.call("conversations.replies", channel=channel, ts=thread, limit=MOST_SAID)
        except SlackApiError:
            return ""
        said = [each for each in made.get("messages", ()) if not each.get("bot_id")]
        return "\n".join(plain_text(str(each.get("text") or "")) for each in said)
