"""The channel manager's side: who they are in Slack, and the deals that wait for their decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import structlog
from slack_sdk.errors import SlackApiError

from assistant.domain.deals import DealRegistration, DealState
from assistant.domain.people import Requester, Role
from assistant.errors import Forbidden, LiaisonError, NotAllowedInState, RecordNotFound, StaleVersion
from assistant.ports.chat_desk import ChatDesk, ShownCard, Spot
from assistant.ports.deal_desk import DealDesk
from assistant.ports.prm import Prm, Window, Write
from assistant.tools.complaints import complaint
from assistant.tools.list_deals import told
from assistant.tools.whose_deal import partners_told
from integrations.surfaces.slack.actor import Actor
from integrations.surfaces.slack.approval_blocks import button
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.directions import directed
from integrations.surfaces.slack.form_fields import plain
from integrations.surfaces.slack.form_view import reason_form
from integrations.surfaces.slack.outgoing import SlackCalls
from integrations.surfaces.slack.people import WhoIsWho
from integrations.surfaces.slack.rendering import escaped, section
from integrations.surfaces.slack.responding import Responses
from integrations.surfaces.slack.reviewers import Reviewers
from integrations.surfaces.slack.spots import actor_at
from prompts.messages import message

REVIEW_APPROVE, REVIEW_ASK, REVIEW_REJECT = "review_approve", "review_ask", "review_reject"
SHOWN = 10  # deals of the queue; each takes two blocks
WAITING = frozenset({DealState.SUBMITTED, DealState.IN_REVIEW})
log = structlog.get_logger("liaison.slack")


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """Shows the queue of the PRM, and takes decisions on it under the version that was shown."""

    desk: DealDesk
    prm: Prm
    who: WhoIsWho
    calls: SlackCalls
    responses: Responses
    chat: ChatDesk
    reviewers: Reviewers

    async def news(self, deal_id: str) -> None:
        """A deal came to the queue, or left it: each channel manager has one card of it, which says so."""
        known = {card.spot.user: card for card in await self.chat.cards(_subject(deal_id))}
        for reviewer in await self.reviewers():
            requester = await self.who.requester(actor_at(reviewer))
            if requester.role is not Role.CHANNEL_MANAGER:
                continue
            try:
                deal = await self.prm.get_deal(deal_id, requester=requester)
            except RecordNotFound:
                continue
            await self._shown(deal, reviewer, known.get(reviewer.user), requester)

    async def _shown(self, deal: DealRegistration, reviewer: Spot, card: ShownCard | None, reader: Requester) -> None:
        language = reader.locale
        state = f"{deal.state.value}:{deal.version}"
        if card is None and deal.state not in WAITING:
            return
        if card is not None and card.state == state:
            return
        names = await partners_told(self.prm, [deal], reader)
        head = message("slack_review_one", language) if deal.state in WAITING else _now(deal, language, names)
        told: Json = {"text": head[:500], "blocks": reviewer_card(deal, language, names)}
        if card is None:
            try:
                made = await self.calls.call("chat.postMessage", channel=reviewer.user, unfurl_links=False, **told)
            except SlackApiError as error:  # an account that was closed: the others still get theirs
                log.warning("a reviewer could not be told", error=error.response["error"])
                return
            spot = replace(reviewer, channel=str(made["channel"]))
            await self.chat.show(ShownCard(_subject(deal.id), spot, str(made["ts"]), state))
            return
        try:
            await self.calls.call("chat.update", channel=card.spot.channel, ts=card.ts, **told)
        except SlackApiError as error:
            log.warning("a card could not be changed", error=error.response["error"])
        await self.chat.show(replace(card, state=state))

    async def blocks(self, requester: Requester) -> list[Json]:
        """The deals that wait for a decision, the longest waiting first. Raises Forbidden, PrmError."""
        page = await self.desk.queue(requester=requester, window=Window(limit=SHOWN))
        names = await partners_told(self.prm, page.items, requester)
        return queue_blocks(page.items, requester.locale, names)

    async def show(self, payload: Json, requester: Requester) -> None:
        """The queue, to whoever asked for it with a command."""
        await self.responses.tell(
            payload, message("reviews_title", requester.locale), blocks=await self.blocks(requester)
        )

    async def clicked(self, actor: Actor, payload: Json, action: str, subject: str) -> None:
        """A decision on a deal of the queue; what needs words asks for them first."""
        requester = await self.who.requester(actor)
        if requester.role is not Role.CHANNEL_MANAGER:
            await self.responses.tell(payload, message("slack_not_yours", requester.locale))
            return
        if action == REVIEW_APPROVE:
            await self.responses.tell(payload, await self.decide(actor, action, subject))
            await self.news(subject.partition(":")[0])
            return
        view = reason_form(f"{action}:{subject}", requester.locale, asks=action == REVIEW_ASK)
        await self.open_view(payload, view, requester.locale)

    async def open_view(self, payload: Json, view: Json, language: str) -> None:
        """Open a form; a click that comes too late is asked for again."""
        try:
            await self.calls.call("views.open", trigger_id=str(payload.get("trigger_id") or ""), view=view)
        except SlackApiError:
            await self.responses.tell(payload, message("slack_click_again", language))

    async def decide(self, actor: Actor, action: str, subject: str, words: str = "") -> str:
        """Decide on a deal, once for each version of it; what to tell whoever did."""
        deal_id, _, version = subject.partition(":")
        requester = await self.who.requester(actor)
        key = f"slack:{action}:{deal_id}:{version}:{requester.name}"
        write = Write(requester=requester, key=key, expected_version=version)
        try:
            deal = await self._done(action, deal_id, words, write)
        except Forbidden:
            return message("slack_not_yours", requester.locale)
        except (StaleVersion, NotAllowedInState):
            return await self._late(deal_id, requester)
        except LiaisonError as error:
            return message("slack_failed", requester.locale, reason=complaint(error.message, requester.locale))
        return await self._told(deal, requester)

    async def _done(self, action: str, deal_id: str, words: str, write: Write) -> DealRegistration:
        if action == REVIEW_APPROVE:
            return await self.desk.approve(deal_id, write=write)
        if action == REVIEW_ASK:
            return await self.desk.ask(deal_id, words, write=write)
        return await self.desk.reject(deal_id, words, write=write)

    async def _late(self, deal_id: str, requester: Requester) -> str:
        try:
            deal = await self.prm.get_deal(deal_id, requester=requester)
        except RecordNotFound:
            return message("slack_not_yours", requester.locale)
        return message("slack_late", requester.locale, outcome=await self._told(deal, requester))

    async def _told(self, deal: DealRegistration, requester: Requester) -> str:
        return _now(deal, requester.locale, await partners_told(self.prm, [deal], requester))


def _subject(deal_id: str) -> str:
    """What the card of a deal is kept under."""
    return f"deal:{deal_id}"


def waiting_blocks(deal: DealRegistration, language: str, partners: Mapping[str, str]) -> list[Json]:
    """A deal of the queue, with buttons to decide it."""
    subject = f"{deal.id}:{deal.version}"
    partner = partners.get(deal.partner_id, deal.partner_id)
    told_of = section(f"*{escaped(deal.id)}* · {escaped(partner)}\n{escaped(told(deal, language))[:2000]}")
    elements = [
        button(REVIEW_APPROVE, subject, message("slack_approve", language), style="primary"),
        button(REVIEW_ASK, subject, message("slack_ask", language)),
        button(REVIEW_REJECT, subject, message("slack_reject", language), style="danger"),
    ]
    buttons = {"type": "actions", "block_id": f"review:{deal.id}"[:255], "elements": elements}
    return directed([told_of, buttons], language)


def reviewer_card(deal: DealRegistration, language: str, partners: Mapping[str, str]) -> list[Json]:
    """A deal for one channel manager: to be decided, or what became of it; `partners` are called by name."""
    if deal.state not in WAITING:
        return directed([section(escaped(_now(deal, language, partners)))], language)
    return [section(f"*{message('slack_review_one', language)}*"), *waiting_blocks(deal, language, partners)]


def queue_blocks(deals: Iterable[DealRegistration], language: str, partners: Mapping[str, str]) -> list[Json]:
    """The queue, `partners` called by name; that it is empty, if it is."""
    head = {"type": "header", "text": plain(message("reviews_title", language)[:150])}
    waiting = [block for deal in deals for block in waiting_blocks(deal, language, partners)]
    return [head, *(waiting or [section(message("reviews_none", language))])]


def _now(deal: DealRegistration, language: str, partners: Mapping[str, str]) -> str:
    return f"{deal.id}: {told(deal, language, partners)}"
