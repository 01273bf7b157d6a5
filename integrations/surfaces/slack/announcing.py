"""What happened to a deal, told in the thread it was registered in, to nobody who may not know of it."""

from __future__ import annotations

from dataclasses import dataclass

from slack_sdk.errors import SlackApiError

from assistant.domain.deals import DealRegistration, DealState
from assistant.domain.people import Requester
from assistant.domain.written import day_told
from assistant.errors import Forbidden, RecordNotFound
from assistant.ports.chat_desk import ChatDesk, Spot
from assistant.ports.prm import Prm
from integrations.surfaces.slack.delivery import Delivery, Json
from integrations.surfaces.slack.directions import directed
from integrations.surfaces.slack.outgoing import SlackCalls
from integrations.surfaces.slack.people import WhoIsWho
from integrations.surfaces.slack.rendering import escaped, section
from integrations.surfaces.slack.spots import actor_at
from integrations.surfaces.slack.standing import marked
from prompts.messages import message

COMMENTED = frozenset({DealState.ACTION_REQUIRED, DealState.REJECTED})


@dataclass(frozen=True, slots=True)
class Announcer:
    """Tells what the follower kept."""

    prm: Prm
    who: WhoIsWho
    calls: SlackCalls
    chat: ChatDesk

    async def deal(self, delivery: Delivery) -> None:
        """Say in which state a deal is now, once. Somebody who may not see it any more hears nothing."""
        told, key = delivery.payload, delivery.key
        if delivery.again and await self.chat.replies(key):
            return
        spot = Spot(told["team_id"], told["user"], home=told["home"], channel=told["channel"], thread=told["thread"])
        requester = await self.who.requester(actor_at(spot))
        try:
            deal = await self.prm.get_deal(told["deal"], requester=requester)
        except (RecordNotFound, Forbidden):
            return
        where = await self._where(spot, deal, requester)
        text = sentence_of(deal, str(told["state"]), requester.locale)
        said: Json = {
            "text": text,
            "blocks": news_blocks(text, requester.locale),
            "metadata": marked(key),
            "unfurl_links": False,
        }
        try:
            made = await self.calls.call("chat.postMessage", **where, **said)
        except SlackApiError:
            # Gone, archived, or left by the app; the person is told directly.
            if where["channel"] == spot.user:
                raise
            made = await self.calls.call("chat.postMessage", channel=spot.user, **said)
        await self.chat.replied(key, team=spot.installed, channel=str(made["channel"]), ts=str(made["ts"]))

    async def _where(self, spot: Spot, deal: DealRegistration, requester: Requester) -> Json:
        """The thread, where everybody in its channel may know of the deal; else the person's direct messages."""
        audience = await self.who.audience(actor_at(spot), requester)
        if audience == requester or (deal.partner_id and audience.partner_id == deal.partner_id):
            return {"channel": spot.channel} | ({"thread_ts": spot.thread} if spot.thread else {})
        return {"channel": spot.user}


def news_blocks(text: str, language: str) -> list[Json]:
    """News as blocks."""
    return directed([section(text)], language)


def sentence_of(deal: DealRegistration, state: str, language: str) -> str:
    """That a deal is in a state now, how long it is protected, and what its reviewer says."""
    name = escaped(f"{deal.draft.customer.name} ({deal.id})")
    told = message("slack_deal_now", language, deal=name, state=message(f"state_{state}", language))
    if deal.protected_until is not None and state == DealState.ACTIVE:
        day = day_told(deal.protected_until, language)
        told += " " + message("slack_deal_protected", language, day=day)
    if deal.comment and deal.state in COMMENTED and deal.state.value == state:
        told += f"\n> {escaped(' '.join(deal.comment.split()))[:1000]}"
    return told
